// lowrank/lora/threads on every runtime: the same steps on two threads.
import { ParallelFinetuning } from "lowrank/lora/threads";
import { examples, hash, options, tinyModel } from "./tiny-encoder.js";

/** In a page: where the workers' program is served. */
const { workerUrl } = globalThis as { workerUrl?: string };

export async function answer() {
  const threads = { threads: 2, ...(workerUrl ? { workerUrl } : {}) };
  try {
    const run = await ParallelFinetuning.create(tinyModel(), examples, { ...options, ...threads });
    const losses: number[] = [];
    while (run.stepCount < options.steps) losses.push((await run.step()).loss);
    const adapter = hash(run.adapter());
    await run.terminate();
    return { losses, adapter };
  } catch (error) {
    return { refused: `${(error as Error).name}: ${(error as Error).message}` };
  }
}
