// The few vector helpers that every kernel shares. One generic body serves f32 and f64; the
// branches on sizeof<T>() and ASC_FEATURE_* vanish at compile time.

/** 0 or 1. */
export type Flag = i32;
/** An address, or 0 where there is nothing. */
export type OptionalAddress = usize;

/** Elements of T in one 128-bit vector. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return <i32>(16 / sizeof<T>());
}

/** a * b + c, lane by lane: two roundings in the baseline, one where relaxed SIMD fuses. */
// @ts-ignore: decorator
@inline
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** Sum of the lanes, in halves: (0 + 2) + (1 + 3) for f32, 0 + 1 for f64. */
// @ts-ignore: decorator
@inline
export function sumLanes<T>(v: v128): T {
  if (sizeof<T>() == 8) {
    return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1));
  }
  const low = f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 2);
  const high = f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 3);
  return <T>(low + high);
}

/** Largest lane; NaN where any lane is NaN. */
// @ts-ignore: decorator
@inline
export function maxLanes<T>(v: v128): T {
  if (sizeof<T>() == 8) {
    return <T>max<f64>(f64x2.extract_lane(v, 0), f64x2.extract_lane(v, 1));
  }
  return <T>(
    max<f32>(
      max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
      max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
    )
  );
}

/** Byte address of element i. */
// @ts-ignore: decorator
@inline
export function at<T>(pointer: usize, i: i32): usize {
  return pointer + (<usize>i) * sizeof<T>();
}
