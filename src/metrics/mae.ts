import { checkFinitePairs } from "./check-pairs.js";

/**
 * The mean absolute error of predicted values. O(n).
 *
 * @throws RangeError when the lengths differ or are 0; RangeError or TypeError when an entry is not a
 *   finite number.
 * @example
 * ```ts
 * mae([1, 2, 3], [1, 4, 2]); // 1
 * ```
 */
export function mae(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const count = checkFinitePairs("mae", truth, predicted);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs(predicted[i] - truth[i]);
  return sum / count;
}
