// How far a classifier from a few texts can be trusted.
import { exp, log } from "../linalg/elementary.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import { fitRidge } from "./kernel-ridge.js";

/** How good a classifier is on texts that it has not seen, by cross-validation on its examples. */
export interface FewShotEvidence {
  /** Share of the examples that are classified right by a fit without them. */
  readonly accuracy: number;
  /** Its standard error. */
  readonly standardError: number;
  /** The share that is right when every text is said to have the most frequent label. */
  readonly guess: number;
  /**
   * The probability that guessing at that share is right as often: near 0 where it is worth
   * trusting.
   */
  readonly chance: number;
}

/** Parts of the cross-validation. */
const folds = 5;

/**
 * Five-fold cross-validation: each part is classified by a fit to the others, whose penalty the
 * others have chosen.
 *
 * @param gram - products of the examples' features.
 */
export function crossValidate(
  gram: Matrix,
  classes: readonly number[],
  outputs: number,
  seed: number,
): FewShotEvidence {
  const n = classes.length;
  const part = partsOf(classes, outputs, seed);
  const products = (rows: readonly number[], cols: readonly number[]) =>
    Matrix.from(rows.map((i) => cols.map((j) => gram.get(i, j))));
  let right = 0;
  for (let fold = 0; fold < folds; fold++) {
    const [inside, outside] = [false, true].map((held) =>
      classes.flatMap((_, i) => ((part[i] === fold) === held ? [i] : [])),
    );
    if (outside.length === 0) continue;
    const known = inside.map((i) => classes[i]);
    const { coefficients, intercepts } = fitRidge(products(inside, inside), oneHot(known, outputs));
    const scores = matmul(products(outside, inside), coefficients);
    outside.forEach((example, i) => {
      const row = Array.from(scores.row(i), (score, c) => score + intercepts[c]);
      if (row.indexOf(Math.max(...row)) === classes[example]) right += 1;
    });
  }
  const counts = new Array<number>(outputs).fill(0);
  for (const label of classes) counts[label] += 1;
  const [accuracy, guess] = [right / n, Math.max(...counts) / n];
  const standardError = Math.sqrt((accuracy * (1 - accuracy)) / n);
  return { accuracy, standardError, guess, chance: tail(right, n, guess) };
}

/** A row an example: 1 in the column of its label. */
export function oneHot(classes: readonly number[], outputs: number): Matrix {
  const targets = Matrix.zeros(classes.length, outputs);
  classes.forEach((label, i) => {
    targets.set(i, label, 1);
  });
  return targets;
}

/** The part that each example is in: each label is spread over all, in random order. */
function partsOf(classes: readonly number[], outputs: number, seed: number): number[] {
  const order = randomPermutation(classes.length, seed, streams.fewShotFolds.first);
  const next = Array.from({ length: outputs }, (_, c) => c);
  const parts = new Array<number>(classes.length);
  for (const i of order) parts[i] = next[classes[i]]++ % folds;
  return parts;
}

/** The probability of `right` or more of n, each right with the probability `share`. */
function tail(right: number, n: number, share: number): number {
  if (right === 0) return 1;
  // The logarithm of the term of k successes, from the one before it.
  let term = n * log(1 - share);
  let total = 0;
  for (let k = 1; k <= n; k++) {
    term += log(((n - k + 1) * share) / (k * (1 - share)));
    if (k >= right) total += exp(term);
  }
  return Math.min(1, total);
}
