// Eigenvalues and vectors of a symmetric tridiagonal matrix T through a bidiagonal one: shifted
// to be positive definite, T - sigma I = B'B by Cholesky, and the right singular vectors of B are
// the eigenvectors of T, its squared singular values plus sigma the eigenvalues. Each step is
// backward stable with respect to ||T||, which is all that the eigenvalues of T are determined to,
// and one divide-and-conquer serves both problems.
import { bidiagonalQr } from "./bidiagonal-qr";
import { bidiagonalSvd } from "./bidiagonal-svd";
import { swap } from "./rotation";
import { at } from "./simd";

const EPS: f64 = f64.EPSILON / 2;

/**
 * T = V diag(values) V' for T with diagonal d (n) and subdiagonal e (n - 1). d receives the
 * values, ascending; e is destroyed. The last `largest` rows of v (n x n) become the eigenvectors
 * of the largest values, with work space of bidiagonalSvdWorkspace(n) bytes; 0 leaves v alone.
 * Returns 0, or 1 when an iteration does not converge.
 */
// @kernel
export function tridiagonalEigen(
  n: i32, d: usize, e: usize, largest: i32, v: usize, work: usize,
): i32 {
  if (largest) memory.fill(v, 0, at<f64>(0, n * n));
  let start = 0;
  for (let i = 0; i < n; i++) {
    if (i < n - 1 && !negligible(d, e, i)) continue;
    const size = i - start + 1;
    const corner = at<f64>(v, start * n + start);
    const status = block(size, at<f64>(d, start), at<f64>(e, start), largest, corner, n, work);
    if (status != 0) return status;
    start = i + 1;
  }
  sortAscending(n, d, largest, v);
  return 0;
}

/** Whether T falls apart between rows i and i + 1: LAPACK's criterion, relative to neighbours. */
function negligible(d: usize, e: usize, i: i32): bool {
  const off = abs<f64>(load<f64>(at<f64>(e, i)));
  const above = sqrt<f64>(abs<f64>(load<f64>(at<f64>(d, i))));
  const below = sqrt<f64>(abs<f64>(load<f64>(at<f64>(d, i + 1))));
  return off <= EPS * above * below;
}

/** One block without zeros beside its diagonal; a single entry is its own eigenvalue, exactly. */
function block(
  n: i32, d: usize, e: usize, largest: i32, v: usize, ldv: i32, work: usize,
): i32 {
  if (n == 1) {
    if (largest) store<f64>(v, 1);
    return 0;
  }
  const shift = factor(n, d, e);
  const status = largest
    ? bidiagonalSvd(n, largest, d, e, 0, 0, 0, v, ldv, work)
    : bidiagonalQr(n, d, e, 0, 0, 0, 0, 0, 0);
  for (let i = 0; i < n; i++) {
    const s = load<f64>(at<f64>(d, i));
    store<f64>(at<f64>(d, i), s * s + shift);
  }
  return status;
}

/** B with B'B = T - shift I takes the place of T; returns the shift, below every eigenvalue. */
function factor(n: i32, d: usize, e: usize): f64 {
  let low = Infinity;
  let norm: f64 = 0;
  for (let i = 0; i < n; i++) {
    const center = load<f64>(at<f64>(d, i));
    let radius: f64 = 0;
    if (i > 0) radius += abs<f64>(load<f64>(at<f64>(e, i - 1)));
    if (i < n - 1) radius += abs<f64>(load<f64>(at<f64>(e, i)));
    low = min<f64>(low, center - radius);
    norm = max<f64>(norm, abs<f64>(center) + radius);
  }
  const shift = low - 4 * EPS * norm;
  let off: f64 = 0;
  for (let i = 0; i < n; i++) {
    const pivot = load<f64>(at<f64>(d, i)) - shift - off * off;
    const root = sqrt<f64>(max<f64>(pivot, EPS * EPS * norm));
    store<f64>(at<f64>(d, i), root);
    if (i < n - 1) {
      off = load<f64>(at<f64>(e, i)) / root;
      store<f64>(at<f64>(e, i), off);
    }
  }
  return shift;
}

/** Selection sort: few comparisons matter less than few exchanges of rows. */
function sortAscending(n: i32, d: usize, vectors: i32, v: usize): void {
  for (let i = 0; i < n - 1; i++) {
    let best = i;
    for (let j = i + 1; j < n; j++) {
      if (load<f64>(at<f64>(d, j)) < load<f64>(at<f64>(d, best))) best = j;
    }
    if (best == i) continue;
    swap(1, at<f64>(d, i), at<f64>(d, best));
    if (vectors) swap(n, at<f64>(v, i * n), at<f64>(v, best * n));
  }
}
