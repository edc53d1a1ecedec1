// The start of a fine-tuning run: the search of its rate, with a bar, and the run on its threads.
import type { ClusterFinetuning } from "../cluster/cluster-finetuning.js";
import type { ClusterProgress } from "../cluster/coordinator.js";
import { Finetuning, withRate } from "../lora/finetune.js";
import type { Example, FinetuneOptions } from "../lora/finetune-options.js";
import { ParallelFinetuning } from "../lora/parallel-finetuning.js";
import type { FinetuneProgress } from "../lora/rate-search.js";
import type { TextModel } from "../lora/text-model.js";
import { DivergenceError } from "../optim/divergence-error.js";
import { UsageError } from "./errors.js";
import { createProgress, type Progress } from "./progress.js";
import { onQueue, type RunFlags, refusedShown, runOptionsOf, standing } from "./queue.js";

/**
 * A run on this thread, on as many as were asked for, or on the workers of a queue.
 *
 * @param remarks - shows what is worth a word; called once nothing of the options is refused.
 */
export async function startRun(
  model: TextModel,
  examples: readonly Example[],
  settings: () => FinetuneOptions,
  { threads, ...flags }: { threads: number } & RunFlags,
  remarks: () => void,
): Promise<Finetuning | ParallelFinetuning | ClusterFinetuning> {
  let progress: Progress | undefined;
  const tellRefused = refusedShown("finetune");
  const show = ({ step, totalSteps, learningRate, loss }: FinetuneProgress) => {
    if (progress === undefined) remarks();
    progress ??= createProgress();
    const text = `choosing the rate: ${shownRate(learningRate)}, loss ${loss.toPrecision(4)}`;
    progress.update(step, totalSteps, text);
  };
  const showStanding = (at: ClusterProgress) => {
    tellRefused(at.refused);
    progress ??= createProgress();
    progress.update(0, 1, standing(at));
  };
  try {
    if (flags.queue !== undefined) {
      const run = await onQueue(() =>
        usage(() => queued(model, examples, settings(), flags, showStanding)),
      );
      remarks();
      return run;
    }
    const run = await usage(async () =>
      threads === 1
        ? alone(model, examples, settings(), show)
        : ParallelFinetuning.create(model, examples, { ...settings(), threads }, show),
    );
    if (progress === undefined) remarks();
    return run;
  } finally {
    progress?.stop();
  }
}

async function queued(
  model: TextModel,
  examples: readonly Example[],
  { resume: state, ...given }: FinetuneOptions,
  flags: RunFlags,
  report: (progress: ClusterProgress) => void,
): Promise<ClusterFinetuning> {
  const { ClusterFinetuning } = await import("../cluster/cluster-finetuning.js");
  const options = { ...given, ...(state && { state }), ...runOptionsOf(flags) };
  return ClusterFinetuning.create(model, examples, options, report);
}

function alone(
  model: TextModel,
  examples: readonly Example[],
  given: FinetuneOptions,
  show: (progress: FinetuneProgress) => void,
): Finetuning {
  const search = withRate(model, examples, given);
  let next = search.next();
  for (; !next.done; next = search.next()) show(next.value);
  const { plan, resume, settings } = next.value;
  return new Finetuning(model, examples, { ...settings, ...(resume && { resume }) }, plan);
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
