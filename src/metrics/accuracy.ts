import { checkPairs } from "./check-pairs.js";

/**
 * The share of predicted classes that are the true ones, in 0 .. 1. O(n).
 *
 * @throws RangeError when the lengths differ or are 0.
 */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const count = checkPairs("accuracy", truth, predicted);
  let right = 0;
  for (let i = 0; i < count; i++) if (truth[i] === predicted[i]) right++;
  return right / count;
}
