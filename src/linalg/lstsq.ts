import {
  type DType,
  type FloatArray,
  type Handle,
  type Job,
  newArray,
  withSharedJob,
} from "../wasm/index.js";
import { checkSameType, putFinite } from "./check.js";
import { svdInJob } from "./in-job/golub-kahan.js";
import { factorColumns, transposed } from "./in-job/orthogonal.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./in-job/scaling.js";
import { Matrix } from "./matrix.js";
import { numericalRank, readTolerance, type ToleranceOptions } from "./singular-values.js";

/** The X of least norm among those that make ||A X - B|| least. */
export interface LeastSquares {
  /** n x p, one solution a column. */
  X: Matrix;
  /** p norms ||A x - b||, one per column, in A's type. */
  residualNorms: FloatArray;
  /** Numerical rank of A. */
  rank: number;
  /** min(m, n) singular values of A, descending: S[0] / S[rank - 1] says how much to trust X. */
  S: FloatArray;
}

/**
 * Least squares: for each column b of B the x that minimizes ||A x - b||, and among several the
 * one of least norm ||x||.
 *
 * By the singular value decomposition, X = V diag(1 / S) U'B over the singular values above the
 * tolerance, of the triangle of a QR factorization where A has more rows than columns; backward
 * stable whatever the rank. Slower than QR alone, as NumPy's lstsq is, because a decision on the
 * rank by QR with column pivoting can be wrong (Kahan's matrices). 2mn² + O(n³) operations for
 * m ≥ n, and 2mn + O(n²) a column of B.
 *
 * @param A - m x n, tall, square or wide, of any rank; left unchanged.
 * @param B - m x p, of A's type.
 * @throws RangeError when the shapes do not fit, an entry is not finite, one of X would not be, or
 * the tolerance is not a finite number ≥ 0; TypeError when the types differ.
 * @example
 * ```ts
 * // A line through (0, 1), (1, 3), (2, 5).
 * const A = Matrix.from([[1, 0], [1, 1], [1, 2]]);
 * const { X, rank } = lstsq(A, Matrix.from([[1], [3], [5]]));
 * X.toArray(); // [[1], [2]]
 * rank; // 2
 * ```
 */
export function lstsq(A: Matrix, B: Matrix, options: ToleranceOptions = {}): LeastSquares {
  const tolerance = readTolerance("lstsq", options);
  checkSameType("lstsq", A, B);
  if (A.rows !== B.rows) {
    throw new RangeError(
      `lstsq: A is ${A.rows} x ${A.cols} and B is ${B.rows} x ${B.cols}: ` +
        "they must have the same number of rows",
    );
  }
  const { rows: m, cols: n, dtype } = A;
  const p = B.cols;
  const k = Math.min(m, n);
  return withSharedJob((job) => {
    const kernels = job.kernels(dtype);
    const a = putFinite(job, "lstsq", "A", A);
    const b = putFinite(job, "lstsq", "B", B);
    // (2^q A) (2^(r - q) X) = 2^r B.
    const exponentA = scaleToSafeRange(job, dtype, m * n, a);
    const exponentB = scaleToSafeRange(job, dtype, m * p, b);
    const { U, S, V, sides, height } = decompose(job, dtype, m, n, p, a, b);
    const values = job.read(dtype, S, k);
    const rank = numericalRank(A, values, tolerance);

    // One right-hand side a row: (U'B)' = B'U, divided by S, then X = V (U'B / S).
    const w = job.allocate(dtype, p * rank);
    kernels.gemm(0, 0, p, rank, height, 1, sides, m, U, k, 0, w, rank);
    const coefficients = job.view(dtype, w, p * rank);
    for (let i = 0; i < coefficients.length; i++) coefficients[i] /= values[i % rank];
    const x = job.allocate(dtype, n * p);
    kernels.gemm(0, 1, n, p, rank, 1, V, k, w, rank, 0, x, p);

    kernels.gemm(0, 0, m, p, n, -1, a, n, x, p, 1, b, p);
    const residuals = transposed(job, dtype, m, p, b);
    const residualNorms = newArray(dtype, p);
    for (let j = 0; j < p; j++) {
      residualNorms[j] = kernels.nrm2(m, job.at(dtype, residuals, j * m));
    }
    scaleByPowerOfTwo(job, dtype, n * p, x, exponentA - exponentB);
    checkRepresentable(job, "lstsq", "X", dtype, n * p, x);
    scaleByPowerOfTwo(job, dtype, k, S, -exponentA);
    checkRepresentable(job, "lstsq", "S", dtype, k, S);
    const norms = job.put(residualNorms);
    scaleByPowerOfTwo(job, dtype, p, norms, -exponentB);
    checkRepresentable(job, "lstsq", "a residual", dtype, p, norms);
    return {
      X: new Matrix(n, p, job.read(dtype, x, n * p)),
      residualNorms: job.read(dtype, norms, p),
      rank,
      S: job.read(dtype, S, k),
    };
  });
}

/** An SVD and right-hand sides in its terms: X minimizes ||U diag(S) V'X - C||, C height x p. */
interface Decomposition {
  U: Handle;
  S: Handle;
  V: Handle;
  /** C by columns, m apart. */
  sides: Handle;
  height: number;
}

/** The SVD of A, or of R in A = Q R with Q'B for B; a and b are left unchanged. */
function decompose(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  p: number,
  a: Handle,
  b: Handle,
): Decomposition {
  const kernels = job.kernels(dtype);
  const sides = transposed(job, dtype, m, p, b);
  if (m <= n) return { ...svdInJob(job, dtype, m, n, a), sides, height: m };
  const { columns, tau } = factorColumns(job, dtype, m, n, transposed(job, dtype, m, n, a));
  const mark = job.mark();
  const work = job.allocateBytes(kernels.applyReflectorsWorkspace(m, p));
  kernels.applyReflectors(1, m, p, n, columns, m, tau, sides, m, work);
  job.release(mark);
  const r = job.allocate(dtype, n * n);
  kernels.transpose(n, n, columns, m, r, n);
  const rows = job.view(dtype, r, n * n);
  for (let i = 1; i < n; i++) rows.fill(0, i * n, i * n + i);
  return { ...svdInJob(job, dtype, n, n, r), sides, height: n };
}
