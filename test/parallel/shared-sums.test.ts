// Sums over threads, on real ones.
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { memoryOfSums, SharedSums } from "../../src/parallel/shared-sums.js";

let program: URL;
beforeAll(async () => {
  const contents = `
    import { parentPort, workerData } from "node:worker_threads";
    import { SharedSums } from "./src/parallel/shared-sums.ts";
    import { Exchange } from "./src/shards/exchange.ts";
    const { memory, thread, threads, sizes, failing } = workerData;
    const sums = new SharedSums(memory, thread, threads);
    try {
      for (const [turn, size] of sizes.entries()) {
        if (failing && thread === 1 && turn === 3) { sums.fail(); throw new Error("first"); }
        const Kind = turn % 2 ? Int32Array : Float64Array;
        const numbers = Kind.from({ length: size }, (_, q) => (thread + 1) * (q % 1000) + turn);
        if (turn % 3 === 2) {
          const [first, end] = [thread, thread + 1].map((i) => Math.floor((i * size) / threads));
          const given = numbers.map((_, q) => (q % 1000) + turn);
          numbers.set(given);
          numbers.fill(0, 0, first).fill(0, end);
          sums.add(new Exchange(numbers, { first, count: end - first }));
          numbers.forEach((sum, q) => {
            if (sum !== given[q]) throw new Error(\`turn \${turn}, \${q}: \${sum}, not \${given[q]}\`);
          });
          continue;
        }
        sums.add(new Exchange(numbers));
        const factor = (threads * (threads + 1)) / 2;
        numbers.forEach((sum, q) => {
          const expected = factor * (q % 1000) + threads * turn;
          if (sum !== expected) throw new Error(\`turn \${turn}, \${q}: \${sum}, not \${expected}\`);
        });
      }
      parentPort.postMessage("equal");
    } catch (error) { parentPort.postMessage(error.message); }`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    ...{ bundle: true, write: false, format: "esm", platform: "node" },
  });
  const { text } = outputFiles[0];
  program = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
});

/** What a thread says in the end. */
function start(workerData: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData });
    worker.once("message", resolve).once("error", reject);
  });
}

function run(threads: number, sizes: number[], failing = false) {
  const memory = memoryOfSums(threads);
  return Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      start({ memory, thread, threads, sizes, failing }),
    ),
  );
}

test("hundreds of sums and copies of all sizes, small and large by turns, on 1 to 5 threads", async () => {
  const sizes = Array.from({ length: 300 }, (_, i) => [1, 7, 0, 5000, 4096, 4097, 300_000][i % 7]);
  for (const threads of [1, 2, 3, 5]) {
    const answers = await run(threads, [...sizes, 400_000, 300_001, 3]);
    expect(answers).toEqual(new Array(threads).fill("equal"));
  }
});

test("one that fails ends the others", async () => {
  const answers = await run(3, [1, 2, 3, 4, 5, 6], true);
  expect(answers).toEqual(["another thread failed", "first", "another thread failed"]);
});

test("one that has failed before the others come ends them, too", async () => {
  const memory = memoryOfSums(2);
  new SharedSums(memory, 1, 2).fail();
  const said = await start({ memory, thread: 0, threads: 2, sizes: [1], failing: false });
  expect(said).toBe("another thread failed");
});
