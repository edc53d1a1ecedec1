import { invalidValue } from "../check/describe.js";
import { checkPairs } from "./check-pairs.js";

/**
 * Pearson's correlation of two lists, in -1 .. 1. Two passes, O(n).
 *
 * @returns NaN where one of the lists is constant, as SciPy does.
 * @throws RangeError when the lengths differ or are 0.
 */
export function pearson(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const count = checkNumbers("pearson", truth, predicted);
  const [x, y] = [truth, predicted].map((values) => centred(Float64Array.from(values)));
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    xx += x[i] * x[i];
    yy += y[i] * y[i];
    xy += x[i] * y[i];
  }
  // Rounding may leave a hair above 1.
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/**
 * Spearman's correlation: Pearson's of the ranks; equal values share the mean of theirs. O(n log
 * n).
 *
 * @returns NaN where one of the lists is constant.
 * @throws RangeError when the lengths differ or are 0.
 */
export function spearman(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkNumbers("spearman", truth, predicted);
  return pearson(ranks(truth), ranks(predicted));
}

/** The common length. @throws TypeError when an entry is not a number; NaN is one. */
function checkNumbers(name: string, truth: ArrayLike<number>, predicted: ArrayLike<number>) {
  const count = checkPairs(name, truth, predicted);
  for (const [what, values] of Object.entries({ truth, predicted })) {
    for (let i = 0; i < count; i++) {
      if (typeof values[i] === "number") continue;
      throw invalidValue(name, `${what}[${i}]`, values[i], "a number", TypeError);
    }
  }
  return count;
}

/** The values less their mean, scaled so that no square overflows or vanishes. */
function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const rest = values.map((value) => value - mean);
  const largest = rest.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 && largest < Infinity ? rest.map((value) => value / largest) : rest;
}

/** Places in ascending order, from 1; NaN where a value is NaN. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) result[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return Array.prototype.some.call(values, Number.isNaN) ? result.fill(Number.NaN) : result;
}
