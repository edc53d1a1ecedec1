// What training makes small: losses of the scores of texts, and of their vectors.

import { linear } from "../autograd/linear.js";
import {
  binaryCrossEntropy,
  contrastive,
  crossEntropy,
  squaredError,
  triplet,
  weightedCrossEntropy,
} from "../autograd/losses.js";
import { lookUp, pairCosines } from "../autograd/operations.js";
import { firstColumns, scaleRows, unitRows } from "../autograd/rows.js";
import type { Tape, Tensor } from "../autograd/tape.js";
import { invalidValue } from "../check/describe.js";
import { checkInteger } from "../check/values.js";
import { newArray } from "../wasm/index.js";
import type { Batch } from "./batch.js";
import { SimilarityHead, type TextHead } from "./head.js";

/** Losses of vectors may also be taken of their first numbers: the sum over these sizes. */
interface OfVectors {
  readonly dimensions?: readonly number[];
}

/**
 * Of scores: classes are integers and cost cross-entropy; targets in 0 .. 1, one for each score,
 * cost binary cross-entropy; those of a regression cost squared error. Of vectors, all by their
 * cosines: targets of pairs cost the squared error of the cosine ("cosine"); pairs that belong
 * together (1) or not (0) cost "contrastive"; "triplet" and "multiple-negatives" take no labels,
 * but texts and what is alike and not alike.
 */
export type Loss =
  | {
      readonly kind: "cross-entropy";
      readonly classWeights?: readonly number[];
      readonly labelSmoothing?: number;
    }
  | { readonly kind: "binary-cross-entropy"; readonly classWeights?: readonly number[] }
  | { readonly kind: "squared-error" }
  | ({ readonly kind: "cosine" } & OfVectors)
  | ({ readonly kind: "contrastive" | "triplet"; readonly margin: number } & OfVectors)
  | ({ readonly kind: "multiple-negatives"; readonly scale: number } & OfVectors);

/**
 * The loss of a batch, the mean over its examples; gives what it was taken of its gradient.
 *
 * @throws RangeError when the labels do not fit the batch or the head.
 */
export function lossOf(
  tape: Tape,
  head: TextHead,
  batch: Batch,
  labels: ArrayLike<number>,
  loss: Loss,
): number {
  const rows = (batch.starts.length - 1) / head.textsPerRow;
  checkLabels(labels, rows, head.outputs, loss);
  switch (loss.kind) {
    case "cross-entropy":
    case "binary-cross-entropy":
    case "squared-error":
      return ofScores(tape, head.scores(tape, batch), labels, loss);
  }
  if (!(head instanceof SimilarityHead)) {
    throw new RangeError(`loss: it is "${loss.kind}", which is taken of vectors, not of scores`);
  }
  const vectors = head.vectors(tape, batch);
  let sum = 0;
  for (const size of loss.dimensions ?? [vectors.cols]) {
    sum += ofVectors(tape, firstColumns(tape, vectors, size), rows, labels, loss);
  }
  return sum;
}

type ScoreLoss = Extract<Loss, { kind: `${string}-entropy` | "squared-error" }>;

function ofScores(tape: Tape, scores: Tensor, labels: ArrayLike<number>, loss: ScoreLoss): number {
  switch (loss.kind) {
    case "squared-error":
      return squaredError(tape, scores, numbers(tape, labels));
    case "binary-cross-entropy":
      return binaryCrossEntropy(tape, scores, labels, loss.classWeights);
    case "cross-entropy":
      if (loss.classWeights === undefined && loss.labelSmoothing === undefined) {
        return crossEntropy(tape, scores, tape.job.put(Int32Array.from(labels)));
      }
      return weightedCrossEntropy(tape, scores, scoreWeights(scores.cols, labels, loss));
  }
}

/**
 * What each score's -log p counts, as in PyTorch: an example as much as its class, over the sum of
 * these; smoothing spreads a share of it over all classes, each by its own weight.
 */
function scoreWeights(
  classes: number,
  labels: ArrayLike<number>,
  { classWeights, labelSmoothing = 0 }: Extract<Loss, { kind: "cross-entropy" }>,
): Float64Array {
  const weightOf = (label: number) => classWeights?.[label] ?? 1;
  const rows = Array.from(labels);
  const total = rows.reduce((sum, label) => sum + weightOf(label), 0);
  const weights = new Float64Array(rows.length * classes);
  rows.forEach((label, i) => {
    for (let j = 0; j < classes; j++) {
      const share = labelSmoothing / classes + (j === label ? 1 - labelSmoothing : 0);
      weights[i * classes + j] = (share * weightOf(j)) / total;
    }
  });
  return weights;
}

type VectorLoss = Exclude<Loss, ScoreLoss>;

/** @param rows - examples: their texts lie side by side, two or three each. */
function ofVectors(
  tape: Tape,
  vectors: Tensor,
  rows: number,
  labels: ArrayLike<number>,
  loss: VectorLoss,
): number {
  const each = vectors.rows / rows;
  switch (loss.kind) {
    case "cosine":
      return squaredError(tape, pairCosines(tape, vectors), numbers(tape, labels));
    case "contrastive":
      return contrastive(tape, pairCosines(tape, vectors), labels, loss.margin);
    case "triplet": {
      const pairs = take(tape, vectors, 4 * rows, (i) => [0, 1, 0, 2][i % 4] + each * (i >> 2));
      return triplet(tape, pairCosines(tape, pairs), loss.margin);
    }
    case "multiple-negatives": {
      const units = unitRows(tape, vectors);
      const texts = take(tape, units, rows, (i) => each * i);
      // The counterparts of all texts first, then what is not alike.
      const others = take(
        tape,
        units,
        (each - 1) * rows,
        (i) => each * (i % rows) + 1 + Math.floor(i / rows),
      );
      const cosines = linear(tape, texts, { weight: others });
      const scores = scaleRows(tape, cosines, new Float64Array(rows).fill(loss.scale));
      return crossEntropy(
        tape,
        scores,
        tape.job.put(Int32Array.from({ length: rows }, (_, i) => i)),
      );
    }
  }
}

/** So many rows of x, by their numbers. */
function take(tape: Tape, x: Tensor, rows: number, place: (i: number) => number): Tensor {
  const index = Int32Array.from({ length: rows }, (_, i) => place(i));
  return lookUp(tape, rows, [{ table: x, index: tape.job.put(index) }]);
}

function numbers(tape: Tape, labels: ArrayLike<number>) {
  const targets = newArray(tape.dtype, labels.length);
  targets.set(labels);
  return tape.job.put(targets);
}

/** Whether it is taken against labels; for the others the texts say what is alike. */
export function takesLabels({ kind }: Loss): boolean {
  return kind !== "triplet" && kind !== "multiple-negatives";
}

function checkLabels(labels: ArrayLike<number>, rows: number, outputs: number, loss: Loss): void {
  const { kind } = loss;
  const each = kind === "cross-entropy" ? 1 : outputs;
  const expected = takesLabels(loss) ? rows * each : 0;
  if (labels.length !== expected) {
    throw new RangeError(`labels: ${labels.length} were given: the batch has ${expected}`);
  }
  for (let i = 0; i < expected; i++) {
    const label = labels[i];
    if (kind === "cross-entropy") checkInteger("labels", `label ${i}`, label, 0, outputs - 1);
    else if (!Number.isFinite(label)) {
      throw invalidValue("labels", `label ${i}`, label, "a finite number");
    } else if (kind.startsWith("binary") && !(label >= 0 && label <= 1)) {
      throw invalidValue("labels", `label ${i}`, label, "in [0, 1]");
    }
  }
}
