// LU factorization with partial pivoting, P A = L U, and solution of linear systems. Row-major:
// a panel of BLOCK columns is eliminated row by row, the rest updated through gemm.
import { gemm } from "./gemm";
import { axpy } from "./level1";
import { gemvTransposed } from "./level2";
import { at } from "./simd";

const BLOCK: i32 = 32;

/**
 * Factors A (n x n) in place: U on and above the diagonal, L below it, its ones not stored.
 * pivots[j] (i32) is the row that was exchanged with row j. Returns the first j whose pivot is
 * zero, -1 when there is none. 2/3 n^3 operations.
 */
export function luFactor<T>(n: i32, a: usize, lda: i32, pivots: usize): i32 {
  for (let j = 0; j < n; j += BLOCK) {
    const end = min<i32>(n, j + BLOCK);
    const singular = eliminatePanel<T>(n, j, end, a, lda, pivots);
    if (singular >= 0) return singular;
    const cols = n - end;
    solveUnitLower<T>(end - j, cols, at<T>(a, j * lda + j), lda, at<T>(a, j * lda + end), lda);
    gemm<T>(
      0, 0, n - end, cols, end - j, <T>-1, at<T>(a, end * lda + j), lda,
      at<T>(a, j * lda + end), lda, <T>1, at<T>(a, end * lda + end), lda,
    );
  }
  return -1;
}

/** Columns first .. end of all rows below; whole rows are exchanged. */
function eliminatePanel<T>(
  n: i32, first: i32, end: i32, a: usize, lda: i32, pivots: usize,
): i32 {
  for (let j = first; j < end; j++) {
    let best = j;
    let largest: T = 0;
    for (let i = j; i < n; i++) {
      const size = abs<T>(load<T>(at<T>(a, i * lda + j)));
      if (size > largest) {
        largest = size;
        best = i;
      }
    }
    if (largest == <T>0) return j;
    store<i32>(at<i32>(pivots, j), best);
    if (best != j) exchangeRows<T>(n, at<T>(a, j * lda), at<T>(a, best * lda));
    const pivot = load<T>(at<T>(a, j * lda + j));
    for (let i = j + 1; i < n; i++) {
      const q = at<T>(a, i * lda + j);
      const factor = load<T>(q) / pivot;
      store<T>(q, factor);
      axpy<T>(end - j - 1, -factor, at<T>(a, j * lda + j + 1), at<T>(q, 1));
    }
  }
  return -1;
}

function exchangeRows<T>(n: i32, x: usize, y: usize): void {
  for (let j = 0; j < n; j++) {
    const kept = load<T>(at<T>(x, j));
    store<T>(at<T>(x, j), load<T>(at<T>(y, j)));
    store<T>(at<T>(y, j), kept);
  }
}

/** B (n x cols) <- L^-1 B for the unit lower triangle at l, row by row. */
function solveUnitLower<T>(n: i32, cols: i32, l: usize, ldl: i32, b: usize, ldb: i32): void {
  for (let i = 1; i < n; i++) {
    gemvTransposed<T>(i, cols, <T>-1, b, ldb, at<T>(l, i * ldl), at<T>(b, i * ldb));
  }
}

/** B (n x cols) <- A^-1 B for the factored A. 2 n^2 operations a column, most of them in gemm. */
export function luSolve<T>(
  n: i32, cols: i32, a: usize, lda: i32, pivots: usize, b: usize, ldb: i32,
): void {
  for (let i = 0; i < n; i++) {
    const other = load<i32>(at<i32>(pivots, i));
    if (other != i) exchangeRows<T>(cols, at<T>(b, i * ldb), at<T>(b, other * ldb));
  }
  for (let j = 0; j < n; j += BLOCK) {
    const end = min<i32>(n, j + BLOCK);
    const rows = at<T>(b, j * ldb);
    solveUnitLower<T>(end - j, cols, at<T>(a, j * lda + j), lda, rows, ldb);
    gemm<T>(
      0, 0, n - end, cols, end - j, <T>-1, at<T>(a, end * lda + j), lda, rows, ldb,
      <T>1, at<T>(b, end * ldb), ldb,
    );
  }
  for (let j = ((n - 1) / BLOCK) * BLOCK; n > 0 && j >= 0; j -= BLOCK) {
    const end = min<i32>(n, j + BLOCK);
    for (let i = end - 1; i >= j; i--) {
      const row = at<T>(b, i * ldb);
      gemvTransposed<T>(
        end - i - 1, cols, <T>-1, at<T>(row, ldb), ldb, at<T>(a, i * lda + i + 1), row,
      );
      const pivot = load<T>(at<T>(a, i * lda + i));
      for (let c = 0; c < cols; c++) store<T>(at<T>(row, c), load<T>(at<T>(row, c)) / pivot);
    }
    gemm<T>(
      0, 0, j, cols, end - j, <T>-1, at<T>(a, j), lda, at<T>(b, j * ldb), ldb, <T>1, b, ldb,
    );
  }
}
