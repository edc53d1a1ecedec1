// Activations, elementwise, and their adjoints: given x (or the value y) and dy, the gradient with
// respect to y, they compute dx, the gradient with respect to x. Bound by arithmetic.
// Every output may be the input it stands for.
import { put, step, take } from "./elements";
import { erfLanes } from "./math/erf";
import { expLanes } from "./math/exp";
import { select, splat, splatEither } from "./math/lanes";
import { tanhLanes } from "./math/tanh";

/**
 * y = x Phi(x), Phi the distribution of a normal number: the exact GELU (Hendrycks and Gimpel
 * 2016), with Phi(x) = 1/2 + 1/2 erf(x / sqrt 2).
 */
// @kernel
export function gelu<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) {
    const v = take<T>(n, i, x);
    put<T>(n, i, y, v128.mul<T>(v, normalDistribution<T>(v)));
  }
}

/**
 * dx = dy (Phi(x) + x phi(x)), phi the density of a normal number, for y = x Phi(x): Phi(x) is
 * y / x, which saves the error function; 1/2 where x is too small to divide by.
 */
// @kernel
export function geluAdjoint<T>(n: i32, x: usize, y: usize, dy: usize, dx: usize): void {
  const density = splat<T>(0.3989422804014327);
  const small = splatEither<T>(1e-30, 1e-290);
  for (let i = 0; i < n; i += step<T>(n, i)) {
    const v = take<T>(n, i, x);
    const bell = expLanes<T>(v128.mul<T>(v128.mul<T>(v, v), splat<T>(-0.5)));
    const tilt = v128.mul<T>(v, v128.mul<T>(density, bell));
    const share = v128.div<T>(take<T>(n, i, y), v);
    const near = v128.lt<T>(v128.abs<T>(v), small);
    const slope = v128.add<T>(select(near, splat<T>(0.5), share), tilt);
    put<T>(n, i, dx, v128.mul<T>(take<T>(n, i, dy), slope));
  }
}

// @ts-ignore: decorator
@inline
function normalDistribution<T>(x: v128): v128 {
  const half = splat<T>(0.5);
  const e = erfLanes<T>(v128.mul<T>(x, splat<T>(0.7071067811865476)));
  return v128.add<T>(half, v128.mul<T>(half, e));
}

/** y = max(x, 0); NaN stays NaN. */
// @kernel
export function relu<T>(n: i32, x: usize, y: usize): void {
  const zero = splat<T>(0);
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, v128.max<T>(take<T>(n, i, x), zero));
}

/** dx = dy where y > 0, otherwise 0. */
// @kernel
export function reluAdjoint<T>(n: i32, y: usize, dy: usize, dx: usize): void {
  const zero = splat<T>(0);
  for (let i = 0; i < n; i += step<T>(n, i)) {
    const passes = v128.gt<T>(take<T>(n, i, y), zero);
    put<T>(n, i, dx, v128.and(passes, take<T>(n, i, dy)));
  }
}

/** y_i = tanh x_i. */
// @kernel
export function tanh<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i += step<T>(n, i)) put<T>(n, i, y, tanhLanes<T>(take<T>(n, i, x)));
}

/** dx = dy (1 - y y), for y = tanh x. */
// @kernel
export function tanhAdjoint<T>(n: i32, y: usize, dy: usize, dx: usize): void {
  const one = splat<T>(1);
  for (let i = 0; i < n; i += step<T>(n, i)) {
    const v = take<T>(n, i, y);
    const slope = v128.sub<T>(one, v128.mul<T>(v, v));
    put<T>(n, i, dx, v128.mul<T>(take<T>(n, i, dy), slope));
  }
}
