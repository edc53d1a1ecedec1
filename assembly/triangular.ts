// Triangular systems with many right-hand sides, one a row of B: B <- B op(T)^-1, row-major.
//
// Recursion halves the triangle, so nearly all the work is gemm's; what remains are diagonal blocks
// of BASE columns. There 2 vectors' width of rows of B are interleaved, so that every operation is
// a vector one whatever T and op are, and an entry stays in registers until it is finished.
import { gemm } from "./gemm";
import { dot } from "./level1";
import { gemvTransposed } from "./level2";
import { at, lanes, multiplyAdd } from "./simd";

/** Columns of a diagonal block: few, for the block runs at half the speed of gemm. */
const BASE: i32 = 16;
/** From so many rows on gemm repays its packing of T. */
const GEMM_ROWS: i32 = 4;

/** Bytes of work space for `solveTriangular`, whatever the sizes. */
export function triangularWorkspace(): f64 {
  return 32 * BASE;
}

/** A multiple of `block` near the middle of n, for recursion: block <= result < n if n > block. */
// @ts-ignore: decorator
@inline
export function halve(n: i32, block: i32): i32 {
  return (((n - 1) / block + 1) / 2) * block;
}

/**
 * B (m x n) <- B op(T)^-1 for a triangle T (n x n), lower or upper, op(T) = T or T' with
 * `transpose`; with `unit` the ones on its diagonal are not read. The other triangle is not read
 * either. m n^2 operations.
 */
export function solveTriangular<T>(
  lower: i32, transpose: i32, unit: i32, m: i32, n: i32,
  t: usize, ldt: i32, b: usize, ldb: i32, work: usize,
): void {
  if (m <= 0 || n <= 0) return;
  if (n <= BASE) {
    for (let i = 0; i < m; i += 2 * lanes<T>()) {
      const rows = min<i32>(2 * lanes<T>(), m - i);
      solveBlock<T>(lower, transpose, unit, rows, n, t, ldt, at<T>(b, i * ldb), ldb, work);
    }
    return;
  }
  const head = halve(n, BASE);
  const rest = n - head;
  // The block of T off its diagonal, and the second half of everything.
  const off = at<T>(t, lower ? head * ldt : head);
  const t2 = at<T>(t, head * ldt + head);
  const b2 = at<T>(b, head);
  if (lower == transpose) {
    // op(T) is an upper triangle: entries of a row follow from those before.
    solveTriangular<T>(lower, transpose, unit, m, head, t, ldt, b, ldb, work);
    subtractProduct<T>(transpose, m, rest, head, b, off, ldt, b2, ldb);
    solveTriangular<T>(lower, transpose, unit, m, rest, t2, ldt, b2, ldb, work);
  } else {
    solveTriangular<T>(lower, transpose, unit, m, rest, t2, ldt, b2, ldb, work);
    subtractProduct<T>(transpose, m, head, rest, b2, off, ldt, b, ldb);
    solveTriangular<T>(lower, transpose, unit, m, head, t, ldt, b, ldb, work);
  }
}

/** C (m x n) <- C - X op(A), X m x k; rows of C and X lie ldb apart. */
function subtractProduct<T>(
  transpose: i32, m: i32, n: i32, k: i32, x: usize, a: usize, lda: i32, c: usize, ldb: i32,
): void {
  if (m >= GEMM_ROWS) {
    return gemm<T>(0, transpose, m, n, k, <T>-1, x, ldb, a, lda, <T>1, c, ldb);
  }
  for (let i = 0; i < m; i++) {
    const row = at<T>(x, i * ldb);
    const to = at<T>(c, i * ldb);
    if (!transpose) {
      gemvTransposed<T>(k, n, <T>-1, a, lda, row, to);
    } else {
      for (let j = 0; j < n; j++) {
        const q = at<T>(to, j);
        store<T>(q, load<T>(q) - <T>dot<T>(k, at<T>(a, j * lda), row));
      }
    }
  }
}

/** The same for one diagonal block and up to 2 vectors' width of rows. */
function solveBlock<T>(
  lower: i32, transpose: i32, unit: i32, m: i32, n: i32,
  t: usize, ldt: i32, b: usize, ldb: i32, work: usize,
): void {
  interleave<T>(m, n, b, ldb, work);
  // op(T)[p, j] lies at t + p strideP + j strideJ, in bytes.
  const strideP = at<T>(0, transpose ? 1 : ldt);
  const strideJ = at<T>(0, transpose ? ldt : 1);
  const upper = lower == transpose;
  for (let step = 0; step < n; step++) {
    const j = upper ? step : n - 1 - step;
    const to = work + <usize>(32 * j);
    let s0 = v128.load(to);
    let s1 = v128.load(to, 16);
    let p = upper ? 0 : j + 1;
    const end = upper ? j : n;
    let from = work + <usize>(32 * p);
    let q = t + <usize>p * strideP + <usize>j * strideJ;
    for (; p < end; p++) {
      const factor = v128.splat<T>(-load<T>(q));
      s0 = multiplyAdd<T>(factor, v128.load(from), s0);
      s1 = multiplyAdd<T>(factor, v128.load(from, 16), s1);
      from += 32;
      q += strideP;
    }
    if (!unit) {
      const pivot = v128.load_splat<T>(at<T>(t, j * ldt + j));
      s0 = v128.div<T>(s0, pivot);
      s1 = v128.div<T>(s1, pivot);
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
  }
  for (let i = 0; i < m; i++) {
    const row = at<T>(b, i * ldb);
    const from = at<T>(work, i);
    for (let j = 0; j < n; j++) store<T>(at<T>(row, j), load<T>(from + <usize>(32 * j)));
  }
}

/** work[j][i] <- B[i, j]: 32 bytes a column, rows that are missing as zeros. */
function interleave<T>(m: i32, n: i32, b: usize, ldb: i32, work: usize): void {
  for (let i = 0; i < 2 * lanes<T>(); i++) {
    const row = at<T>(b, i * ldb);
    const to = at<T>(work, i);
    for (let j = 0; j < n; j++) {
      store<T>(to + <usize>(32 * j), i < m ? load<T>(at<T>(row, j)) : <T>0);
    }
  }
}
