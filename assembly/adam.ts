// Adam's updates, each in one pass over n contiguous elements, in place: bound by memory.
//
// Scalars are f64 whatever T: what is derived from them (1 - beta2, the corrected rate) is computed
// in f64 and rounded to T once. g stands for the gradient at x. Elements are independent.
import { put, step, take } from "./elements";
import { at, Flag } from "./simd";

/**
 * Adam (Kingma and Ba 2015): m <- beta1 m + (1 - beta1) d, v <- beta2 v + (1 - beta2) d^2,
 * x <- x - rate (m / correction1) / (sqrt(v / correction2) + epsilon), correction = 1 - beta^t at
 * step t = 1, 2, ...  d = g + weightDecay x; with `decoupled` (AdamW, Loshchilov and Hutter 2019)
 * d = g and x is first multiplied by 1 - rate weightDecay.
 */
// @kernel
export function adamStep<T>(
  n: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64, correction1: f64, correction2: f64,
  weightDecay: f64, decoupled: Flag, gradient: usize, m: usize, v: usize, x: usize,
): void {
  // The scalars of one element, rounded to T once.
  const c1: T = <T>(1 - beta1);
  const c2: T = <T>(1 - beta2);
  const size: T = <T>(rate / correction1);
  const root: T = <T>(1 / sqrt<f64>(correction2));
  const inGradient: T = <T>(decoupled ? 0 : weightDecay);
  const shrink: T = <T>(decoupled ? 1 - rate * weightDecay : 1);
  adamRange<T>(
    n, <T>beta1, c1, <T>beta2, c2, size, root, <T>epsilon, inGradient, shrink, gradient, m, v, x,
  );
}

/**
 * Adam on a rows x k matrix whose rows have weight decays of their own, a ridge of
 * 1/2 decay[i] |x_i|^2 each. Row i is `adamStep`, not decoupled, with weightDecay = decay[i].
 */
// @kernel
export function adamRowsStep<T>(
  rows: i32, k: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64,
  correction1: f64, correction2: f64, decay: usize, gradient: usize, m: usize, v: usize, x: usize,
): void {
  const stride = at<T>(0, k);
  // A square root and two divisions a row would cost as much as its elements.
  const c1: T = <T>(1 - beta1);
  const c2: T = <T>(1 - beta2);
  const size: T = <T>(rate / correction1);
  const root: T = <T>(1 / sqrt<f64>(correction2));
  for (let i = 0; i < rows; i++) {
    const row = <usize>i * stride;
    adamRange<T>(
      k, <T>beta1, c1, <T>beta2, c2, size, root, <T>epsilon, load<T>(at<T>(decay, i)), <T>1,
      gradient + row, m + row, v + row, x + row,
    );
  }
}

/** Adam's update with its scalars ready. In the cache bound by the square root and the division. */
// @ts-ignore: decorator
@inline
function adamRange<T>(
  n: i32, beta1: T, c1: T, beta2: T, c2: T, size: T, root: T, epsilon: T, inGradient: T, shrink: T,
  gradient: usize, m: usize, v: usize, x: usize,
): void {
  const vb1 = v128.splat<T>(beta1);
  const vb2 = v128.splat<T>(beta2);
  const vc1 = v128.splat<T>(c1);
  const vc2 = v128.splat<T>(c2);
  const vSize = v128.splat<T>(size);
  const vRoot = v128.splat<T>(root);
  const vEpsilon = v128.splat<T>(epsilon);
  const vInGradient = v128.splat<T>(inGradient);
  const vShrink = v128.splat<T>(shrink);
  for (let i = 0; i < n; i += step<T>(n, i)) {
    const xi = take<T>(n, i, x);
    const d = v128.add<T>(take<T>(n, i, gradient), v128.mul<T>(vInGradient, xi));
    const mi = v128.add<T>(v128.mul<T>(vb1, take<T>(n, i, m)), v128.mul<T>(vc1, d));
    const d2 = v128.mul<T>(d, d);
    const vi = v128.add<T>(v128.mul<T>(vb2, take<T>(n, i, v)), v128.mul<T>(vc2, d2));
    const scale = v128.add<T>(v128.mul<T>(v128.sqrt<T>(vi), vRoot), vEpsilon);
    const update = v128.div<T>(v128.mul<T>(vSize, mi), scale);
    put<T>(n, i, m, mi);
    put<T>(n, i, v, vi);
    put<T>(n, i, x, v128.sub<T>(v128.mul<T>(vShrink, xi), update));
  }
}
