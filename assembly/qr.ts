// Blocked Householder QR: a panel of BLOCK columns is factored column by column, then the rest is
// updated through gemm. Stored by columns (householder.ts).
import {
  applyBlock, applyReflector, applyReflectorPair, BLOCK, blockWorkspace, loadBlock, reflector,
} from "./householder";
import { at } from "./simd";

/** Bytes of work space for `qrFactor` and `formQ` on an m x n matrix. */
export function qrWorkspace<T>(m: f64, n: f64): f64 {
  return blockWorkspace<T>(m, n);
}

/**
 * A = Q R in place: R on and above the diagonal, the k = min(m, n) reflections below it, their
 * factors in tau (k). 2 m n^2 - 2/3 n^3 operations for m >= n.
 */
export function qrFactor<T>(m: i32, n: i32, a: usize, lda: i32, tau: usize, work: usize): void {
  const k = min<i32>(m, n);
  for (let j = 0; j < k; j += BLOCK) {
    const size = min<i32>(BLOCK, k - j);
    const panel = at<T>(a, j * lda + j);
    factorPanel<T>(m - j, size, panel, lda, at<T>(tau, j));
    const rest = n - j - size;
    if (rest > 0) {
      loadBlock<T>(m - j, size, panel, lda, at<T>(tau, j), work);
      applyBlock<T>(1, m - j, rest, size, at<T>(a, (j + size) * lda + j), lda, work);
    }
  }
}

/** QR of one narrow panel, two reflections at a time. By halves, through gemm, it took longer. */
function factorPanel<T>(m: i32, n: i32, a: usize, lda: i32, tau: usize): void {
  let j = 0;
  for (; j + 2 <= n; j += 2) {
    const v1 = at<T>(a, j * lda + j);
    const v2 = at<T>(v1, lda + 1);
    const tau1 = reflector<T>(m - j, v1);
    applyReflector<T>(m - j, 1, v1, tau1, at<T>(v1, lda), lda);
    const tau2 = reflector<T>(m - j - 1, v2);
    store<T>(at<T>(tau, j), tau1);
    store<T>(at<T>(tau, j + 1), tau2);
    applyReflectorPair<T>(m - j, n - j - 2, v1, tau1, v2, tau2, at<T>(v1, 2 * lda), lda);
  }
  if (j < n) store<T>(at<T>(tau, j), reflector<T>(m - j, at<T>(a, j * lda + j)));
}

/**
 * Q (m x n) <- the first n columns of H_1 ... H_k, k <= n <= m. Orthonormal whatever the rank of
 * the matrix that was factored.
 */
export function formQ<T>(
  m: i32, n: i32, k: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  for (let j = 0; j < n; j++) {
    memory.fill(at<T>(q, j * ldq), 0, at<T>(0, m));
    store<T>(at<T>(q, j * ldq + j), <T>1);
  }
  // Backwards, so that a block meets only the columns that are no longer those of the identity.
  for (let j = ((k - 1) / BLOCK) * BLOCK; k > 0 && j >= 0; j -= BLOCK) {
    const size = min<i32>(BLOCK, k - j);
    loadBlock<T>(m - j, size, at<T>(a, j * lda + j), lda, at<T>(tau, j), work);
    applyBlock<T>(0, m - j, n - j, size, at<T>(q, j * ldq + j), ldq, work, size);
  }
}
