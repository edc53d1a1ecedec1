// Products of a sparse matrix with a dense one. sampled.ts says how they are computed.
import { gatherRows, Value, ValueVia } from "./gathered-row";
import { Flag } from "./simd";

/**
 * out_i = sum over the slots p of row i of values[p] dense_{cols[p]}; an empty row gives 0. With
 * `accumulate` the sums are added to what is in out: so a factor that is larger than the cache is
 * gathered block by block, in the same bits as at once.
 */
// @kernel
export function sparseTimesDense<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  values: usize, dense: usize, out: usize, accumulate: Flag,
): void {
  gatherRows<T, Value>(rows, k, rowStart, cols, 0, values, dense, accumulate, out);
}

/**
 * The same where the value of slot p is values[position[p]]: with the index of the pattern sorted
 * by columns, it multiplies by the transpose while the values stay sorted by rows.
 */
// @kernel
export function sparseTimesDenseVia<T>(
  rows: i32, k: i32, start: usize, index: usize, position: usize,
  values: usize, dense: usize, out: usize, accumulate: Flag,
): void {
  gatherRows<T, ValueVia>(rows, k, start, index, position, values, dense, accumulate, out);
}
