// One side of weighted least squares over all cells of a matrix, of which few are observed (Hu,
// Koren and Volinsky 2008): the factors of the rows, those of the columns given.
//
//   A_i x_i = b_i,   A_i = G + ridge_i I + sum_p |w_p| y_p y_p',   b_i = sum_p max(w_p, 0) y_p
//
// over the slots p of row i, y_p the factor of its column; G is alpha Y'Y, for the cells that are
// not observed. A slot of negative weight is a cell that ought to be 0. A_i is never formed: a
// product with it costs the row's gathers and one k x k product, where forming it would cost k
// times as much.
//
// Rows are independent of one another and their sums run in the order of sampled.ts, so a row's
// bits do not depend on which rows are computed with it.
import { addRows, Value } from "./gathered-row";
import { axpy, dot } from "./level1";
import { CHUNK, sampledRow, tailMask } from "./sampled-row";
import { at, OptionalAddress } from "./simd";
import { bytesOf } from "./workspace";

/** Bytes of work space of `conjugateGradientRows`. */
// @kernel
export function conjugateGradientWorkspace<T>(k: f64): f64 {
  // Numbers 0 .. k - 1; zeros of a chunk or of k; a chunk's products; residual, direction, image.
  return 4 * k + bytesOf<T>(max<f64>(k, CHUNK) + CHUNK + 3 * k) + 16;
}

/**
 * Takes steps of conjugate gradients on A_i x_i = b_i for each row i, from the x_i that is there,
 * until the residual is at most `tolerance` times the first one, at most `steps`. `weights` 0
 * stands for ones. 4 (steps + 1) k operations per slot and 2 (steps + 1) k^2 per row. Returns how
 * many rows have not come within the tolerance.
 */
// @kernel
export function conjugateGradientRows<T>(
  rows: i32, k: i32, steps: i32, tolerance: f64,
  rowStart: usize, cols: usize, weights: OptionalAddress,
  G: usize, ridges: usize, Y: usize, X: usize, work: usize,
): i32 {
  const mask = tailMask<T>(k);
  const numbers = work;
  const zeros = (work + 4 * <usize>k + 15) & ~15;
  const products = at<T>(zeros, max<i32>(k, CHUNK));
  const residual = at<T>(products, CHUNK);
  const direction = at<T>(residual, k);
  const image = at<T>(direction, k);
  for (let q = 0; q < k; q++) store<i32>(at<i32>(numbers, q), q);
  memory.fill(zeros, 0, at<T>(0, max<i32>(k, CHUNK)));
  let left = 0;
  for (let i = 0; i < rows; i++) {
    const first = load<i32>(at<i32>(rowStart, i));
    const last = load<i32>(at<i32>(rowStart, i + 1));
    const ridge = load<T>(at<T>(ridges, i));
    const x = at<T>(X, i * k);
    // residual = b - A x
    sampledRow<T>(k, mask, 0, k, numbers, x, G, zeros, residual);
    axpy<T>(k, ridge, x, residual);
    addObserved<T>(true, k, mask, first, last, cols, weights, Y, x, zeros, products, residual);
    for (let q = 0; q < k; q++) {
      const r = at<T>(residual, q);
      store<T>(r, -load<T>(r));
      store<T>(at<T>(direction, q), load<T>(r));
    }
    let energy = dot<T>(k, residual, residual);
    const enough = <T>(tolerance * tolerance * energy);
    for (let step = 0; step < steps && energy > enough; step++) {
      sampledRow<T>(k, mask, 0, k, numbers, direction, G, zeros, image);
      axpy<T>(k, ridge, direction, image);
      addObserved<T>(
        false, k, mask, first, last, cols, weights, Y, direction, zeros, products, image,
      );
      const curvature = dot<T>(k, direction, image);
      // So near the solution that a square underflows.
      if (!(curvature > 0)) break;
      const length = energy / curvature;
      axpy<T>(k, length, direction, x);
      axpy<T>(k, -length, image, residual);
      const next = dot<T>(k, residual, residual);
      const share = next / energy;
      for (let q = 0; q < k; q++) {
        const to = at<T>(direction, q);
        store<T>(to, load<T>(at<T>(residual, q)) + share * load<T>(to));
      }
      energy = next;
    }
    if (!(energy <= enough)) left++;
  }
  return left;
}

/** out += sum_p |w_p| (y_p . v) y_p over slots first .. last, less b where `minusTargets`. */
function addObserved<T>(
  minusTargets: bool, k: i32, mask: v128, first: i32, last: i32, cols: usize, weights: usize,
  Y: usize, v: usize, zeros: usize, products: usize, out: usize,
): void {
  for (; first < last; first += CHUNK) {
    const count = min<i32>(CHUNK, last - first);
    const slots = at<i32>(cols, first);
    sampledRow<T>(k, mask, 0, count, slots, v, Y, zeros, products);
    for (let p = 0; p < count; p++) {
      const to = at<T>(products, p);
      const w = weights ? load<T>(at<T>(weights, first + p)) : <T>1;
      const product = abs<T>(w) * load<T>(to);
      store<T>(to, minusTargets ? product - max<T>(w, <T>0) : product);
    }
    addRows<T, Value>(k, 0, count, slots, 0, products, Y, out);
  }
}
