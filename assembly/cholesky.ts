// Cholesky factorization, row-major. Recursive: half of the matrix, a triangular solve, one
// symmetric product, the other half; nearly all the work is gemm's.
import { gemm } from "./gemm";
import { dot } from "./level1";
import { at } from "./simd";
import { halve, solveTriangular } from "./triangular";

/** Rows that are factored one by one. */
const LEAF: i32 = 16;
/** Side from which half of a symmetric product is worth being left out. */
const SYMMETRIC_BLOCK: i32 = 64;

/**
 * A = L L' in place: L on and below the diagonal. Only that triangle of A is read; what is above
 * is overwritten in part. Returns the first j for which the leading minor of order j + 1 is not
 * positive, -1 when all are. work: `triangularWorkspace()` bytes. 1/3 n^3 operations.
 */
// @kernel
export function cholesky<T>(n: i32, a: usize, lda: i32, work: usize): i32 {
  if (n <= LEAF) return factorLeaf<T>(n, a, lda);
  const head = halve(n, LEAF);
  const rest = n - head;
  const below = at<T>(a, head * lda);
  const corner = at<T>(below, head);
  const first = cholesky<T>(head, a, lda, work);
  if (first >= 0) return first;
  solveTriangular<T>(1, 1, 0, rest, head, a, lda, below, lda, work);
  subtractGram<T>(rest, head, below, lda, corner, lda);
  const second = cholesky<T>(rest, corner, lda, work);
  return second < 0 ? -1 : head + second;
}

/** Row by row, each entry one dot product. */
function factorLeaf<T>(n: i32, a: usize, lda: i32): i32 {
  for (let i = 0; i < n; i++) {
    const row = at<T>(a, i * lda);
    for (let j = 0; j < i; j++) {
      const above = at<T>(a, j * lda);
      const q = at<T>(row, j);
      store<T>(q, (load<T>(q) - <T>dot<T>(j, row, above)) / load<T>(at<T>(above, j)));
    }
    const q = at<T>(row, i);
    const square: T = load<T>(q) - <T>dot<T>(i, row, row);
    if (!(square > <T>0)) return i;
    store<T>(q, sqrt<T>(square));
  }
  return -1;
}

/** The lower triangle of C (n x n) <- C - B B', B n x k; above it only blocks on the diagonal. */
function subtractGram<T>(n: i32, k: i32, b: usize, ldb: i32, c: usize, ldc: i32): void {
  if (n <= SYMMETRIC_BLOCK) {
    return gemm<T>(0, 1, n, n, k, <T>-1, b, ldb, b, ldb, <T>1, c, ldc);
  }
  const head = halve(n, SYMMETRIC_BLOCK);
  const below = at<T>(b, head * ldb);
  const corner = at<T>(c, head * ldc);
  subtractGram<T>(head, k, b, ldb, c, ldc);
  gemm<T>(0, 1, n - head, head, k, <T>-1, below, ldb, b, ldb, <T>1, corner, ldc);
  subtractGram<T>(n - head, k, below, ldb, at<T>(corner, head), ldc);
}
