// The updates of gradient descent, each in one pass over n contiguous elements, in place: bound by
// memory.
//
// Scalars are f64 whatever T and rounded to T once. g stands for the gradient at x. Elements are
// independent.
import { put, step, take } from "./elements";
import { at, Flag, lanes } from "./simd";

/** Gradient descent: x <- x - rate (g + weightDecay x). */
// @kernel
export function gdStep<T>(n: i32, rate: f64, weightDecay: f64, gradient: usize, x: usize): void {
  const w = lanes<T>();
  const r = v128.splat<T>(<T>rate);
  const decay = v128.splat<T>(<T>weightDecay);
  const whole = n - (n % (2 * w));
  // Two vectors a turn: in the cache the loop itself would cost as much as its work.
  for (let i = 0; i < whole; i += 2 * w) {
    const p = at<T>(x, i);
    const q = at<T>(gradient, i);
    const x0 = v128.load(p);
    const x1 = v128.load(p, 16);
    const g0 = v128.add<T>(v128.load(q), v128.mul<T>(decay, x0));
    const g1 = v128.add<T>(v128.load(q, 16), v128.mul<T>(decay, x1));
    v128.store(p, v128.sub<T>(x0, v128.mul<T>(r, g0)));
    v128.store(p, v128.sub<T>(x1, v128.mul<T>(r, g1)), 16);
  }
  for (let i = whole; i < n; i += step<T>(n, i)) {
    const xi = take<T>(n, i, x);
    const g = v128.add<T>(take<T>(n, i, gradient), v128.mul<T>(decay, xi));
    put<T>(n, i, x, v128.sub<T>(xi, v128.mul<T>(r, g)));
  }
}

/**
 * Momentum with d = g + weightDecay x and v <- beta v + d. Heavy ball: x <- x - rate v. Nesterov:
 * x <- x - rate (d + beta v), where x is the look-ahead point, so that one gradient at x suffices
 * (Sutskever, Martens, Dahl, Hinton 2013, in the form in which PyTorch states it).
 */
// @kernel
export function momentumStep<T>(
  n: i32, rate: f64, beta: f64, nesterov: Flag, weightDecay: f64,
  gradient: usize, velocity: usize, x: usize,
): void {
  const r = v128.splat<T>(<T>rate);
  const b = v128.splat<T>(<T>beta);
  const decay = v128.splat<T>(<T>weightDecay);
  for (let i = 0; i < n; i += step<T>(n, i)) {
    const xi = take<T>(n, i, x);
    const d = v128.add<T>(take<T>(n, i, gradient), v128.mul<T>(decay, xi));
    const v = v128.add<T>(v128.mul<T>(b, take<T>(n, i, velocity)), d);
    const direction = nesterov ? v128.add<T>(d, v128.mul<T>(b, v)) : v;
    put<T>(n, i, velocity, v);
    put<T>(n, i, x, v128.sub<T>(xi, v128.mul<T>(r, direction)));
  }
}
