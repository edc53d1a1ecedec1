// Conjugate gradients over all lines of a factor at once (src/completion/sweeps): updates in one
// pass over lines of k elements, bound by memory. The matrix is H + D, its preconditioner is M:
//
//   D = ridge_i share_c + fixed_c,   M = count_i curvature_c + D,   both diagonal,
//
// for element c of line i. `columns` holds four lines of k: curvature, share, fixed, and free,
// which is 1, or 0 where an element must stay as it is. Inner products run over a line in lanes
// of T and over the lines in f64, so they depend on nothing but the lines that they are over.
import { put, step, take } from "./elements";
import { at, lanes, OptionalAddress, sumLanes } from "./simd";

/**
 * x += alpha p and r -= alpha (image + D p), where image = H p; with x = 0 there is no first part.
 * Returns r' M^-1 r.
 */
// @kernel
export function conjugateStep<T>(
  lines: i32, k: i32, alpha: f64, counts: usize, ridges: usize, columns: usize,
  p: usize, image: usize, x: OptionalAddress, r: usize,
): f64 {
  const size = v128.splat<T>(<T>alpha);
  const stride = at<T>(0, k);
  let total: f64 = 0;
  for (let i = 0; i < lines; i++) {
    const count = v128.load_splat<T>(at<T>(counts, i));
    const ridge = v128.load_splat<T>(at<T>(ridges, i));
    const row = <usize>i * stride;
    let sums = v128.splat<T>(<T>0);
    let rest: T = 0;
    for (let c = 0; c < k; c += step<T>(k, c)) {
      const d = diagonal<T>(k, c, ridge, columns);
      const m = v128.add<T>(v128.mul<T>(count, take<T>(k, c, columns)), d);
      const pc = take<T>(k, c, p + row);
      if (x) put<T>(k, c, x + row, v128.add<T>(take<T>(k, c, x + row), v128.mul<T>(size, pc)));
      const whole = v128.add<T>(take<T>(k, c, image + row), v128.mul<T>(d, pc));
      const left = v128.sub<T>(take<T>(k, c, r + row), v128.mul<T>(size, whole));
      const rc = v128.mul<T>(take<T>(k, c, columns + 3 * stride), left);
      put<T>(k, c, r + row, rc);
      const product = v128.mul<T>(rc, v128.div<T>(rc, m));
      if (k - c >= lanes<T>()) sums = v128.add<T>(sums, product);
      else rest += v128.extract_lane<T>(product, 0);
    }
    total += <f64>(sumLanes<T>(sums) + rest);
  }
  return total;
}

/** p = M^-1 r + beta p. Returns p' D p. */
// @kernel
export function conjugateTurn<T>(
  lines: i32, k: i32, beta: f64, counts: usize, ridges: usize, columns: usize,
  r: usize, p: usize,
): f64 {
  const share = v128.splat<T>(<T>beta);
  const stride = at<T>(0, k);
  let total: f64 = 0;
  for (let i = 0; i < lines; i++) {
    const count = v128.load_splat<T>(at<T>(counts, i));
    const ridge = v128.load_splat<T>(at<T>(ridges, i));
    const row = <usize>i * stride;
    let sums = v128.splat<T>(<T>0);
    let rest: T = 0;
    for (let c = 0; c < k; c += step<T>(k, c)) {
      const d = diagonal<T>(k, c, ridge, columns);
      const m = v128.add<T>(v128.mul<T>(count, take<T>(k, c, columns)), d);
      const turned = v128.mul<T>(share, take<T>(k, c, p + row));
      const pc = v128.add<T>(v128.div<T>(take<T>(k, c, r + row), m), turned);
      put<T>(k, c, p + row, pc);
      const product = v128.mul<T>(v128.mul<T>(d, pc), pc);
      if (k - c >= lanes<T>()) sums = v128.add<T>(sums, product);
      else rest += v128.extract_lane<T>(product, 0);
    }
    total += <f64>(sumLanes<T>(sums) + rest);
  }
  return total;
}

/** ridge share_c + fixed_c. */
// @ts-ignore: decorator
@inline
function diagonal<T>(k: i32, c: i32, ridge: v128, columns: usize): v128 {
  const stride = at<T>(0, k);
  const shared = v128.mul<T>(ridge, take<T>(k, c, columns + stride));
  return v128.add<T>(shared, take<T>(k, c, columns + 2 * stride));
}
