// The worker's side of remote.ts.
import { load } from "../../src/wasm/load.js";
import type { Functions } from "./remote.js";

/** Reports are for people: more of them than this many milliseconds apart nobody sees. */
const pause = 40;

let current = 0;
let last = 0;

/** Answers the page's calls, one after the other. */
export function serve(functions: Functions): void {
  const kernels = load(new URL(/* @vite-ignore */ "./kernels.wasm", import.meta.url));
  // Whether they are missing each call says, not the console.
  kernels.catch(() => {});
  // A call may wait for something; the next one waits for it.
  let turn = Promise.resolve();
  addEventListener("message", ({ data: { id, name, args } }) => {
    turn = turn.then(async () => {
      current = id;
      last = 0;
      try {
        await kernels;
        const value = await functions[name](...args);
        postMessage({ id, value });
      } catch (error) {
        postMessage({ id, message: error instanceof Error ? error.message : String(error) });
      }
    });
  });
}

/** Tells the page how far the call is. @param always - though another report was just sent. */
export function report(progress: unknown, always = false): void {
  const now = performance.now();
  if (!always && now - last < pause) return;
  last = now;
  postMessage({ id: current, progress });
}
