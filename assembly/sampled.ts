// Products on a sparse pattern: the sampled dense-dense product, and what its residuals multiply.
// Those of a sparse matrix with values of its own are in sparse.ts, those of the pattern alone in
// pattern.ts.
//
// The pattern is compressed by rows: row i owns the slots rowStart[i] .. rowStart[i + 1], and slot
// p is in column cols[p]. Dense factors are row-major with row stride k, so a slot gathers one
// contiguous row of k elements. Speed is bound by these gathers: each is read once, whole, and no
// kernel scatters (the transposed pattern is an index of its own). k = 4 .. 64 is the hot range;
// any k is right. No work space; rows are independent of one another.
//
// A row of k elements is taken as whole vectors. Where k is ragged the last one overlaps the one
// before it. (Loops over the elements that are left cost more than the rest of the row: k = 7 ran
// at a third of the speed of k = 8.) Only rows shorter than a vector are taken by elements.
//
// Every sum over k runs as one accumulator of lanes, vectors ascending, then the lanes in halves;
// every sum over slots runs with the slots ascending. So a result depends neither on where a slot
// is in its row nor on which rows were computed with it.
//
// The workers of a row (sampled-row.ts, gathered-row.ts) are functions, not inlined into each
// kernel: past some size V8 gives a function a simpler register allocation, and it runs five times
// slower.
import { addRows, Value } from "./gathered-row";
import { CHUNK, sampledRow, tailMask } from "./sampled-row";
import { at, Flag } from "./simd";

/** Rows whose losses are added before they join the total: a block never shares an addition. */
const ROW_BLOCK: i32 = 256;

/**
 * residual[p] = left_i . right_{cols[p]} - values[p]; returns 1/2 sum residual^2.
 *
 * The sum is taken in f64 whatever T: over each row, over the rows of a block of ROW_BLOCK, over
 * the blocks. Whoever holds whole blocks of rows can compute their part and get the same bits.
 */
// @kernel
export function sampledResidual<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  left: usize, right: usize, values: usize, residual: usize,
): f64 {
  return residuals<T>(false, rows, k, rowStart, cols, left, right, values, residual, 0);
}

/**
 * `sampledResidual` and out_i = sum over the slots p of row i of residual[p] right_{cols[p]} in one
 * pass, in the same bits as one kernel after the other: CHUNK rows are gathered, and their second
 * use finds them in the cache. With `accumulate` the sums are added to what is in out.
 */
// @kernel
export function residualTimesDense<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize, left: usize, right: usize,
  values: usize, residual: usize, out: usize, accumulate: Flag,
): f64 {
  if (!accumulate) memory.fill(out, 0, at<T>(0, rows * k));
  return residuals<T>(true, rows, k, rowStart, cols, left, right, values, residual, out);
}

/** `sampledResidual`; with `products` the sums of `residualTimesDense` are added to out, too. */
// @ts-ignore: decorator
@inline
function residuals<T>(
  products: bool, rows: i32, k: i32, rowStart: usize, cols: usize,
  left: usize, right: usize, values: usize, residual: usize, out: usize,
): f64 {
  const mask = tailMask<T>(k);
  let total: f64 = 0;
  for (let block = 0; block < rows; block += ROW_BLOCK) {
    const end = min<i32>(rows, block + ROW_BLOCK);
    let sum: f64 = 0;
    for (let i = block; i < end; i++) {
      let first = load<i32>(at<i32>(rowStart, i));
      const last = load<i32>(at<i32>(rowStart, i + 1));
      const x = at<T>(left, i * k);
      let squares: f64 = 0;
      for (; first < last; first += CHUNK) {
        const stop = min<i32>(first + CHUNK, last);
        squares += sampledRow<T>(k, mask, first, stop, cols, x, right, values, residual);
        if (!products) continue;
        addRows<T, Value>(k, first, stop, cols, 0, residual, right, at<T>(out, i * k));
      }
      sum += squares;
    }
    total += sum;
  }
  return 0.5 * total;
}
