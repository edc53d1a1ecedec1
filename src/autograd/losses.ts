// What training makes small: each gives its input the gradient and returns the loss, a number.
import { exp, log } from "../linalg/elementary.js";
import { type FloatArray, type Handle, lossesKernels } from "../wasm/index.js";
import type { Tape, Tensor } from "./tape.js";

/** Mean cross-entropy of rows of scores; `labels` are i32. Gives `scores` its gradient. */
export function crossEntropy(tape: Tape, scores: Tensor, labels: Handle): number {
  const { rows, cols, handle } = scores;
  const { to } = tape.accumulate(scores);
  return tape.use(lossesKernels).crossEntropy(rows, cols, handle, labels, to.handle);
}

/**
 * The sum over all scores of weight times -log p, p being the softmax of the score's row:
 * cross-entropy with soft targets, weighted classes and smoothed labels are choices of the weights
 * (row-major, >= 0).
 */
export function weightedCrossEntropy(
  tape: Tape,
  scores: Tensor,
  weights: ArrayLike<number>,
): number {
  const { cols } = scores;
  return costs(tape, scores, (given, gradient) => {
    let loss = 0;
    for (let i = 0; i < scores.length; i += cols) {
      const { cost, slopes } = rowCost(
        given.subarray(i, i + cols),
        Array.from({ length: cols }, (_, j) => weights[i + j]),
      );
      loss += cost;
      gradient.set(slopes, i);
    }
    return loss;
  });
}

/**
 * Mean binary cross-entropy of scores, each the logit of a label by itself, against targets in 0 ..
 * 1. The part of column j where its label holds counts `positiveWeights[j]` times: PyTorch's
 * `pos_weight`.
 */
export function binaryCrossEntropy(
  tape: Tape,
  scores: Tensor,
  targets: ArrayLike<number>,
  positiveWeights?: readonly number[],
): number {
  const { cols, length } = scores;
  return costs(tape, scores, (given, gradient) => {
    let loss = 0;
    for (let i = 0; i < length; i++) {
      const holds = (targets[i] * (positiveWeights?.[i % cols] ?? 1)) / length;
      // That of x is the cross-entropy of two classes with scores 0 and x.
      const { cost, slopes } = rowCost([0, given[i]], [(1 - targets[i]) / length, holds]);
      loss += cost;
      gradient[i] = slopes[1];
    }
    return loss;
  });
}

/** The cost of one row of `weightedCrossEntropy`, and its slope along each score. */
function rowCost(scores: ArrayLike<number>, weights: readonly number[]) {
  const values = Array.from(scores);
  const largest = values.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const powers = values.map((score) => exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  const logSum = log(sum);
  const total = weights.reduce((all, weight) => all + weight, 0);
  const cost = weights.reduce((all, w, j) => all + w * (logSum - (values[j] - largest)), 0);
  return { cost, slopes: powers.map((power, j) => (total * power) / sum - weights[j]) };
}

/** Mean squared error against `targets`, as many as x has entries. Gives x its gradient. */
export function squaredError(tape: Tape, x: Tensor, targets: Handle): number {
  const { to } = tape.accumulate(x);
  return tape.use(lossesKernels).squaredError(x.length, x.handle, targets, to.handle);
}

/**
 * Of cosines of pairs whose distance is 1 - cosine: the mean of half its square where the label is
 * 1, and of half the square of what it lacks of the margin where it is 0 (Hadsell, Chopra and LeCun
 * 2006).
 */
export function contrastive(
  tape: Tape,
  cosines: Tensor,
  labels: ArrayLike<number>,
  margin: number,
): number {
  const n = cosines.length;
  return costs(tape, cosines, (given, gradient) => {
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const distance = 1 - given[i];
      const lack = Math.max(0, margin - distance);
      loss += (labels[i] * distance * distance + (1 - labels[i]) * lack * lack) / (2 * n);
      gradient[i] = ((1 - labels[i]) * lack - labels[i] * distance) / n;
    }
    return loss;
  });
}

/**
 * Of two cosines a row, to what is alike and to what is not: the mean of what the first lacks to be
 * greater than the second by the margin.
 */
export function triplet(tape: Tape, cosines: Tensor, margin: number): number {
  const n = cosines.length / 2;
  return costs(tape, cosines, (given, gradient) => {
    let loss = 0;
    for (let i = 0; i < 2 * n; i += 2) {
      const lack = margin - given[i] + given[i + 1];
      // What is not a number stays so.
      const counts = !(lack <= 0);
      loss += counts ? lack / n : 0;
      gradient[i] = counts ? -1 / n : 0;
      gradient[i + 1] = counts ? 1 / n : 0;
    }
    return loss;
  });
}

/** The loss that `compute` returns when it has written the gradient of x. */
function costs(
  tape: Tape,
  x: Tensor,
  compute: (values: FloatArray, gradient: FloatArray) => number,
): number {
  // Before the views: an allocation may move the memory.
  const { to } = tape.accumulate(x);
  return compute(x.view(), to.view());
}
