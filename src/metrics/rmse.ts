import { checkFinitePairs } from "./check-pairs.js";

/**
 * The root mean square error of predicted values. O(n).
 *
 * @throws RangeError when the lengths differ or are 0; RangeError or TypeError when an entry is not a
 *   finite number.
 */
export function rmse(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const count = checkFinitePairs("rmse", truth, predicted);
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (predicted[i] - truth[i]) * (predicted[i] - truth[i]);
  return Math.sqrt(squares / count);
}
