// Scaling by powers of two, which is exact: the way to keep squares inside the range.
import { amax } from "./level1";

/** Largest power of two that is at most x; the smallest normal one, 2^-1022, for less and for 0. */
export function binade(x: f64): f64 {
  const power = reinterpret<f64>(reinterpret<u64>(x) & 0x7ff0000000000000);
  return max<f64>(power, f64.MIN_NORMAL_VALUE);
}

/** The binade of the largest entry of a matrix with diagonal d (n) and off-diagonal e (n - 1). */
export function binadeOf(n: i32, d: usize, e: usize): f64 {
  return binade(max<f64>(amax<f64>(n, d), amax<f64>(n - 1, e)));
}
