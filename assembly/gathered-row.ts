// Rows of a sparse pattern times a dense factor (sampled.ts, sparse.ts): weighted sums of gathered
// rows. The sums stay in registers and each slot costs its loads, a multiplication and an addition
// a vector. Where k is ragged the last vector overlaps the one before, and writes its bits again.
import { at, lanes, multiplyAdd } from "./simd";

// What multiplies a slot's dense row, as a type: each has functions of its own, without a branch.
@unmanaged
export class Value {} // weight[p]
@unmanaged
export class ValueVia { a: u8; } // weight[position[p]]
@unmanaged
export class One { a: u8; b: u8; } // 1, and k is a multiple of the lanes

/** Weighted sums of gathered rows, row after row. */
// @ts-ignore: decorator
@inline
export function gatherRows<T, Factor>(
  rows: i32, k: i32, start: usize, index: usize, position: usize,
  weight: usize, dense: usize, accumulate: i32, out: usize,
): void {
  if (!accumulate) memory.fill(out, 0, at<T>(0, rows * k));
  for (let i = 0; i < rows; i++) {
    const first = load<i32>(at<i32>(start, i));
    const last = load<i32>(at<i32>(start, i + 1));
    addRows<T, Factor>(k, first, last, index, position, weight, dense, at<T>(out, i * k));
  }
}

/** Adds the weighted rows of slots first .. last to out, in pieces that stay in registers. */
export function addRows<T, Factor>(
  k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  if (first == last) return;
  if (!isOne<Factor>() && k < lanes<T>()) {
    addShort<T, Factor>(k, first, last, index, position, weight, dense, out);
    return;
  }
  const stride = at<T>(0, k);
  let y = dense;
  let to = out;
  let end = stride - 16;
  for (; end > 80; end -= 64) {
    piece<T, Factor>(4, false, first, last, stride, 48, index, position, weight, y, to);
    y += 64;
    to += 64;
  }
  switch (<i32>((end + 15) >> 4)) {
    case 0: return rest<T, Factor>(1, k, first, last, end, index, position, weight, y, to);
    case 1: return rest<T, Factor>(2, k, first, last, end, index, position, weight, y, to);
    case 2: return rest<T, Factor>(3, k, first, last, end, index, position, weight, y, to);
    case 3: return rest<T, Factor>(4, k, first, last, end, index, position, weight, y, to);
    case 4: return rest<T, Factor>(5, k, first, last, end, index, position, weight, y, to);
  }
  rest<T, Factor>(6, k, first, last, end, index, position, weight, y, to);
}

/** The last piece of rows of k elements, `vectors` vectors wide. */
// @ts-ignore: decorator
@inline
function rest<T, Factor>(
  vectors: i32, k: i32, first: i32, last: i32, end: usize,
  index: usize, position: usize, weight: usize, dense: usize, out: usize,
): void {
  const stride = at<T>(0, k);
  if (!isOne<Factor>() && k % lanes<T>()) {
    piece<T, Factor>(vectors, true, first, last, stride, end, index, position, weight, dense, out);
  } else {
    piece<T, Factor>(vectors, false, first, last, stride, end, index, position, weight, dense, out);
  }
}

/**
 * `vectors` (1 .. 6, constant) neighbouring vectors of one output row, the last of them at `end`.
 * A row of 7 or more is gathered in pieces of 4, a cache line each: pieces of 8 measured 6 % slower
 * at k = 32 .. 64. What remains is 3 .. 6: a ragged last vector overlaps only its own piece.
 */
// @ts-ignore: decorator
@inline
function piece<T, Factor>(
  vectors: i32, ragged: bool, first: i32, last: i32, stride: usize, end: usize,
  index: usize, position: usize, weight: usize, dense: usize, out: usize,
): void {
  let s0 = vectors > 1 ? v128.load(out) : i64x2.splat(0);
  let s1 = vectors > 2 ? v128.load(out, 16) : i64x2.splat(0);
  let s2 = vectors > 3 ? v128.load(out, 32) : i64x2.splat(0);
  let s3 = vectors > 4 ? v128.load(out, 48) : i64x2.splat(0);
  let s4 = vectors > 5 ? v128.load(out, 64) : i64x2.splat(0);
  let tail = v128.load(out + end);
  for (let p = first; p < last; p++) {
    const y = dense + <usize>load<i32>(at<i32>(index, p)) * stride;
    const w = isOne<Factor>()
      ? i64x2.splat(0)
      : v128.load_splat<T>(weightAt<T, Factor>(p, position, weight));
    if (vectors > 1) s0 = add<T, Factor>(w, v128.load(y), s0);
    if (vectors > 2) s1 = add<T, Factor>(w, v128.load(y, 16), s1);
    if (vectors > 3) s2 = add<T, Factor>(w, v128.load(y, 32), s2);
    if (vectors > 4) s3 = add<T, Factor>(w, v128.load(y, 48), s3);
    if (vectors > 5) s4 = add<T, Factor>(w, v128.load(y, 64), s4);
    if (ragged) tail = add<T, Factor>(w, v128.load(y + end), tail);
    else if (vectors == 1) tail = add<T, Factor>(w, v128.load(y), tail);
    else if (vectors == 2) tail = add<T, Factor>(w, v128.load(y, 16), tail);
    else if (vectors == 3) tail = add<T, Factor>(w, v128.load(y, 32), tail);
    else if (vectors == 4) tail = add<T, Factor>(w, v128.load(y, 48), tail);
    else if (vectors == 5) tail = add<T, Factor>(w, v128.load(y, 64), tail);
    else tail = add<T, Factor>(w, v128.load(y, 80), tail);
  }
  if (vectors > 1) v128.store(out, s0);
  if (vectors > 2) v128.store(out, s1, 16);
  if (vectors > 3) v128.store(out, s2, 32);
  if (vectors > 4) v128.store(out, s3, 48);
  if (vectors > 5) v128.store(out, s4, 64);
  v128.store(out + end, tail);
}

// @ts-ignore: decorator
@inline
function add<T, Factor>(w: v128, y: v128, sum: v128): v128 {
  return isOne<Factor>() ? v128.add<T>(sum, y) : multiplyAdd<T>(w, y, sum);
}

/** The weighted sum of one row where k is less than a vector. */
// @ts-ignore: decorator
@inline
function addShort<T, Factor>(
  k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  for (let q = 0; q < k; q++) {
    let sum = load<T>(at<T>(out, q));
    for (let p = first; p < last; p++) {
      const value = load<T>(at<T>(dense, load<i32>(at<i32>(index, p)) * k + q));
      sum += load<T>(weightAt<T, Factor>(p, position, weight)) * value;
    }
    store<T>(at<T>(out, q), sum);
  }
}

// @ts-ignore: decorator
@inline
function isOne<Factor>(): bool {
  return offsetof<Factor>() == offsetof<One>();
}

/** Where the weight of slot p is. */
// @ts-ignore: decorator
@inline
function weightAt<T, Factor>(p: i32, position: usize, weight: usize): usize {
  if (offsetof<Factor>() == offsetof<ValueVia>()) {
    return at<T>(weight, load<i32>(at<i32>(position, p)));
  }
  return at<T>(weight, p);
}
