// Reduction to bidiagonal form, A = Q B P', B upper bidiagonal (LAPACK's gebrd and labrd).
//
// Half of the 8/3 n^3 operations are matrix-vector products with the part that is not reduced yet,
// bound by memory; the other half are two gemm calls per block. Stored by columns (householder.ts):
// the reflections of Q are below the diagonal of A, those of P have rows of their own.
import { gemm } from "./gemm";
import { BLOCK, reflector } from "./householder";
import { scal } from "./level1";
import { gather, gemv, gemvTransposed } from "./level2";
import { at } from "./simd";
import { bytesOf } from "./workspace";

/** Bytes of work space for `bidiagonalize` on an m x n matrix. */
// @kernel
export function bidiagonalizeWorkspace<T>(m: f64, n: f64): f64 {
  return bytesOf<T>(<f64>BLOCK * (m + n + 1));
}

/**
 * Reduces A (m x n, m >= n). d (n) and e (n - 1) receive B in f64; tauQ (n), tauP (n) the factors;
 * row i of p (n x n) receives the right reflection i, its 1 at i + 1. A is left holding the left
 * reflections below its diagonal, nothing of use elsewhere.
 */
// @kernel
export function bidiagonalize<T>(
  m: i32, n: i32, a: usize, lda: i32,
  d: usize, e: usize, tauQ: usize, p: usize, tauP: usize, work: usize,
): void {
  for (let j = 0; j < n; j += BLOCK) {
    const size = min<i32>(BLOCK, n - j);
    const corner = at<T>(a, j * lda + j);
    const right = at<T>(p, j * n + j);
    const x = work;
    const y = at<T>(x, BLOCK * m);
    const coefficients = at<T>(y, BLOCK * n);
    reducePanel<T>(
      m - j, n - j, size, corner, lda, right, n,
      at<f64>(d, j), at<f64>(e, j), at<T>(tauQ, j), at<T>(tauP, j), x, y, coefficients,
    );
    const rows = m - j - size;
    const cols = n - j - size;
    if (cols > 0) {
      // A <- A - V Y' - X U', the panel's effect on what is left.
      const rest = at<T>(corner, size * lda + size);
      gemm<T>(
        1, 0, cols, rows, size, <T>-1, at<T>(y, size), n - j, at<T>(corner, size), lda,
        <T>1, rest, lda,
      );
      gemm<T>(
        1, 0, cols, rows, size, <T>-1, at<T>(right, size), n, at<T>(x, size), m - j,
        <T>1, rest, lda,
      );
    }
  }
}

/**
 * Reduces the first `size` rows and columns of the m x n matrix without touching the rest, which
 * would be A - V Y' - X U'. Rows of x have length m, rows of y length n.
 */
function reducePanel<T>(
  m: i32, n: i32, size: i32, a: usize, lda: i32, p: usize, ldp: i32,
  d: usize, e: usize, tauQ: usize, tauP: usize, x: usize, y: usize, coefficients: usize,
): void {
  for (let i = 0; i < size; i++) {
    // Column i as it would be by now, then its reflection v.
    const v = at<T>(a, i * lda + i);
    gather<T>(i, at<T>(y, i), n, coefficients);
    gemvTransposed<T>(i, m - i, <T>-1, at<T>(a, i), lda, coefficients, v);
    gather<T>(i, at<T>(p, i), ldp, coefficients);
    gemvTransposed<T>(i, m - i, <T>-1, at<T>(x, i), m, coefficients, v);
    const left = reflector<T>(m - i, v);
    store<T>(at<T>(tauQ, i), left);
    store<f64>(at<f64>(d, i), <f64>load<T>(v));
    store<T>(v, <T>1);
    const cols = n - i - 1;
    if (cols == 0) return;

    // y_i = tau (A - V Y' - X U')' v.
    const yi = at<T>(y, i * n + i + 1);
    gemv<T>(cols, m - i, at<T>(a, (i + 1) * lda + i), lda, v, yi);
    gemv<T>(i, m - i, at<T>(a, i), lda, v, coefficients);
    gemvTransposed<T>(i, cols, <T>-1, at<T>(y, i + 1), n, coefficients, yi);
    gemv<T>(i, m - i, at<T>(x, i), m, v, coefficients);
    gemvTransposed<T>(i, cols, <T>-1, at<T>(p, i + 1), ldp, coefficients, yi);
    scal<T>(cols, left, yi);

    // Row i as it would be by now, then its reflection u.
    const u = at<T>(p, i * ldp + i + 1);
    gather<T>(cols, at<T>(a, (i + 1) * lda + i), lda, u);
    gather<T>(i + 1, at<T>(a, i), lda, coefficients);
    gemvTransposed<T>(i + 1, cols, <T>-1, at<T>(y, i + 1), n, coefficients, u);
    gather<T>(i, at<T>(x, i), m, coefficients);
    gemvTransposed<T>(i, cols, <T>-1, at<T>(p, i + 1), ldp, coefficients, u);
    const right = reflector<T>(cols, u);
    store<T>(at<T>(tauP, i), right);
    store<f64>(at<f64>(e, i), <f64>load<T>(u));
    store<T>(u, <T>1);

    // x_i = tau (A - V Y' - X U') u.
    const rows = m - i - 1;
    const xi = at<T>(x, i * m + i + 1);
    memory.fill(xi, 0, at<T>(0, rows));
    gemvTransposed<T>(cols, rows, <T>1, at<T>(a, (i + 1) * lda + i + 1), lda, u, xi);
    gemv<T>(i + 1, cols, at<T>(y, i + 1), n, u, coefficients);
    gemvTransposed<T>(i + 1, rows, <T>-1, at<T>(a, i + 1), lda, coefficients, xi);
    gemv<T>(i, cols, at<T>(p, i + 1), ldp, u, coefficients);
    gemvTransposed<T>(i, rows, <T>-1, at<T>(x, i + 1), m, coefficients, xi);
    scal<T>(rows, right, xi);
  }
}
