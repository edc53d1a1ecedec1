// One row of the sampled product (sampled.ts): the dot products of one row with gathered rows.
// In the cache it is bound by arithmetic, two instructions a vector and the horizontal sums; beyond
// it by the gathers. At one to four vectors a row of the left factor stays in registers; with more,
// a loop over them measured as fast as straight code.
import { at, lanes, multiplyAdd, sumLanes } from "./simd";

/** Lanes of a row's last vector that the vector before it has not covered. */
export function tailMask<T>(k: i32): v128 {
  const rest = k % lanes<T>();
  if (rest == 0) return i64x2.splat(-1);
  if (sizeof<T>() == 8 || rest == 2) return i64x2(0, -1);
  return rest == 1 ? i32x4(0, 0, 0, -1) : i32x4(0, -1, -1, -1);
}

/** Slots whose gathered rows are used twice while they are in the nearest cache. */
export const CHUNK: i32 = 64;

// Vectors of a row, as the size of a type: a constant in a function that is not inlined.
@unmanaged
class Many {}
@unmanaged
class One { a: u8; }
@unmanaged
class Two { a: u8; b: u8; }
@unmanaged
class Three { a: u8; b: u8; c: u8; }
@unmanaged
class Four { a: u8; b: u8; c: u8; d: u8; }

/** The products of slots first .. last of one row; see `sampledVectors`. */
// @ts-ignore: decorator
@inline
export function sampledRow<T>(
  k: i32, mask: v128, first: i32, last: i32,
  cols: usize, x: usize, right: usize, values: usize, out: usize,
): f64 {
  if (k < lanes<T>()) return sampledShort<T>(k, first, last, cols, x, right, values, out);
  switch ((k - 1) / lanes<T>()) {
    case 0: return sampledLong<T, One>(k, mask, first, last, cols, x, right, values, out);
    case 1: return sampledLong<T, Two>(k, mask, first, last, cols, x, right, values, out);
    case 2: return sampledLong<T, Three>(k, mask, first, last, cols, x, right, values, out);
    case 3: return sampledLong<T, Four>(k, mask, first, last, cols, x, right, values, out);
  }
  return sampledLong<T, Many>(k, mask, first, last, cols, x, right, values, out);
}

function sampledLong<T, Vectors>(
  k: i32, mask: v128, first: i32, last: i32,
  cols: usize, x: usize, right: usize, values: usize, out: usize,
): f64 {
  const vectors = <i32>offsetof<Vectors>();
  if (vectors == 0 || k % lanes<T>()) {
    return sampledVectors<T>(vectors, true, k, mask, first, last, cols, x, right, values, out);
  }
  return sampledVectors<T>(vectors, false, k, mask, first, last, cols, x, right, values, out);
}

/**
 * out[p] = x . right_{cols[p]} - values[p] for rows of `vectors` vectors (a constant; 0 stands for
 * five or more), four slots at a time: four independent gathers and chains of additions, and their
 * horizontal sums share the shuffles. Returns the sum of squares.
 */
// @ts-ignore: decorator
@inline
function sampledVectors<T>(
  vectors: i32, ragged: bool, k: i32, mask: v128, first: i32, last: i32,
  cols: usize, x: usize, right: usize, values: usize, out: usize,
): f64 {
  const stride = at<T>(0, k);
  const end = stride - 16;
  const tail = v128.and(mask, v128.load(x + end));
  const x0 = vectors > 1 ? v128.load(x) : tail;
  const x1 = vectors > 2 ? v128.load(x, 16) : tail;
  const x2 = vectors > 3 ? v128.load(x, 32) : tail;
  let squares0 = f64x2.splat(0);
  let squares1 = squares0;
  let p = first;
  for (; p + 4 <= last; p += 4) {
    const slot = at<i32>(cols, p);
    const y0 = right + <usize>load<i32>(slot) * stride;
    const y1 = right + <usize>load<i32>(slot, 4) * stride;
    const y2 = right + <usize>load<i32>(slot, 8) * stride;
    const y3 = right + <usize>load<i32>(slot, 12) * stride;
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    if (vectors == 0) {
      for (let q: usize = 0; q < end; q += 16) {
        const v = v128.load(x + q);
        s0 = multiplyAdd<T>(v, v128.load(y0 + q), s0);
        s1 = multiplyAdd<T>(v, v128.load(y1 + q), s1);
        s2 = multiplyAdd<T>(v, v128.load(y2 + q), s2);
        s3 = multiplyAdd<T>(v, v128.load(y3 + q), s3);
      }
      s0 = multiplyAdd<T>(tail, v128.and(mask, v128.load(y0 + end)), s0);
      s1 = multiplyAdd<T>(tail, v128.and(mask, v128.load(y1 + end)), s1);
      s2 = multiplyAdd<T>(tail, v128.and(mask, v128.load(y2 + end)), s2);
      s3 = multiplyAdd<T>(tail, v128.and(mask, v128.load(y3 + end)), s3);
    } else {
      s0 = product<T>(vectors, ragged, x0, x1, x2, tail, y0, end, mask);
      s1 = product<T>(vectors, ragged, x0, x1, x2, tail, y1, end, mask);
      s2 = product<T>(vectors, ragged, x0, x1, x2, tail, y2, end, mask);
      s3 = product<T>(vectors, ragged, x0, x1, x2, tail, y3, end, mask);
    }
    const to = at<T>(out, p);
    const from = at<T>(values, p);
    if (sizeof<T>() == 8) {
      let d0 = f64x2.add(v128.shuffle<f64>(s0, s1, 0, 2), v128.shuffle<f64>(s0, s1, 1, 3));
      let d1 = f64x2.add(v128.shuffle<f64>(s2, s3, 0, 2), v128.shuffle<f64>(s2, s3, 1, 3));
      d0 = f64x2.sub(d0, v128.load(from));
      d1 = f64x2.sub(d1, v128.load(from, 16));
      squares0 = f64x2.add(squares0, f64x2.mul(d0, d0));
      squares1 = f64x2.add(squares1, f64x2.mul(d1, d1));
      v128.store(to, d0);
      v128.store(to, d1, 16);
    } else {
      const s01 = halves(s0, s1);
      const s23 = halves(s2, s3);
      const even = v128.shuffle<f32>(s01, s23, 0, 2, 4, 6);
      let d = f32x4.add(even, v128.shuffle<f32>(s01, s23, 1, 3, 5, 7));
      d = f32x4.sub(d, v128.load(from));
      const low = f64x2.promote_low_f32x4(d);
      const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(d, d, 2, 3, 2, 3));
      squares0 = f64x2.add(squares0, f64x2.mul(low, low));
      squares1 = f64x2.add(squares1, f64x2.mul(high, high));
      v128.store(to, d);
    }
  }
  let squares = sumLanes<f64>(f64x2.add(squares0, squares1));
  for (; p < last; p++) {
    const y = right + <usize>load<i32>(at<i32>(cols, p)) * stride;
    let s = v128.splat<T>(<T>0);
    if (vectors == 0) {
      for (let q: usize = 0; q < end; q += 16) {
        s = multiplyAdd<T>(v128.load(x + q), v128.load(y + q), s);
      }
      s = multiplyAdd<T>(tail, v128.and(mask, v128.load(y + end)), s);
    } else {
      s = product<T>(vectors, ragged, x0, x1, x2, tail, y, end, mask);
    }
    let d = sumLanes<T>(s);
    d -= load<T>(at<T>(values, p));
    squares += <f64>d * <f64>d;
    store<T>(at<T>(out, p), d);
  }
  return squares;
}

/** The lanes of x . y for rows of 1 .. 4 vectors, the last of them `tail`. */
// @ts-ignore: decorator
@inline
function product<T>(
  vectors: i32, ragged: bool, x0: v128, x1: v128, x2: v128, tail: v128,
  y: usize, end: usize, mask: v128,
): v128 {
  let last: v128;
  if (ragged) last = v128.and(mask, v128.load(y + end));
  else if (vectors == 1) last = v128.load(y);
  else if (vectors == 2) last = v128.load(y, 16);
  else if (vectors == 3) last = v128.load(y, 32);
  else last = v128.load(y, 48);
  if (vectors == 1) return v128.mul<T>(tail, last);
  let s = v128.mul<T>(x0, v128.load(y));
  if (vectors > 2) s = multiplyAdd<T>(x1, v128.load(y, 16), s);
  if (vectors > 3) s = multiplyAdd<T>(x2, v128.load(y, 32), s);
  return multiplyAdd<T>(tail, last, s);
}

/** (x0 + x2, x1 + x3, y0 + y2, y1 + y3): the first step of sumLanes for two vectors of f32. */
// @ts-ignore: decorator
@inline
function halves(x: v128, y: v128): v128 {
  return f32x4.add(v128.shuffle<f32>(x, y, 0, 1, 4, 5), v128.shuffle<f32>(x, y, 2, 3, 6, 7));
}

/** The products of one row where k is less than a vector. */
function sampledShort<T>(
  k: i32, first: i32, last: i32, cols: usize, x: usize, right: usize, values: usize, out: usize,
): f64 {
  let squares: f64 = 0;
  for (let p = first; p < last; p++) {
    const y = at<T>(right, load<i32>(at<i32>(cols, p)) * k);
    let d: T = 0;
    for (let q = 0; q < k; q++) d += load<T>(at<T>(x, q)) * load<T>(at<T>(y, q));
    d -= load<T>(at<T>(values, p));
    squares += <f64>d * <f64>d;
    store<T>(at<T>(out, p), d);
  }
  return squares;
}
