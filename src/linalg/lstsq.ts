import { Block, type FloatArray, product, withSharedJob } from "../wasm/index.js";
import { checkSides, putFinite } from "./check.js";
import { type SvdBlocks, svdInJob } from "./in-job/golub-kahan.js";
import { applyReflections, factorColumns, triangleOf } from "./in-job/orthogonal.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./in-job/scaling.js";
import { type Matrix, readMatrix } from "./matrix.js";
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
  checkSides("lstsq", A, B);
  return withSharedJob((job) => {
    const a = putFinite(job, "lstsq", "A", A);
    const b = putFinite(job, "lstsq", "B", B);
    // (2^q A) (2^(r - q) X) = 2^r B.
    const exponentA = scaleToSafeRange(a);
    const exponentB = scaleToSafeRange(b);
    const { U, S, V, sides } = decompose(a, b);
    const values = S.read();
    const rank = numericalRank(A, values, tolerance);

    // One right-hand side a row: (U'B)' = B'U, divided by S, then X = V (U'B / S).
    const w = Block.allocate(job, b.dtype, b.cols, rank);
    product(sides, U.columns(0, rank), { to: w });
    const coefficients = w.view();
    for (let i = 0; i < coefficients.length; i++) coefficients[i] /= values[i % rank];
    const x = Block.allocate(job, b.dtype, a.cols, b.cols);
    product(V.columns(0, rank), w, { to: x, transposeB: true });

    product(a, x, { to: b, scale: -1, add: true });
    const residuals = b.transposed();
    const norms = Block.allocate(job, b.dtype, 1, b.cols);
    for (let j = 0; j < b.cols; j++) {
      norms.view()[j] = b.kernels.nrm2(b.rows, residuals.lines(j).handle);
    }
    scaleByPowerOfTwo(x, exponentA - exponentB);
    checkRepresentable("lstsq", "X", x);
    scaleByPowerOfTwo(S, -exponentA);
    checkRepresentable("lstsq", "S", S);
    scaleByPowerOfTwo(norms, -exponentB);
    checkRepresentable("lstsq", "a residual", norms);
    return { X: readMatrix(x), residualNorms: norms.read(), rank, S: S.read() };
  });
}

/** An SVD and right-hand sides in its terms: X minimizes ||U diag(S) V'X - C||. */
interface Decomposition extends SvdBlocks {
  /** C by columns. */
  sides: Block;
}

/** The SVD of A, or of R in A = Q R with Q'B for B; a and b are left unchanged. */
function decompose(a: Block, b: Block): Decomposition {
  const sides = b.transposed();
  if (a.rows <= a.cols) return { ...svdInJob(a), sides };
  const reflections = factorColumns(a.transposed());
  applyReflections(reflections, sides, { transpose: true });
  return { ...svdInJob(triangleOf(reflections)), sides: sides.columns(0, a.cols) };
}
