// Elementary functions of a number, and over arrays: y_i = f(x_i), y may be x. Of our own, because
// the hosts' Math.* differ in their last bits; these are the same on every engine and processor.
// Bound by arithmetic. Each function has one body, in vector lanes (folder math/).
import { put, step, take } from "./elements";
import { erfLanes } from "./math/erf";
import { expLanes } from "./math/exp";
import { logLanes } from "./math/log";
import { cosLanes, sinLanes } from "./math/trigonometry";

/** exp x; infinity above the range, subnormal numbers and then zero below it. */
// @kernel
export function expOf(x: f64): f64 {
  return f64x2.extract_lane(expLanes<f64>(f64x2.splat(x)), 0);
}

/** log x, natural; -infinity at zero, NaN below. */
// @kernel
export function logOf(x: f64): f64 {
  return f64x2.extract_lane(logLanes<f64>(f64x2.splat(x)), 0);
}

/** y_i = exp x_i, as `expOf`. */
// @kernel test
export function exp<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, expLanes<T>(take<T>(n, i, x)));
}

/** y_i = log x_i, as `logOf`. */
// @kernel test
export function log<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, logLanes<T>(take<T>(n, i, x)));
}

/** y_i = erf x_i = 2 / sqrt(pi) times the integral of exp(-t t) from 0 to x_i. */
// @kernel test
export function erf<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, erfLanes<T>(take<T>(n, i, x)));
}

/** y_i = sin x_i, exactly reduced for every finite x; NaN at the infinities. */
// @kernel test
export function sin<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, sinLanes<T>(take<T>(n, i, x)));
}

/** y_i = cos x_i, exactly reduced for every finite x; NaN at the infinities. */
// @kernel test
export function cos<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, cosLanes<T>(take<T>(n, i, x)));
}
