import { checkPairs } from "./check-pairs.js";

/**
 * F1 of one class, 2 tp / (2 tp + fp + fn), in 0 .. 1: the harmonic mean of precision and recall. O(n).
 *
 * @param positive - the class that counts. @defaultValue 1
 * @returns 0 where the class neither occurs nor is predicted, as scikit-learn does.
 * @throws RangeError when the lengths differ or are 0.
 */
export function f1(truth: ArrayLike<number>, predicted: ArrayLike<number>, positive = 1): number {
  const count = checkPairs("f1", truth, predicted);
  let hits = 0;
  let marked = 0;
  for (let i = 0; i < count; i++) {
    if (truth[i] === positive) marked++;
    if (predicted[i] === positive) marked++;
    if (truth[i] === positive && predicted[i] === positive) hits++;
  }
  return marked === 0 ? 0 : (2 * hits) / marked;
}

/** The mean of every class's F1, of the classes that occur or are predicted ("macro"). */
export function macroF1(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkPairs("macroF1", truth, predicted);
  const classes = [...new Set([...Array.from(truth), ...Array.from(predicted)])];
  return classes.reduce((sum, one) => sum + f1(truth, predicted, one), 0) / classes.length;
}
