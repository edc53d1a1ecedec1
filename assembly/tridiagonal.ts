// Reduction of a symmetric matrix to tridiagonal form, A = Q T Q' (LAPACK's sytrd and latrd).
//
// Half of the 4/3 n^3 operations are products of the lower triangle with a vector, bound by memory;
// the other half are rank-2k updates of the lower triangle through gemm. Stored by columns, lower
// triangle only; the reflections of Q are below the subdiagonal.
import { addUpper } from "./gemm";
import { BLOCK, reflector } from "./householder";
import { axpy, dot, scal } from "./level1";
import { gather, gemv, gemvTransposed, symv } from "./level2";
import { at } from "./simd";
import { bytesOf } from "./workspace";

/** Bytes of work space for `tridiagonalize` on an n x n matrix. */
// @kernel
export function tridiagonalizeWorkspace<T>(n: f64): f64 {
  return bytesOf<T>(<f64>BLOCK * (n + 1));
}

/**
 * Reduces A (n x n). d (n) and e (n - 1) receive T in f64, tau (n - 1) the factors of the
 * reflections; reflection i is in column i of A, its 1 at row i + 1.
 */
// @kernel
export function tridiagonalize<T>(
  n: i32, a: usize, lda: i32, d: usize, e: usize, tau: usize, work: usize,
): void {
  for (let j = 0; j < n; j += BLOCK) {
    const size = min<i32>(BLOCK, n - j);
    const corner = at<T>(a, j * lda + j);
    reducePanel<T>(
      n - j, size, corner, lda, at<f64>(d, j), at<f64>(e, j), at<T>(tau, j),
      work, at<T>(work, BLOCK * n),
    );
    // A <- A - V W' - W V' on what is left.
    const rest = n - j - size;
    if (rest <= 0) return;
    const left = at<T>(corner, size * lda + size);
    const v = at<T>(corner, size);
    const w = at<T>(work, size);
    addUpper<T>(rest, size, <T>-1, w, n - j, v, lda, left, lda);
    addUpper<T>(rest, size, <T>-1, v, lda, w, n - j, left, lda);
  }
}

/** Reduces the first `size` columns; the rest, not touched, would be A - V W' - W V'. */
function reducePanel<T>(
  n: i32, size: i32, a: usize, lda: i32,
  d: usize, e: usize, tau: usize, w: usize, coefficients: usize,
): void {
  for (let i = 0; i < size; i++) {
    const column = at<T>(a, i * lda + i);
    gather<T>(i, at<T>(w, i), n, coefficients);
    gemvTransposed<T>(i, n - i, <T>-1, at<T>(a, i), lda, coefficients, column);
    gather<T>(i, at<T>(a, i), lda, coefficients);
    gemvTransposed<T>(i, n - i, <T>-1, at<T>(w, i), n, coefficients, column);
    store<f64>(at<f64>(d, i), <f64>load<T>(column));
    const rest = n - i - 1;
    if (rest == 0) return;
    const v = at<T>(column, 1);
    const factor = reflector<T>(rest, v);
    store<T>(at<T>(tau, i), factor);
    store<f64>(at<f64>(e, i), <f64>load<T>(v));
    store<T>(v, <T>1);

    // w_i = tau (A - V W' - W V') v, made such that A - v w' - w v' is H A H.
    const wi = at<T>(w, i * n + i + 1);
    symv<T>(rest, at<T>(a, (i + 1) * lda + i + 1), lda, v, wi);
    gemv<T>(i, rest, at<T>(w, i + 1), n, v, coefficients);
    gemvTransposed<T>(i, rest, <T>-1, at<T>(a, i + 1), lda, coefficients, wi);
    gemv<T>(i, rest, at<T>(a, i + 1), lda, v, coefficients);
    gemvTransposed<T>(i, rest, <T>-1, at<T>(w, i + 1), n, coefficients, wi);
    scal<T>(rest, factor, wi);
    const overlap: T = <T>dot<T>(rest, wi, v);
    axpy<T>(rest, <T>-0.5 * factor * overlap, v, wi);
  }
}
