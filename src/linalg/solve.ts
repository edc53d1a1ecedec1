import { withSharedJob } from "../wasm/index.js";
import { checkFinite, checkSameType } from "./check.js";
import { Matrix } from "./matrix.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** A linear system has no unique solution: elimination met a column of zeros. */
export class SingularMatrixError extends RangeError {
  override readonly name = "SingularMatrixError";
}

/**
 * Solution X of the square linear system A X = B.
 *
 * LU factorization with partial pivoting: backward stable, ||A X - B|| small against ||A|| ||X||.
 * The error in X grows with the condition of A; only an exactly singular matrix is refused.
 * 2/3 n³ + 2n² operations a column of B.
 *
 * @param A - n x n.
 * @param B - n x p, of A's type.
 * @returns n x p in A's type.
 * @throws SingularMatrixError when elimination meets a column of zeros.
 * @throws RangeError when the shapes do not fit, an entry is not finite, or one of X would not be;
 * TypeError when the types differ.
 * @example
 * ```ts
 * solve(Matrix.from([[2, 0], [0, 4]]), Matrix.from([[2], [2]])).toArray(); // [[1], [0.5]]
 * ```
 */
export function solve(A: Matrix, B: Matrix): Matrix {
  checkSameType("solve", A, B);
  if (A.rows !== A.cols) {
    throw new RangeError(`solve: A is ${A.rows} x ${A.cols}: it must be square`);
  }
  if (B.rows !== A.rows) {
    throw new RangeError(
      `solve: A is ${A.rows} x ${A.cols} and B is ${B.rows} x ${B.cols}: ` +
        "they must have the same number of rows",
    );
  }
  checkFinite("solve", "A", A);
  checkFinite("solve", "B", B);
  const { rows: n, dtype } = A;
  const cols = B.cols;
  return withSharedJob((job) => {
    const kernels = job.kernels(dtype);
    const a = job.put(A.data);
    const b = job.put(B.data);
    const pivots = job.allocate("i32", n);
    // (2^p A) (2^(q - p) X) = 2^q B.
    const exponentA = scaleToSafeRange(job, dtype, n * n, a);
    const exponentB = scaleToSafeRange(job, dtype, n * cols, b);
    const singular = kernels.luFactor(n, a, n, pivots);
    if (singular >= 0) {
      throw new SingularMatrixError(
        `solve: A is singular (pivot ${singular} of ${n} is 0): its columns must be independent`,
      );
    }
    kernels.luSolve(n, cols, a, n, pivots, b, cols);
    scaleByPowerOfTwo(job, dtype, n * cols, b, exponentA - exponentB);
    checkRepresentable(job, "solve", "X", dtype, n * cols, b);
    return new Matrix(n, cols, job.read(dtype, b, n * cols));
  });
}
