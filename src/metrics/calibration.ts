import { integer } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { checkFinitePairs } from "./check-pairs.js";

export interface CalibrationOptions {
  /** Bins of as many predictions each; fewer where predictions are equal. @defaultValue 10 */
  bins?: number;
}

/** Predictions near each other, beside what was observed. */
export interface CalibrationBin {
  count: number;
  /** Means. */
  predicted: number;
  observed: number;
}

/** Whether predictions are right on average, high ones and low ones. */
export interface Calibration {
  /** From the lowest predictions to the highest. */
  bins: CalibrationBin[];
  /** Mean of |predicted - observed| over the bins, each weighted by its count. */
  error: number;
}

/**
 * Whether values are what they were predicted to be: the predictions in increasing order, cut into
 * bins of as many each, equal ones in one bin; of each bin the mean prediction beside the mean of the
 * true values. The order of the pairs does not matter. O(n log n).
 *
 * @throws RangeError when the lengths differ or are 0, or bins is not
 *   an integer >= 1; RangeError or TypeError when an entry is not a finite number; TypeError for unknown
 *   options.
 * @example
 * ```ts
 * const { bins, error } = calibration([1, 3, 4, 4], [2, 2, 3, 5], { bins: 2 });
 * bins; // [{ count: 2, predicted: 2, observed: 2 }, { count: 2, predicted: 4, observed: 4 }]
 * error; // 0
 * ```
 */
export function calibration(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: CalibrationOptions = {},
): Calibration {
  const name = "calibration";
  const count = checkFinitePairs(name, truth, predicted);
  const { bins: wanted = 10 } = checkedOptions(name, options, { bins: integer(1) });
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (i, j) => predicted[i] - predicted[j] || truth[i] - truth[j],
  );
  const bins: CalibrationBin[] = [];
  let error = 0;
  for (let bin = 1, start = 0; start < count; bin++) {
    let end = Math.round((bin * count) / Math.min(wanted, count));
    if (end <= start) continue;
    while (end < count && predicted[order[end]] === predicted[order[end - 1]]) end++;
    const members = order.slice(start, end);
    const meanOf = (values: ArrayLike<number>) =>
      members.reduce((sum, i) => sum + values[i] / members.length, 0);
    const means = { predicted: meanOf(predicted), observed: meanOf(truth) };
    bins.push({ count: members.length, ...means });
    error += Math.abs(means.predicted - means.observed) * (members.length / count);
    start = end;
  }
  return { bins, error };
}
