// What a fine-tuning run is asked to do.

import { describe, invalidValue } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import {
  checkBoolean,
  checkInteger,
  checkPositive,
  checkSeed,
  checkUnit,
} from "../check/values.js";
import type { Loss } from "../transformer/losses.js";
import type { Adaptation } from "./adaptation.js";
import type { Task } from "./adapter.js";
import { checkMethod, checkTask } from "./check.js";
import { type LossOptions, readLoss } from "./loss.js";
import { type Label, misfit } from "./task-labels.js";
import { checkTexts, type TextInput } from "./text-input.js";
import { savedSchedule } from "./training-state.js";

const name = "finetune";

/** A text or pair with what is to be learned of it. */
export interface Example extends TextInput {
  /**
   * The number of its class, the value to predict, or the similarity to reach, -1 .. 1; of a
   * multi-label task the numbers of the labels that hold, or of none. Left out where the loss takes
   * none.
   */
  readonly label?: Label | undefined;
  /** A text that `text` is less like than its `pair`, for losses that take one. */
  readonly negative?: string | undefined;
}

export interface FinetuneOptions {
  /** `new Lora()`, `new DeepLora()`, `new FullFineTuning()` or `new HeadOnly()`. */
  method: Adaptation;
  /** What the labels are. */
  task: Task;
  /** What training makes small. @defaultValue the task's usual loss */
  loss?: LossOptions;
  /** Updates. */
  steps: number;
  /** Texts in an update; all of them when there are fewer. @defaultValue 16 */
  batchSize?: number;
  /**
   * AdamW's rate, at its greatest. "search" finds it by short runs before the run, which go through
   * at most a third of its texts; a run that is too short for that takes the method's usual rate, as
   * "usual" does. A run that goes on keeps its rate. @defaultValue "search"
   */
  learningRate?: number | "search" | "usual";
  /**
   * Share of the steps in which the rate rises to its full value, evenly; rounded to whole steps.
   * @defaultValue 0.1
   */
  warmupShare?: number;
  /**
   * Share of the rate that is left at the end, to which it falls evenly after the warm-up; 1 keeps
   * it. @defaultValue 0
   */
  finalRateShare?: number;
  /**
   * Whether the head is trained too; the paper leaves it random. One that is trained starts a
   * regression at the mean of the labels, which its rate would take thousands of steps to reach.
   * @defaultValue true
   */
  trainHead?: boolean;
  /** The head's rate. @defaultValue 1e-3 */
  headLearningRate?: number;
  /** AdamW's decay. @defaultValue 0 */
  weightDecay?: number;
  /** Drops entries at random in training, as the model's configuration says. @defaultValue false */
  dropout?: boolean;
  /** Longer texts are cut. @defaultValue 128 */
  maxTokens?: number;
  /** Of the head and of the order of the texts: equal seeds, equal bits. @defaultValue 0 */
  seed?: number;
  /** What `Finetuning.save` gave: to go on there, to the same bits. */
  resume?: Uint8Array;
}

export const finetuneNames: OptionNames<FinetuneOptions> = {
  ...{ method: true, task: true, loss: true, steps: true, batchSize: true, learningRate: true },
  ...{ warmupShare: true, finalRateShare: true, trainHead: true, headLearningRate: true },
  ...{ weightDecay: true, dropout: true, maxTokens: true, seed: true, resume: true },
};

/** What holds where an option is left out; the learning rate is searched. */
export const finetuneDefaults = {
  ...{ batchSize: 16, warmupShare: 0.1, finalRateShare: 0, trainHead: true },
  ...{ headLearningRate: 1e-3, weightDecay: 0, maxTokens: 128, seed: 0, dropout: false },
};

/** The options with their defaults filled in, and a number for the rate. */
export type FinetuneSettings = Required<
  Omit<FinetuneOptions, "resume" | "learningRate" | "loss">
> & {
  learningRate: number;
  /** Where it was asked for: the files of runs without one do not name it. */
  loss?: Loss;
};

/**
 * @returns the settings, with the method's usual rate where it is to be searched.
 * @throws RangeError or TypeError that names the option, or the example whose label does not fit.
 */
export function readFinetuneOptions(
  options: FinetuneOptions,
  examples: readonly Example[],
): { settings: FinetuneSettings; resume: Uint8Array | undefined; searched: boolean } {
  const wanted = "an object with method, task and steps";
  const read = readOptions(name, options, finetuneNames, wanted);
  const { method, resume, loss, learningRate = "search", ...rest } = read;
  checkMethod(name, method);
  checkTask(name, rest.task);
  checkTexts(name, "example", examples);
  const labels = () => examples.map(({ label }) => label);
  const searched = learningRate === "search" && resume === undefined;
  // What is not given is as it was in a run that goes on.
  const saved = resume === undefined ? {} : savedSchedule(resume);
  const settings = {
    ...{ learningRate: method.learningRate, ...finetuneDefaults, ...saved, ...rest, method },
    ...(loss && { loss: readLoss(name, loss, rest.task, labels()) }),
    ...(learningRate !== "search" && { learningRate: numberOf(learningRate, method) }),
  };
  checkSettings(settings, examples);
  return { settings, resume, searched };
}

function numberOf(rate: number | "usual", method: Adaptation): number {
  if (typeof rate === "number") return rate;
  if (rate === "usual") return method.learningRate;
  throw new RangeError(
    `${name}: learningRate is ${describe(rate)}: it must be a finite number > 0, "search" or "usual"`,
  );
}

function checkSettings(settings: FinetuneSettings, examples: readonly Example[]): void {
  const { task, steps, batchSize, learningRate, headLearningRate, maxTokens, seed } = settings;
  const { warmupShare, finalRateShare, dropout, trainHead } = settings;
  checkBoolean(name, "dropout", dropout);
  checkBoolean(name, "trainHead", trainHead);
  checkInteger(name, "steps", steps, 0);
  checkInteger(name, "batchSize", batchSize, 1);
  checkInteger(name, "maxTokens", maxTokens, 1);
  checkPositive(name, "learningRate", learningRate);
  checkPositive(name, "headLearningRate", headLearningRate);
  checkSeed(name, seed);
  checkUnit(name, "warmupShare", warmupShare);
  checkUnit(name, "finalRateShare", finalRateShare);
  checkExamples(name, task, examples, lossOf(settings));
}

/** The loss of a run: the task's own unless another one was asked for. */
export function lossOf({ loss, task }: Pick<FinetuneSettings, "loss" | "task">): Loss {
  return loss ?? readLoss(name, {}, task, []);
}

/** @throws RangeError or TypeError when there are none, or one of them does not fit the task. */
export function checkExamples(
  name: string,
  task: Task,
  examples: readonly Example[],
  loss = lossOf({ task }),
): void {
  checkTexts(name, "example", examples);
  if (examples.length === 0) throw new RangeError(`${name}: there are no examples`);
  const hasNegative = examples[0].negative !== undefined;
  examples.forEach(({ label, negative }, i) => {
    checkNegative(name, i, negative, loss, hasNegative);
    const wanted = misfit(task, loss, label);
    if (wanted === undefined) return;
    throw new RangeError(
      `${name}: example ${i} has the label ${describe(label)}: it must be ${wanted}`,
    );
  });
}

function checkNegative(
  name: string,
  i: number,
  negative: unknown,
  { kind }: Loss,
  others: boolean,
): void {
  const must = kind === "triplet" || (kind === "multiple-negatives" && others);
  const may = kind === "multiple-negatives" && i === 0;
  if (must || may ? typeof negative === "string" || (may && !others) : negative === undefined)
    return;
  const wanted = must
    ? "a string, as all examples must have one"
    : `left out, by all examples: the loss is "${kind}"`;
  throw invalidValue(name, `negative of example ${i}`, negative, wanted, TypeError);
}
