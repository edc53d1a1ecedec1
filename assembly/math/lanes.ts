// What the elementary functions share: constants in every lane, selection, and the bits of
// floating-point lanes as integers of the same width. Everything is lane by lane, so a result
// never depends on its neighbours or on its place in an array.
import { multiplyAdd } from "../simd";

/** A constant, rounded to T, in every lane. */
// @ts-ignore: decorator
@inline
export function splat<T>(value: f64): v128 {
  return v128.splat<T>(<T>value);
}

/** A constant of the type's own: the first for f32, the second for f64. */
// @ts-ignore: decorator
@inline
export function splatEither<T>(single: f64, double: f64): v128 {
  return sizeof<T>() == 8 ? f64x2.splat(double) : f32x4.splat(<f32>single);
}

/** An integer of T's width in every lane. */
// @ts-ignore: decorator
@inline
export function splatInteger<T>(value: i32): v128 {
  return sizeof<T>() == 8 ? i64x2.splat(value) : i32x4.splat(value);
}

/** One step of Horner's rule: p x + coefficient. */
// @ts-ignore: decorator
@inline
export function horner<T>(p: v128, x: v128, coefficient: f64): v128 {
  return multiplyAdd<T>(p, x, splat<T>(coefficient));
}

/** a where the mask is set, otherwise b. */
// @ts-ignore: decorator
@inline
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** The sign bits of x, all others zero. */
// @ts-ignore: decorator
@inline
export function signBits<T>(x: v128): v128 {
  return v128.and(x, splat<T>(-0.0));
}

/** Bits of the fraction as stored: 23 for f32, 52 for f64. */
// @ts-ignore: decorator
@inline
export function fractionBits<T>(): i32 {
  return sizeof<T>() == 8 ? 52 : 23;
}

/** a - b on the bits as integers. */
// @ts-ignore: decorator
@inline
export function subBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 8 ? i64x2.sub(a, b) : i32x4.sub(a, b);
}

/** a 2^count on the bits as integers. */
// @ts-ignore: decorator
@inline
export function shiftLeft<T>(a: v128, count: i32): v128 {
  return sizeof<T>() == 8 ? i64x2.shl(a, count) : i32x4.shl(a, count);
}

/** floor(a / 2^count) on the bits as signed integers. */
// @ts-ignore: decorator
@inline
export function shiftRight<T>(a: v128, count: i32): v128 {
  return sizeof<T>() == 8 ? i64x2.shr_s(a, count) : i32x4.shr_s(a, count);
}

/** floor(a / 2^count) on the bits as integers without sign. */
// @ts-ignore: decorator
@inline
export function shiftRightUnsigned<T>(a: v128, count: i32): v128 {
  return sizeof<T>() == 8 ? i64x2.shr_u(a, count) : i32x4.shr_u(a, count);
}

/** Integers of T's width, within 32 bits, as floating-point numbers. */
// @ts-ignore: decorator
@inline
export function toFloat<T>(k: v128): v128 {
  if (sizeof<T>() == 4) return f32x4.convert_i32x4_s(k);
  return f64x2.convert_low_i32x4_s(v128.shuffle<i32>(k, k, 0, 2, 0, 2));
}

/**
 * Added to a number of modest size, rounds it to an integer (ties to even) whose two's complement
 * is then in the low bits: 1.5 2^23 or 1.5 2^52.
 */
// @ts-ignore: decorator
@inline
export function roundingShift<T>(): v128 {
  return splatEither<T>(12582912.0, 6755399441055744.0);
}
