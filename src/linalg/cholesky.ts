import { systemsKernels, withSharedJob } from "../wasm/index.js";
import { checkSquare, checkSymmetric, putFinite } from "./check.js";
import { scaleByPowerOfTwo, scaleForElimination } from "./in-job/scaling.js";
import { type Matrix, readMatrix } from "./matrix.js";

/** A symmetric matrix has an eigenvalue that is not positive, or too small to be told from 0. */
export class NotPositiveDefiniteError extends RangeError {
  override readonly name = "NotPositiveDefiniteError";
  constructor(
    message: string,
    /** Order of the first leading minor that is not positive: 1 means A[0, 0]. */
    readonly minor: number,
  ) {
    super(message);
  }
}

/**
 * Cholesky factor of a symmetric positive definite n x n matrix: the lower triangular L with a
 * positive diagonal and A = L L'.
 *
 * Recursive, so that nearly all of it is products; backward stable without pivoting. The cheapest
 * test of definiteness. n³/3 operations.
 *
 * @param A - symmetric up to rounding; the lower triangle is what counts. Left unchanged.
 * @returns L, n x n in A's type, zeros above the diagonal.
 * @throws NotPositiveDefiniteError that says which leading minor is not positive; RangeError when A
 * is not square, not symmetric, or has an entry that is not finite; TypeError when A is not a
 * Matrix.
 * @example
 * ```ts
 * cholesky(Matrix.from([[4, 2], [2, 5]])).toArray(); // [[2, 0], [1, 2]]
 * ```
 */
export function cholesky(A: Matrix): Matrix {
  checkSquare("cholesky", "A", A);
  return withSharedJob((job) => {
    const a = putFinite(job, "cholesky", "A", A);
    checkSymmetric("cholesky", a);
    const { rows: n } = a;
    const kernels = a.use(systemsKernels);
    // By an even exponent: the factor is divided by its root.
    const exponent = scaleForElimination(a);
    const work = job.allocateBytes(kernels.triangularWorkspace());
    const failed = kernels.cholesky(n, a.handle, n, work);
    if (failed >= 0) {
      const minor = failed + 1;
      throw new NotPositiveDefiniteError(
        `cholesky: the leading minor of order ${minor} of ${n} is not positive: ` +
          "A must be positive definite",
        minor,
      );
    }
    scaleByPowerOfTwo(a, -exponent / 2);
    a.zeroAbove();
    return readMatrix(a);
  });
}
