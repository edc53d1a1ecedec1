// Vectors of signs, 32 to a word: bit b of word w is element 32 w + b, 1 for -1 and 0 for +1. A
// product with a sign is an exclusive or with the sign bit, so these loops only add; 32 signs are
// loaded with one word, and the bound is the adder and the loads of x, not the signs.
import { at, lanes } from "./simd";

/** A word in lanes of T, so that a shift puts the bits b, b + 1, ... in front (`signsAt`). */
// @ts-ignore: decorator
@inline
function inLanes<T>(word: i32): v128 {
  if (sizeof<T>() == 8) {
    const wide = <i64>(<u32>word);
    return i64x2(wide << 1, wide);
  }
  return i32x4(word << 3, word << 2, word << 1, word);
}

/** The bits b .. b + lanes - 1 of the word in the sign bits of the lanes, zeros elsewhere. */
// @ts-ignore: decorator
@inline
function signsAt<T>(inLanes: v128, b: i32): v128 {
  if (sizeof<T>() == 8) {
    return v128.and(i64x2.shl(inLanes, 62 - b), i64x2.splat(<i64>(1 << 63)));
  }
  return v128.and(i32x4.shl(inLanes, 28 - b), i32x4.splat(<i32>(1 << 31)));
}

/**
 * y (cols) <- the sums of the columns of X (rows x cols, contiguous), each entry with its sign;
 * cols is a multiple of 32. Order: rows ascending.
 */
// @kernel
export function signedSums<T>(rows: i32, cols: i32, signs: usize, x: usize, y: usize): void {
  const w = lanes<T>();
  const words = cols >> 5;
  // Eight sums in registers at a time: half a word of f64, a whole one of f32.
  const part = 8 * w;
  for (let j = 0; j < cols; j += part) {
    const first = j & 31;
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    for (let i = 0; i < rows; i++) {
      const bits = inLanes<T>(load<i32>(at<i32>(signs, i * words + (j >> 5))));
      const p = at<T>(x, i * cols + j);
      s0 = v128.add<T>(s0, v128.xor(v128.load(p), signsAt<T>(bits, first)));
      s1 = v128.add<T>(s1, v128.xor(v128.load(p, 16), signsAt<T>(bits, first + w)));
      s2 = v128.add<T>(s2, v128.xor(v128.load(p, 32), signsAt<T>(bits, first + 2 * w)));
      s3 = v128.add<T>(s3, v128.xor(v128.load(p, 48), signsAt<T>(bits, first + 3 * w)));
      s4 = v128.add<T>(s4, v128.xor(v128.load(p, 64), signsAt<T>(bits, first + 4 * w)));
      s5 = v128.add<T>(s5, v128.xor(v128.load(p, 80), signsAt<T>(bits, first + 5 * w)));
      s6 = v128.add<T>(s6, v128.xor(v128.load(p, 96), signsAt<T>(bits, first + 6 * w)));
      s7 = v128.add<T>(s7, v128.xor(v128.load(p, 112), signsAt<T>(bits, first + 7 * w)));
    }
    const q = at<T>(y, j);
    v128.store(q, s0);
    v128.store(q, s1, 16);
    v128.store(q, s2, 32);
    v128.store(q, s3, 48);
    v128.store(q, s4, 64);
    v128.store(q, s5, 80);
    v128.store(q, s6, 96);
    v128.store(q, s7, 112);
  }
}

/** x_i <- x_i + alpha with the sign of element i; n is a multiple of 32. */
// @kernel
export function addSigned<T>(n: i32, alpha: T, signs: usize, x: usize): void {
  const w = lanes<T>();
  const a = v128.splat<T>(alpha);
  for (let i = 0; i < n; i += 32) {
    const bits = inLanes<T>(load<i32>(at<i32>(signs, i >> 5)));
    for (let b = 0; b < 32; b += w) {
      const p = at<T>(x, i + b);
      v128.store(p, v128.add<T>(v128.load(p), v128.xor(a, signsAt<T>(bits, b))));
    }
  }
}

/**
 * out_i <- the number of elements in which row i of A and the vector x differ; A is rows x words,
 * contiguous, and all numbers are exact.
 */
// @kernel
export function signDistances(rows: i32, words: i32, a: usize, x: usize, out: usize): void {
  const head = words & ~3;
  for (let i = 0; i < rows; i++) {
    const row = at<i32>(a, i * words);
    let counts = i32x4.splat(0);
    for (let k = 0; k < head; k += 4) {
      const differ = v128.xor(v128.load(at<i32>(row, k)), v128.load(at<i32>(x, k)));
      const pairs = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(differ));
      counts = i32x4.add(counts, i32x4.extadd_pairwise_i16x8_u(pairs));
    }
    let sum = i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1);
    sum += i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
    for (let k = head; k < words; k++) {
      sum += popcnt<i32>(load<i32>(at<i32>(row, k)) ^ load<i32>(at<i32>(x, k)));
    }
    store<f64>(at<f64>(out, i), <f64>sum);
  }
}
