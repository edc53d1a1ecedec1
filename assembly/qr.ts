// Blocked Householder QR: a panel of BLOCK columns is factored column by column, then the rest is
// updated through gemm. Stored by columns (householder.ts).
import {
  applyBlock, applyBlockToRows, applyReflector, applyReflectorPair, BLOCK, blockWorkspace,
  formBlockFactor, loadBlock, reflector,
} from "./householder";
import { at } from "./simd";
import { bytesOf } from "./workspace";

/** Bytes of work space for `qrFactor`, `formQ` and `thinQr` on an m x n matrix. */
// @kernel
export function qrWorkspace<T>(m: f64, n: f64): f64 {
  return blockWorkspace<T>(m, n) + bytesOf<T>(<f64>BLOCK * n);
}

/**
 * A = Q R in place: R on and above the diagonal, the k = min(m, n) reflections below it, their
 * factors in tau (k). 2 m n^2 - 2/3 n^3 operations for m >= n.
 */
// @kernel
export function qrFactor<T>(m: i32, n: i32, a: usize, lda: i32, tau: usize, work: usize): void {
  const k = min<i32>(m, n);
  const factors = blockFactors<T>(m, n, work);
  for (let j = 0; j < k; j += BLOCK) {
    const size = min<i32>(BLOCK, k - j);
    const panel = at<T>(a, j * lda + j);
    factorPanel<T>(m - j, size, panel, lda, at<T>(tau, j));
    const rest = n - j - size;
    if (rest > 0) {
      const t = at<T>(factors, j * BLOCK);
      loadBlock<T>(m - j, size, panel, lda, work);
      formBlockFactor<T>(m - j, size, at<T>(tau, j), work, t);
      applyBlock<T>(1, m - j, rest, size, at<T>(a, (j + size) * lda + j), lda, work, t);
    }
  }
}

/**
 * Q (m x n), by rows, <- the first n columns of H_1 ... H_k, k <= n <= m. Orthonormal whatever the
 * rank of the matrix that was factored.
 */
// @kernel
export function formQ<T>(
  m: i32, n: i32, k: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  formBlocks<T>(m, n, k, a, lda, tau, q, ldq, work, blockFactors<T>(m, n, work), false);
}

/**
 * `qrFactor` and then `formQ` with the first min(m, n) columns, to the same bits: the T of the
 * blocks are formed once, a twelfth of the work for 50 columns.
 */
// @kernel
export function thinQr<T>(
  m: i32, n: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  const k = min<i32>(m, n);
  qrFactor<T>(m, n, a, lda, tau, work);
  formBlocks<T>(m, k, k, a, lda, tau, q, ldq, work, blockFactors<T>(m, n, work), true);
}

/** Where the T of all blocks lie, BLOCK x BLOCK entries each, behind the work space of one. */
// @ts-ignore: decorator
@inline
function blockFactors<T>(m: i32, n: i32, work: usize): usize {
  return work + <usize>blockWorkspace<T>(m, n);
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

/** `known` says that `factors` holds the T of every block but the last, which `qrFactor` left. */
function formBlocks<T>(
  m: i32, n: i32, k: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
  factors: usize, known: bool,
): void {
  for (let i = 0; i < m; i++) {
    memory.fill(at<T>(q, i * ldq), 0, at<T>(0, n));
    if (i < n) store<T>(at<T>(q, i * ldq + i), <T>1);
  }
  // Backwards, so that a block meets only the columns that are no longer those of the identity.
  for (let j = ((k - 1) / BLOCK) * BLOCK; k > 0 && j >= 0; j -= BLOCK) {
    const size = min<i32>(BLOCK, k - j);
    const t = at<T>(factors, j * BLOCK);
    loadBlock<T>(m - j, size, at<T>(a, j * lda + j), lda, work);
    if (!known || j + size == k) formBlockFactor<T>(m - j, size, at<T>(tau, j), work, t);
    applyBlockToRows<T>(m - j, n - j, size, at<T>(q, j * ldq + j), ldq, work, t);
  }
}
