import { decodeText } from "./decode.js";
import { threadWorkerText } from "./thread-worker.text.js";

/** The text of the module that each worker runs: src/threads/worker.ts, bundled. */
export function threadProgram(): string {
  return new TextDecoder().decode(decodeText(threadWorkerText));
}
