// A sparse pattern times a dense factor: sums of gathered rows, in the order of sampled.ts. Entries
// have no values; scales are of lines, before or after. Lines are of k elements, a multiple of the
// lanes and more than none.
import { gatherRows, One } from "./gathered-row";
import { at, lanes, OptionalAddress } from "./simd";

/** out_i = the sum of dense_{index[p]} over the slots p of row i; an empty row gives 0. */
// @kernel
export function patternTimesDense<T>(
  rows: i32, k: i32, start: usize, index: usize, dense: usize, out: usize,
): void {
  gatherRows<T, One>(rows, k, start, index, 0, 0, dense, 0, out);
}

/** y_i = scale[i] x_i + plus_i, or without `plus` the first part. y may be x. */
// @kernel
export function scaleLines<T>(
  lines: i32, k: i32, scale: usize, x: usize, plus: OptionalAddress, y: usize,
): void {
  for (let i = 0; i < lines; i++) {
    const factor = v128.load_splat<T>(at<T>(scale, i));
    for (let q = i * k; q < (i + 1) * k; q += lanes<T>()) {
      const scaled = v128.mul<T>(factor, v128.load(at<T>(x, q)));
      const more = plus ? v128.load(at<T>(plus, q)) : i64x2.splat(0);
      v128.store(at<T>(y, q), v128.add<T>(more, scaled));
    }
  }
}
