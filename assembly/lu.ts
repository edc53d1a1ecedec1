// LU factorization with partial pivoting of a row-major matrix read by columns, which is the
// factorization of its transpose: A P = L U with a unit upper U, pivots sought along the rows.
// Everything then runs along rows: search, exchange, update. The pivots do not change when an
// equation is multiplied by a number.
//
// Recursive (Toledo 1997): half of the rows first, then a triangular solve and one product, so
// nearly all the work is gemm's, with the greatest inner sizes that there can be.
import { put, step, take } from "./elements";
import { gemm } from "./gemm";
import { amax } from "./level1";
import { gemvTransposed } from "./level2";
import { at } from "./simd";
import { halve, solveTriangular } from "./triangular";

/** Rows that are factored one by one. */
const LEAF: i32 = 16;

/**
 * Factors A (n x n) in place: L on and below the diagonal, U above it, its ones not stored.
 * pivots[j] (i32) is the column that was exchanged with column j. Returns the first j whose pivot
 * is zero, -1 when there is none. work: `triangularWorkspace()` bytes. 2/3 n^3 operations.
 */
// @kernel
export function luFactor<T>(n: i32, a: usize, lda: i32, pivots: usize, work: usize): i32 {
  return factorRows<T>(n, n, a, lda, pivots, work);
}

/** The same for the first m rows of n columns, m <= n. */
function factorRows<T>(m: i32, n: i32, a: usize, lda: i32, pivots: usize, work: usize): i32 {
  if (m <= LEAF) return factorLeaf<T>(m, n, a, lda, pivots);
  const head = halve(m, LEAF);
  const rest = m - head;
  const first = factorRows<T>(head, n, a, lda, pivots, work);
  if (first >= 0) return first;
  const below = at<T>(a, head * lda);
  const corner = at<T>(below, head);
  const right = at<T>(a, head);
  exchangeColumns<T>(rest, below, lda, head, pivots);
  solveTriangular<T>(0, 0, 1, rest, head, a, lda, below, lda, work);
  gemm<T>(
    0, 0, rest, n - head, head, <T>-1, below, lda, right, lda, <T>1, corner, lda,
  );
  const later = at<i32>(pivots, head);
  const second = factorRows<T>(rest, n - head, corner, lda, later, work);
  if (second >= 0) return head + second;
  exchangeColumns<T>(head, right, lda, rest, later);
  for (let j = 0; j < rest; j++) {
    store<i32>(at<i32>(later, j), load<i32>(at<i32>(later, j)) + head);
  }
  return -1;
}

/** Row by row; each is updated by all rows above it at once. */
function factorLeaf<T>(m: i32, n: i32, a: usize, lda: i32, pivots: usize): i32 {
  for (let i = 0; i < m; i++) {
    const row = at<T>(a, i * lda);
    for (let p = 1; p < i; p++) {
      // The entries of L, in order: each needs those before.
      gemvTransposed<T>(p, 1, <T>-1, at<T>(a, p), lda, row, at<T>(row, p));
    }
    gemvTransposed<T>(i, n - i, <T>-1, at<T>(a, i), lda, row, at<T>(row, i));
    const pivot = indexOfLargest<T>(n - i, at<T>(row, i));
    if (pivot < 0) return i;
    store<i32>(at<i32>(pivots, i), i + pivot);
    if (pivot > 0) {
      for (let p = 0; p < m; p++) {
        const q = at<T>(a, p * lda + i);
        exchange<T>(q, at<T>(q, pivot));
      }
    }
    divide<T>(n - i - 1, load<T>(at<T>(row, i)), at<T>(row, i + 1));
  }
  return -1;
}

/** The first index of the largest magnitude, -1 when all are zero. */
function indexOfLargest<T>(n: i32, x: usize): i32 {
  const largest = amax<T>(n, x);
  if (!(largest > <T>0)) return -1;
  let i = 0;
  while (i < n - 1 && abs<T>(load<T>(at<T>(x, i))) != largest) i++;
  return i;
}

/** x <- x / pivot. By division: the reciprocal of a tiny pivot may overflow. */
function divide<T>(n: i32, pivot: T, x: usize): void {
  const divisor = v128.splat<T>(pivot);
  for (let i = 0; i < n; i += step<T>(n, i)) {
    put<T>(n, i, x, v128.div<T>(take<T>(n, i, x), divisor));
  }
}

/** Exchanges columns j and pivots[j], j = 0 .. count - 1 in this order, in m rows. */
function exchangeColumns<T>(m: i32, a: usize, lda: i32, count: i32, pivots: usize): void {
  for (let i = 0; i < m; i++) {
    const row = at<T>(a, i * lda);
    for (let j = 0; j < count; j++) {
      exchange<T>(at<T>(row, j), at<T>(row, load<i32>(at<i32>(pivots, j))));
    }
  }
}

// @ts-ignore: decorator
@inline
function exchange<T>(x: usize, y: usize): void {
  const kept = load<T>(x);
  store<T>(x, load<T>(y));
  store<T>(y, kept);
}

/**
 * B (m x n) <- B A'^-1 for the factored A (n x n): each row of B, a right-hand side, becomes its
 * solution. work: `triangularWorkspace()` bytes. 2 n^2 operations per row.
 */
// @kernel
export function luSolve<T>(
  m: i32, n: i32, a: usize, lda: i32, pivots: usize, b: usize, ldb: i32, work: usize,
): void {
  solveTriangular<T>(1, 1, 0, m, n, a, lda, b, ldb, work);
  solveTriangular<T>(0, 1, 1, m, n, a, lda, b, ldb, work);
  for (let i = 0; i < m; i++) {
    const row = at<T>(b, i * ldb);
    for (let j = n - 1; j >= 0; j--) {
      exchange<T>(at<T>(row, j), at<T>(row, load<i32>(at<i32>(pivots, j))));
    }
  }
}
