// One row of a sparse pattern times a dense factor (sampled.ts): a weighted sum of gathered rows.
// The sums stay in registers and each slot costs its loads, a multiplication and an addition a
// vector. Where k is ragged the last vector overlaps the one before, and writes its bits again.
import { at, lanes, multiplyAdd } from "./simd";

/** What multiplies a slot's dense row: a constant where it is used, so no branch remains. */
export const VALUE: i32 = 0; // weight[p]
export const VALUE_VIA: i32 = 1; // weight[position[p]]
export const SCALE_OF_INDEX: i32 = 2; // weight[index[p]]
export const ONE: i32 = 3; // 1

/** Adds the weighted rows of slots first .. last to out, in pieces that stay in registers. */
// @ts-ignore: decorator
@inline
export function addRows<T>(
  kind: i32, k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  if (kind == VALUE) addValues<T>(k, first, last, index, position, weight, dense, out);
  else if (kind == VALUE_VIA) addVia<T>(k, first, last, index, position, weight, dense, out);
  else if (kind == ONE) addOnes<T>(k, first, last, index, position, weight, dense, out);
  else addScaled<T>(k, first, last, index, position, weight, dense, out);
}

function addValues<T>(
  k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  addPieces<T>(VALUE, k, first, last, index, position, weight, dense, out);
}

function addVia<T>(
  k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  addPieces<T>(VALUE_VIA, k, first, last, index, position, weight, dense, out);
}

function addOnes<T>(
  k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  addPieces<T>(ONE, k, first, last, index, position, weight, dense, out);
}

function addScaled<T>(
  k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  addPieces<T>(SCALE_OF_INDEX, k, first, last, index, position, weight, dense, out);
}

// @ts-ignore: decorator
@inline
function addPieces<T>(
  kind: i32, k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  if (first == last) return;
  const stride = at<T>(0, k);
  if (k < lanes<T>()) {
    addShort<T>(kind, k, first, last, index, position, weight, dense, out);
    return;
  }
  let y = dense;
  let to = out;
  let end = stride - 16;
  for (; end > 80; end -= 64) {
    piece<T>(kind, 4, false, first, last, stride, 48, index, position, weight, y, to);
    y += 64;
    to += 64;
  }
  const vectors = <i32>((end + 15) >> 4) + 1;
  if (k % lanes<T>()) {
    switch (vectors) {
      case 1:
        piece<T>(kind, 1, true, first, last, stride, end, index, position, weight, y, to);
        break;
      case 2:
        piece<T>(kind, 2, true, first, last, stride, end, index, position, weight, y, to);
        break;
      case 3:
        piece<T>(kind, 3, true, first, last, stride, end, index, position, weight, y, to);
        break;
      case 4:
        piece<T>(kind, 4, true, first, last, stride, end, index, position, weight, y, to);
        break;
      case 5:
        piece<T>(kind, 5, true, first, last, stride, end, index, position, weight, y, to);
        break;
      default:
        piece<T>(kind, 6, true, first, last, stride, end, index, position, weight, y, to);
    }
  } else {
    switch (vectors) {
      case 1:
        piece<T>(kind, 1, false, first, last, stride, end, index, position, weight, y, to);
        break;
      case 2:
        piece<T>(kind, 2, false, first, last, stride, end, index, position, weight, y, to);
        break;
      case 3:
        piece<T>(kind, 3, false, first, last, stride, end, index, position, weight, y, to);
        break;
      case 4:
        piece<T>(kind, 4, false, first, last, stride, end, index, position, weight, y, to);
        break;
      case 5:
        piece<T>(kind, 5, false, first, last, stride, end, index, position, weight, y, to);
        break;
      default:
        piece<T>(kind, 6, false, first, last, stride, end, index, position, weight, y, to);
    }
  }
}

/**
 * `vectors` (1 .. 6, constant) neighbouring vectors of one output row, the last of them at `end`.
 * A row of 7 or more is gathered in pieces of 4, a cache line each: pieces of 8 measured 6 % slower
 * at k = 32 .. 64. What remains is 3 .. 6: a ragged last vector overlaps only its own piece.
 */
// @ts-ignore: decorator
@inline
function piece<T>(
  kind: i32, vectors: i32, ragged: bool, first: i32, last: i32, stride: usize, end: usize,
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
    const w = kind == ONE ? i64x2.splat(0) : weightOf<T>(kind, p, index, position, weight);
    if (vectors > 1) s0 = add<T>(kind, w, v128.load(y), s0);
    if (vectors > 2) s1 = add<T>(kind, w, v128.load(y, 16), s1);
    if (vectors > 3) s2 = add<T>(kind, w, v128.load(y, 32), s2);
    if (vectors > 4) s3 = add<T>(kind, w, v128.load(y, 48), s3);
    if (vectors > 5) s4 = add<T>(kind, w, v128.load(y, 64), s4);
    if (ragged) tail = add<T>(kind, w, v128.load(y + end), tail);
    else if (vectors == 1) tail = add<T>(kind, w, v128.load(y), tail);
    else if (vectors == 2) tail = add<T>(kind, w, v128.load(y, 16), tail);
    else if (vectors == 3) tail = add<T>(kind, w, v128.load(y, 32), tail);
    else if (vectors == 4) tail = add<T>(kind, w, v128.load(y, 48), tail);
    else if (vectors == 5) tail = add<T>(kind, w, v128.load(y, 64), tail);
    else tail = add<T>(kind, w, v128.load(y, 80), tail);
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
function add<T>(kind: i32, w: v128, y: v128, sum: v128): v128 {
  return kind == ONE ? v128.add<T>(sum, y) : multiplyAdd<T>(w, y, sum);
}

/** The weighted sum of one row where k is less than a vector. */
// @ts-ignore: decorator
@inline
function addShort<T>(
  kind: i32, k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  for (let q = 0; q < k; q++) {
    let sum = load<T>(at<T>(out, q));
    for (let p = first; p < last; p++) {
      const value = load<T>(at<T>(dense, load<i32>(at<i32>(index, p)) * k + q));
      if (kind == ONE) sum += value;
      else sum += load<T>(weightAt<T>(kind, p, index, position, weight)) * value;
    }
    store<T>(at<T>(out, q), sum);
  }
}

/** The weight of slot p in every lane. */
// @ts-ignore: decorator
@inline
function weightOf<T>(kind: i32, p: i32, index: usize, position: usize, weight: usize): v128 {
  return v128.load_splat<T>(weightAt<T>(kind, p, index, position, weight));
}

// @ts-ignore: decorator
@inline
function weightAt<T>(kind: i32, p: i32, index: usize, position: usize, weight: usize): usize {
  if (kind == VALUE_VIA) return at<T>(weight, load<i32>(at<i32>(position, p)));
  if (kind == SCALE_OF_INDEX) return at<T>(weight, load<i32>(at<i32>(index, p)));
  return at<T>(weight, p);
}
