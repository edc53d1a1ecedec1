// The start of a fine-tuning run: the search of its rate, with a bar, and the run on its threads.
import { Finetuning, withRate } from "../lora/finetune.js";
import type { Example, FinetuneOptions } from "../lora/finetune-options.js";
import { ParallelFinetuning } from "../lora/parallel-finetuning.js";
import type { TextModel } from "../lora/text-model.js";
import { DivergenceError } from "../optim/divergence-error.js";
import { UsageError } from "./errors.js";
import { createProgress } from "./progress.js";

/**
 * A run on this thread, or on as many as were asked for.
 *
 * @param remarks - shows what is worth a word; called once nothing of the options is refused.
 */
export async function startRun(
  model: TextModel,
  examples: readonly Example[],
  settings: () => FinetuneOptions,
  threads: number,
  remarks: () => void,
): Promise<Finetuning | ParallelFinetuning> {
  const [search, first] = await usage(async () => {
    const steps = withRate(model, examples, settings());
    return [steps, steps.next()] as const;
  });
  let next = first;
  if (!next.done) {
    remarks();
    const progress = createProgress();
    try {
      for (; !next.done; next = await usage(async () => search.next())) {
        const { step, totalSteps, learningRate, loss } = next.value;
        const text = `choosing the rate: ${shownRate(learningRate)}, loss ${loss.toPrecision(4)}`;
        progress.update(step, totalSteps, text);
      }
    } finally {
      progress.stop();
    }
  }
  const { plan, resume, settings: found } = next.value;
  const options = { ...found, ...(resume && { resume }) };
  const run = await usage(async () =>
    threads === 1
      ? new Finetuning(model, examples, options, plan)
      : ParallelFinetuning.create(model, examples, { ...options, threads }),
  );
  if (first.done) remarks();
  return run;
}

export const shownRate = (rate: number) => rate.toPrecision(2);

/** What the library refuses of the options is bad usage here. */
export async function usage<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof RangeError || error instanceof DivergenceError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}
