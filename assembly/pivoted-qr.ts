// Householder QR with column pivoting, A P = Q R, |R_11| >= |R_22| >= ..., column by column: a
// preconditioner where accuracy counts and speed does not. Stored by columns (householder.ts).
import { applyReflector, reflector } from "./householder";
import { nrm2 } from "./level1";
import { at } from "./simd";

/**
 * Factors A (m x n) in place like `qrFactor`; pivots (n, i32) receives P: column j of the result
 * was column pivots[j] of A. Norms are computed anew at each step, which costs as much again as
 * the factorization and never drifts.
 */
// @kernel
export function pivotedQrFactor<T>(
  m: i32, n: i32, a: usize, lda: i32, tau: usize, pivots: usize,
): void {
  for (let j = 0; j < n; j++) store<i32>(at<i32>(pivots, j), j);
  for (let j = 0; j < min<i32>(m, n); j++) {
    let best = j;
    let largest: T = -1;
    for (let p = j; p < n; p++) {
      const norm: T = <T>nrm2<T>(m - j, at<T>(a, p * lda + j));
      if (norm > largest) {
        largest = norm;
        best = p;
      }
    }
    if (best != j) exchange<T>(m, a, lda, pivots, j, best);
    const v = at<T>(a, j * lda + j);
    const factor = reflector<T>(m - j, v);
    store<T>(at<T>(tau, j), factor);
    applyReflector<T>(m - j, n - j - 1, v, factor, at<T>(v, lda), lda);
  }
}

function exchange<T>(m: i32, a: usize, lda: i32, pivots: usize, i: i32, j: i32): void {
  for (let p = 0; p < m; p++) {
    const x = at<T>(a, i * lda + p);
    const y = at<T>(a, j * lda + p);
    const kept = load<T>(x);
    store<T>(x, load<T>(y));
    store<T>(y, kept);
  }
  const kept = load<i32>(at<i32>(pivots, i));
  store<i32>(at<i32>(pivots, i), load<i32>(at<i32>(pivots, j)));
  store<i32>(at<i32>(pivots, j), kept);
}
