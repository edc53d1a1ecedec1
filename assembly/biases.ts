// Row and column biases on a sparse pattern compressed by rows (see sampled.ts). Bound by the
// gathers of one column bias a slot; slots are independent of one another.
import { at } from "./simd";

/** out[p] = values[p] - (rowBias[i] + colBias[cols[p]]) for every slot p of row i. */
export function subtractBiases<T>(
  rows: i32, rowStart: usize, cols: usize, rowBias: usize, colBias: usize,
  values: usize, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const last = load<i32>(at<i32>(rowStart, i + 1));
    const bias = load<T>(at<T>(rowBias, i));
    for (let p = load<i32>(at<i32>(rowStart, i)); p < last; p++) {
      const both: T = bias + load<T>(at<T>(colBias, load<i32>(at<i32>(cols, p))));
      store<T>(at<T>(out, p), load<T>(at<T>(values, p)) - both);
    }
  }
}
