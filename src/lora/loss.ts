// What a run makes small: the task's usual loss, or another one that was asked for.
import { describe, invalidValue, joined } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkList, checkPositive, checkWord } from "../check/values.js";
import type { Loss } from "../transformer/losses.js";
import type { Task } from "./adapter.js";
import { refuse } from "./check.js";
import type { Label } from "./task-labels.js";
import type { TextModel } from "./text-model.js";

/** What training makes small, and how: each loss takes some of these. */
export interface LossOptions {
  /**
   * Of a similarity: "cosine", the squared error of the cosine against labels in -1 .. 1;
   * "contrastive", for labels that are 1 (alike) or 0; "triplet", for `text`, `pair` and
   * `negative`; "multiple-negatives", for pairs that are alike, with or without `negative`: all
   * other pairs of the batch are examples of what is not. Other tasks have one loss each.
   * @defaultValue the task's own: "cross-entropy", "binary-cross-entropy", "squared-error",
   *   "cosine"
   */
  kind?: Loss["kind"];
  /**
   * How much an example of each class counts, in the order of the labels: the loss is the weighted
   * mean. Of several labels a text: how much one counts that holds. "balanced" counts rare classes
   * as much as frequent ones. @defaultValue 1 each
   */
  classWeights?: readonly number[] | "balanced";
  /**
   * Of classes: the share of a label that is spread over all classes, in [0, 1). @defaultValue 0
   */
  labelSmoothing?: number;
  /**
   * How far apart what is not alike must be, by 1 - cosine; of triplets, how much further than what
   * is alike. @defaultValue 0.5, of triplets 0.3
   */
  margin?: number;
  /** Of "multiple-negatives": multiplies the cosines, an inverse temperature. @defaultValue 20 */
  scale?: number;
  /**
   * Of a similarity: the loss is the sum of that of the first numbers of the vectors, for each of
   * these sizes, so that vectors can be cut there (Matryoshka). @defaultValue all numbers
   */
  dimensions?: readonly number[];
}

const names: OptionNames<LossOptions> = {
  ...{ kind: true, classWeights: true, labelSmoothing: true, margin: true, scale: true },
  dimensions: true,
};

/** What each loss takes besides its kind. */
const takes: Record<Loss["kind"], readonly (keyof LossOptions)[]> = {
  "cross-entropy": ["classWeights", "labelSmoothing"],
  "binary-cross-entropy": ["classWeights"],
  "squared-error": [],
  cosine: ["dimensions"],
  contrastive: ["margin", "dimensions"],
  triplet: ["margin", "dimensions"],
  "multiple-negatives": ["scale", "dimensions"],
};

const ofSimilarity = ["cosine", "contrastive", "triplet", "multiple-negatives"] as const;

/** The losses of a task, its own first. A regression in a range is a probability in between. */
export function lossesOf(task: Task): readonly Loss["kind"][] {
  switch (task.kind) {
    case "classification":
      return ["cross-entropy"];
    case "multi-label":
      return ["binary-cross-entropy"];
    case "regression":
      return [task.range === undefined ? "squared-error" : "binary-cross-entropy"];
    case "similarity":
      return ofSimilarity;
  }
}

/**
 * The loss of a run, with its defaults filled in.
 *
 * @param labels - of the run's examples, which "balanced" counts.
 * @throws RangeError or TypeError that names what does not fit the task.
 */
export function readLoss(
  name: string,
  options: LossOptions,
  task: Task,
  labels: readonly (Label | undefined)[],
): Loss {
  const read = readOptions(name, options, names, "an object such as { kind }", "loss");
  const kinds = lossesOf(task);
  const { kind = kinds[0], classWeights, labelSmoothing, margin, scale, dimensions } = read;
  if (kinds.length > 1) checkWord(name, "kind of loss", kind, kinds);
  else if (kind !== kinds[0]) {
    throw invalidValue(name, "kind of loss", kind, `"${kinds[0]}" for a ${task.kind}`);
  }
  const known: readonly string[] = task.kind === "regression" ? [] : takes[kind];
  for (const key of Object.keys(read)) {
    if (key === "kind" || known.includes(key)) continue;
    const there = known.length === 0 ? "nothing" : joined([...known], "and");
    throw new RangeError(`${name}: the loss "${kind}" takes no ${key}: it takes ${there}`);
  }
  if (margin !== undefined) checkPositive(name, "margin of loss", margin);
  if (scale !== undefined) checkPositive(name, "scale of loss", scale);
  const shares = typeof labelSmoothing === "number" && labelSmoothing >= 0 && labelSmoothing < 1;
  if (labelSmoothing !== undefined && !shares) {
    throw invalidValue(name, "labelSmoothing of loss", labelSmoothing, "in [0, 1)");
  }
  if (dimensions !== undefined) checkSizes(name, dimensions);
  const weights = classWeights && weightsOf(name, classWeights, task, labels);
  const cut = dimensions && { dimensions: Array.from(dimensions) };
  switch (kind) {
    case "cross-entropy":
      return {
        kind,
        ...(weights && { classWeights: weights }),
        ...(labelSmoothing && { labelSmoothing }),
      };
    case "binary-cross-entropy":
      return { kind, ...(weights && { classWeights: weights }) };
    case "squared-error":
      return { kind };
    case "cosine":
      return { kind, ...cut };
    case "multiple-negatives":
      return { kind, scale: scale ?? 20, ...cut };
    case "contrastive":
    case "triplet":
      return { kind, margin: margin ?? (kind === "triplet" ? 0.3 : 0.5), ...cut };
  }
}

function checkSizes(name: string, dimensions: readonly number[]): void {
  checkList(name, "dimensions of loss", dimensions);
  const sizes = Array.from(dimensions);
  const other = sizes.find((size) => !Number.isSafeInteger(size) || size < 1);
  if (other === undefined && sizes.length > 0 && new Set(sizes).size === sizes.length) return;
  const is = other === undefined ? "empty or holds one twice" : `holding ${describe(other)}`;
  throw new RangeError(`${name}: dimensions of loss is ${is}: it must be different integers >= 1`);
}

function weightsOf(
  name: string,
  given: readonly number[] | "balanced",
  task: Task,
  labels: readonly (Label | undefined)[],
): number[] {
  const classes = "labels" in task ? task.labels : [];
  if (given === "balanced") return balanced(task, classes.length, labels);
  if (typeof given === "string") {
    refuse(name, "classWeights of loss", given, '"balanced" or a number for each label');
  }
  checkList(name, "classWeights of loss", given);
  const weights = Array.from(given);
  weights.forEach((weight, i) => {
    checkPositive(name, `class weight ${i} of loss`, weight);
  });
  if (weights.length === classes.length) return weights;
  throw new RangeError(
    `${name}: classWeights of loss has ${weights.length} entries: there must be one for each of ` +
      `the ${classes.length} labels`,
  );
}

/**
 * Of classes n / (classes count), as scikit-learn has it; of several labels those that hold not /
 * do.
 */
function balanced(task: Task, classes: number, labels: readonly (Label | undefined)[]): number[] {
  const all = labels.flat();
  return Array.from({ length: classes }, (_, label) => {
    const count = all.filter((one) => one === label).length;
    // A class that is not there weighs what it weighs.
    if (count === 0) return 1;
    const { length } = labels;
    return task.kind === "multi-label"
      ? (length - count) / count || 1 / length
      : length / (classes * count);
  });
}

/** @throws RangeError when the vectors of the model are to be cut where they do not reach. */
export function checkDimensions(name: string, loss: Loss, model: TextModel): void {
  const { dimensions = [] } = "dimensions" in loss ? loss : {};
  for (const size of dimensions) {
    if (size <= model.sentence.width) continue;
    throw new RangeError(
      `${name}: dimensions of loss holds ${size}: the vectors have ${model.sentence.width} numbers`,
    );
  }
}

/** Texts of an example: `text` alone, with its `pair`, or with a `negative` besides. */
export function textsPerExample(loss: Loss, hasNegative: boolean): 1 | 2 | 3 {
  if (!ofSimilarity.some((kind) => kind === loss.kind)) return 1;
  return loss.kind === "triplet" || hasNegative ? 3 : 2;
}

/** How much an example counts in the mean of a batch. */
export function weightOf(loss: Loss, targets: readonly number[]): number {
  return loss.kind === "cross-entropy" ? (loss.classWeights?.[targets[0]] ?? 1) : 1;
}
