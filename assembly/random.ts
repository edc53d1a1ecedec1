// Random numbers by a counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", 2011). Element i depends on the seed, the stream and i, and on nothing else:
// filling in pieces, in any order, gives the bits of filling at once.
//   key      the seed, low and high word
//   counter  the number of the block (two words), the stream, the kind of number
// A block is 128 random bits: two elements. Elements are made in aligned groups of four.
import { logLanes } from "./math/log";
import { cosReduced, inQuarter, narrow, sinReduced } from "./math/trigonometry";
import { at } from "./simd";

/** The fourth word of the counter: numbers of different kinds are independent. */
export const kindUniform: i32 = 0;
export const kindNormal: i32 = 1;
export const kindDropout: i32 = 2;
export const kindBits: i32 = 3;

/** One block: the four words of the counter, enciphered by the two words of the key. */
// @ts-ignore: decorator
@inline
export function philox(counter: v128, key0: i32, key1: i32): v128 {
  const multipliers = i32x4(0xd2511f53, 0xcd9e8d57, 0, 0);
  const step = i32x4(0x9e3779b9, 0, 0xbb67ae85, 0);
  let key = i32x4(key0, 0, key1, 0);
  let c = counter;
  for (let round = 0; round < 10; round++) {
    // Words 0 and 2 times their multipliers: (low 0, high 0, low 1, high 1).
    const factors = v128.shuffle<i32>(c, c, 0, 2, 0, 2);
    const products = i64x2.extmul_low_i32x4_u(factors, multipliers);
    const kept = v128.shuffle<i32>(c, i32x4.splat(0), 1, 4, 3, 4);
    const mixed = v128.xor(kept, key);
    c = v128.xor(v128.shuffle<i32>(products, products, 3, 2, 1, 0), mixed);
    key = i32x4.add(key, step);
  }
  return c;
}

/** One block of the generator, for tests against its published answers: four words at `out`. */
// @kernel test
export function philoxBlock(
  c0: i32, c1: i32, c2: i32, c3: i32, key0: i32, key1: i32, out: usize,
): void {
  v128.store(out, philox(i32x4(c0, c1, c2, c3), key0, key1));
}

/**
 * x_i uniform in (0, 1), both ends left out, for the elements start .. start + n - 1 of the stream:
 * (k + 1/2) / 2^52 from 52 random bits; f32: (k + 1/2) / 2^23 from the first 23 of them.
 */
// @kernel
export function uniform<T>(
  n: i32, seedLow: i32, seedHigh: i32, stream: i32, start: f64, x: usize,
): void {
  const begin = <u64>start;
  const offset = <i32>(begin & 3);
  let block = (begin >> 2) << 1;
  for (let i = -offset; i < n; i += 4, block += 2) {
    const a = uniformBlock<T>(block, stream, kindUniform, seedLow, seedHigh);
    const b = uniformBlock<T>(block + 1, stream, kindUniform, seedLow, seedHigh);
    storeFour<T>(n, i, x, a, b);
  }
}

/**
 * x_i normal, mean 0 and variance 1, for the elements start .. start + n - 1 of the stream, by Box
 * and Muller (1958): from uniform u and v, sqrt(-2 log u) times cos(2 pi v) and sin(2 pi v).
 * Computed in f64, |x_i| < 8.6; f32 is the f64 number rounded.
 */
// @kernel
export function normal<T>(
  n: i32, seedLow: i32, seedHigh: i32, stream: i32, start: f64, x: usize,
): void {
  const begin = <u64>start;
  const offset = <i32>(begin & 3);
  let block = (begin >> 2) << 1;
  for (let i = -offset; i < n; i += 4, block += 2) {
    const a = uniformBlock<f64>(block, stream, kindNormal, seedLow, seedHigh);
    const b = uniformBlock<f64>(block + 1, stream, kindNormal, seedLow, seedHigh);
    const u = v128.shuffle<f64>(a, b, 0, 2);
    const v = v128.shuffle<f64>(a, b, 1, 3);
    const radius = f64x2.sqrt(f64x2.mul(f64x2.splat(-2), logLanes<f64>(u)));
    // 4 v in quarter turns: the nearest integer and an exact rest.
    const turns = f64x2.mul(f64x2.splat(4), v);
    const nearest = f64x2.nearest(turns);
    const angle = f64x2.mul(f64x2.sub(turns, nearest), f64x2.splat(1.5707963267948966));
    const sin = sinReduced(angle, f64x2.splat(0));
    const cos = cosReduced(angle, f64x2.splat(0));
    const quarter = i64x2.extend_low_i32x4_u(i32x4.trunc_sat_f64x2_u_zero(nearest));
    const next = i64x2.add(quarter, i64x2.splat(1));
    const even = f64x2.mul(radius, inQuarter(next, sin, cos));
    const odd = f64x2.mul(radius, inQuarter(quarter, sin, cos));
    storeFour<T>(n, i, x, v128.shuffle<f64>(even, odd, 0, 2), v128.shuffle<f64>(even, odd, 1, 3));
  }
}

/** Two uniform numbers as f64 lanes; for f32 with so few bits that they are f32 numbers. */
// @ts-ignore: decorator
@inline
function uniformBlock<T>(block: u64, stream: i32, kind: i32, key0: i32, key1: i32): v128 {
  const counter = i32x4(<i32>block, <i32>(block >> 32), stream, kind);
  const bits = philox(counter, key0, key1);
  // A fraction of random bits under the exponent of one is 1 + k / 2^52; taking 1 - 2^-53 off it
  // leaves (k + 1/2) / 2^52, exactly.
  const one = i64x2.splat(0x3ff0000000000000);
  let fraction = i64x2.shr_u(bits, 12);
  if (sizeof<T>() == 4) fraction = v128.and(fraction, i64x2.splat(0x000fffffe0000000));
  const missing: f64 = sizeof<T>() == 4 ? 1.0 - 1.0 / 16777216 : 1.0 - 1.0 / 9007199254740992;
  return f64x2.sub(v128.or(fraction, one), f64x2.splat(missing));
}

/** Stores the four numbers of (a, b) as x_i .. x_i+3, those of them that lie in 0 .. n - 1. */
// @ts-ignore: decorator
@inline
function storeFour<T>(n: i32, i: i32, x: usize, a: v128, b: v128): void {
  if (i >= 0 && i + 4 <= n) {
    const p = at<T>(x, i);
    if (sizeof<T>() == 4) {
      v128.store(p, narrow(a, b));
    } else {
      v128.store(p, a);
      v128.store(p, b, 16);
    }
    return;
  }
  storeOne<T>(n, i, x, f64x2.extract_lane(a, 0));
  storeOne<T>(n, i + 1, x, f64x2.extract_lane(a, 1));
  storeOne<T>(n, i + 2, x, f64x2.extract_lane(b, 0));
  storeOne<T>(n, i + 3, x, f64x2.extract_lane(b, 1));
}

function storeOne<T>(n: i32, i: i32, x: usize, value: f64): void {
  if (i >= 0 && i < n) store<T>(at<T>(x, i), <T>value);
}
