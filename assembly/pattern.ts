// A sparse pattern times a dense factor (the order of sampled.ts): sums of gathered rows, whose
// entries have no values. Lines are of k elements, any k.
import { put, step, take } from "./elements";
import { gatherRows, One, ScaleOfIndex } from "./gathered-row";
import { at, OptionalAddress } from "./simd";

/** out_i = the sum of dense_{index[p]} over the slots p of row i; an empty row gives 0. */
// @kernel
export function patternTimesDense<T>(
  rows: i32, k: i32, start: usize, index: usize, dense: usize, out: usize,
): void {
  gatherRows<T, One>(rows, k, start, index, 0, 0, dense, 0, out);
}

/** out_j = the sum of scale[index[p]] dense_{index[p]} over the slots p of row j; empty gives 0. */
// @kernel
export function patternTimesScaledDense<T>(
  rows: i32, k: i32, start: usize, index: usize, scale: usize, dense: usize, out: usize,
): void {
  gatherRows<T, ScaleOfIndex>(rows, k, start, index, 0, scale, dense, 0, out);
}

/** y_i = x_i + scale[i] y_i, a line at a time; without x it is scaled alone. */
// @kernel
export function scaleAndAddLines<T>(
  lines: i32, k: i32, scale: usize, x: OptionalAddress, y: usize,
): void {
  for (let i = 0; i < lines; i++) {
    const factor = v128.load_splat<T>(at<T>(scale, i));
    const from = at<T>(x, i * k);
    const to = at<T>(y, i * k);
    for (let c = 0; c < k; c += step<T>(k, c)) {
      const scaled = v128.mul<T>(factor, take<T>(k, c, to));
      put<T>(k, c, to, x ? v128.add<T>(take<T>(k, c, from), scaled) : scaled);
    }
  }
}
