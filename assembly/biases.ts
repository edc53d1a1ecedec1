// Row and column biases on a sparse pattern compressed by rows (see sampled.ts), and their
// gradients. Bound by the gathers of one number per slot; rows are independent of one another.
import { at } from "./simd";

/** out[p] = values[p] - (rowBias[i] + colBias[cols[p]]) for every slot p of row i. */
// @kernel
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

/** out_i = the sum of values[p] over the slots p of row i; in the order of `sumSlotsVia`. */
// @kernel
export function sumSlots<T>(rows: i32, rowStart: usize, values: usize, out: usize): void {
  sumRows<T>(false, rows, rowStart, 0, values, out);
}

/**
 * out_j = the sum of values[position[p]] over the slots p of row j: sums over columns by their own
 * index. Order: four accumulators, slots dealt out in turn, added in pairs, then the remainder.
 */
// @kernel
export function sumSlotsVia<T>(
  rows: i32, start: usize, position: usize, values: usize, out: usize,
): void {
  sumRows<T>(true, rows, start, position, values, out);
}

// @ts-ignore: decorator
@inline
function sumRows<T>(
  via: bool, rows: i32, start: usize, position: usize, values: usize, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const last = load<i32>(at<i32>(start, i + 1));
    let p = load<i32>(at<i32>(start, i));
    let s0: T = 0;
    let s1: T = 0;
    let s2: T = 0;
    let s3: T = 0;
    for (; p + 4 <= last; p += 4) {
      s0 += slot<T>(via, p, position, values);
      s1 += slot<T>(via, p + 1, position, values);
      s2 += slot<T>(via, p + 2, position, values);
      s3 += slot<T>(via, p + 3, position, values);
    }
    let sum: T = s0 + s1 + (s2 + s3);
    for (; p < last; p++) sum += slot<T>(via, p, position, values);
    store<T>(at<T>(out, i), sum);
  }
}

// @ts-ignore: decorator
@inline
function slot<T>(via: bool, p: i32, position: usize, values: usize): T {
  return load<T>(at<T>(values, via ? load<i32>(at<i32>(position, p)) : p));
}
