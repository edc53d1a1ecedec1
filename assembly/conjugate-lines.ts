// Conjugate gradients over all lines of a factor at once (src/completion/sweeps): updates in one
// pass over lines of k elements, bound by memory. The matrix is H + D, its preconditioner is M:
//
//   D = ridge_i share_c + fixed_c,   M = count_i curvature_c + D,   both diagonal,
//
// for element c of line i. `columns` holds four lines of k: curvature, share, fixed, and free,
// which is 1, or 0 where an element must stay as it is. k is a multiple of the lanes of T. Inner
// products run over a line in lanes of T and over the lines in f64, so they depend on nothing but
// the lines that they are over.
import { at, lanes, OptionalAddress, sumLanes } from "./simd";

/**
 * x += alpha p and r -= alpha (image + D p), where image = H p; with x = 0 there is no first part.
 * M^-1 r takes the place of the image. Returns r' M^-1 r.
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
    for (let c = 0; c < k; c += lanes<T>()) {
      const to = at<T>(row, c);
      const column = at<T>(columns, c);
      const d = diagonal<T>(ridge, column, stride);
      const m = v128.add<T>(v128.mul<T>(count, v128.load(column)), d);
      const pc = v128.load(p + to);
      if (x) v128.store(x + to, v128.add<T>(v128.load(x + to), v128.mul<T>(size, pc)));
      const whole = v128.add<T>(v128.load(image + to), v128.mul<T>(d, pc));
      const left = v128.sub<T>(v128.load(r + to), v128.mul<T>(size, whole));
      const rc = v128.mul<T>(v128.load(column + 3 * stride), left);
      v128.store(r + to, rc);
      const z = v128.div<T>(rc, m);
      v128.store(image + to, z);
      sums = v128.add<T>(sums, v128.mul<T>(rc, z));
    }
    total += <f64>sumLanes<T>(sums);
  }
  return total;
}

/** p = z + beta p. Returns p' D p. */
// @kernel
export function conjugateTurn<T>(
  lines: i32, k: i32, beta: f64, ridges: usize, columns: usize, z: usize, p: usize,
): f64 {
  const share = v128.splat<T>(<T>beta);
  const stride = at<T>(0, k);
  let total: f64 = 0;
  for (let i = 0; i < lines; i++) {
    const ridge = v128.load_splat<T>(at<T>(ridges, i));
    const row = <usize>i * stride;
    let sums = v128.splat<T>(<T>0);
    for (let c = 0; c < k; c += lanes<T>()) {
      const to = at<T>(row, c);
      const turned = v128.mul<T>(share, v128.load(p + to));
      const pc = v128.add<T>(v128.load(z + to), turned);
      v128.store(p + to, pc);
      const d = diagonal<T>(ridge, at<T>(columns, c), stride);
      sums = v128.add<T>(sums, v128.mul<T>(v128.mul<T>(d, pc), pc));
    }
    total += <f64>sumLanes<T>(sums);
  }
  return total;
}

/** ridge share_c + fixed_c. */
// @ts-ignore: decorator
@inline
function diagonal<T>(ridge: v128, column: usize, stride: usize): v128 {
  const shared = v128.mul<T>(ridge, v128.load(column + stride));
  return v128.add<T>(shared, v128.load(column + 2 * stride));
}
