// The Node side of pool.mjs: loads one contender and answers each question with { value } or
// { error }. Arguments: the contender's module and its options.
import { readFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { median } from "../../lab/statistics.mjs";
import { verify } from "./verify.mjs";

const [, , module, options] = process.argv;
const contender = await import(new URL(`../contenders/${module}`, import.meta.url).href)
  .then(({ start }) => start(JSON.parse(options)))
  .catch((error) => ({ failure: firstLine(error) }));

let tasks = {};

const answers = {
  /** Version and operations, or why there are none. */
  hello: () => ({
    version: contender.version,
    failure: contender.failure,
    operations: Object.keys(contender.operations ?? {}),
  }),

  /** Makes each form of the operation ready, checks its result, and times that first run. */
  async prepare(work) {
    await answers.release();
    const forms = contender.operations[work.operation]({ ...work, inputs: load(work) });
    const outcome = {};
    for (const [form, make] of Object.entries(forms)) {
      try {
        const task = await make();
        const start = performance.now();
        const output = task.run();
        task.awaits = typeof output?.then === "function";
        const result = await output;
        const first = (performance.now() - start) / 1000;
        if (!task.unchecked) {
          const dtype = task.dtype ?? work.dtype;
          const { operation, inputs } = task.verifyAs ?? { ...work, inputs: load(work) };
          verify({ ...work, operation, dtype }, inputs, task.read ? await task.read() : result);
        }
        tasks[form] = task;
        outcome[form] = {
          first,
          dtype: task.dtype,
          operations: task.operations,
          bytes: task.bytes,
        };
      } catch (error) {
        outcome[form] = { failure: firstLine(error) };
      }
    }
    return outcome;
  },

  /** Seconds of one run: the mean over as many as fill the time, at least one. */
  async time({ form, seconds }) {
    const task = tasks[form];
    task.count ??= 1;
    for (;;) {
      const start = performance.now();
      await repeat(task, task.count);
      const elapsed = (performance.now() - start) / 1000;
      const mean = elapsed / task.count;
      const enough = Math.max(1, Math.round(seconds / mean));
      // A count that fell short is raised and measured anew, in steps: the first runs are slow.
      const count = Math.min(enough, task.count * 20);
      const done = elapsed >= 0.7 * seconds;
      task.count = count;
      if (done) return mean;
    }
  },

  /** Bytes that one run leaves on the heap of the engine. */
  async garbage({ form, runs }) {
    const task = tasks[form];
    const grown = [];
    for (let trial = 0; trial < 9; trial++) {
      const before = getHeapStatistics().used_heap_size;
      await repeat(task, runs);
      grown.push((getHeapStatistics().used_heap_size - before) / runs);
    }
    return median(grown);
  },

  async release() {
    for (const task of Object.values(tasks)) await task.dispose?.();
    tasks = {};
  },
};

async function repeat(task, count) {
  if (task.awaits) for (let i = 0; i < count; i++) await task.run();
  else for (let i = 0; i < count; i++) task.run();
}

/** The inputs as typed arrays: every contender reads the same bytes. */
function load({ inputs }) {
  const types = { f32: Float32Array, f64: Float64Array, i32: Int32Array };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { file, type, ...shape }]) => {
      const data = new types[type](Uint8Array.from(readFileSync(file)).buffer);
      return [name, { ...shape, data }];
    }),
  );
}

function firstLine(error) {
  return String(error?.message ?? error).split("\n")[0];
}

process.on("message", async ({ question, argument }) => {
  try {
    process.send({ value: await answers[question](argument) });
  } catch (error) {
    process.send({ error: firstLine(error) });
  }
});
process.on("disconnect", () => process.exit());
