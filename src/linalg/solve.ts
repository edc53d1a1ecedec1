import { Block, withSharedJob } from "../wasm/index.js";
import { checkSides, checkSquare, putFinite } from "./check.js";
import { luInJob, luSolveInJob } from "./in-job/lu.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleForElimination } from "./in-job/scaling.js";
import { type Matrix, readMatrix } from "./matrix.js";

/** A linear system has no unique solution: elimination met a pivot that is zero. */
export class SingularMatrixError extends RangeError {
  override readonly name = "SingularMatrixError";
}

/**
 * Solution X of the square linear system A X = B.
 *
 * LU factorization with partial pivoting, recursive so that nearly all of it is products (Toledo
 * 1997): backward stable, ||A X - B|| small against ||A|| ||X||. The error in X grows with the
 * condition of A (`cond`); only an exactly singular matrix is refused. 2/3 n³ + 2n² operations a
 * column of B.
 *
 * @param A - n x n.
 * @param B - n x p, of A's type.
 * @returns n x p in A's type.
 * @throws SingularMatrixError when a pivot is zero.
 * @throws RangeError when the shapes do not fit, an entry is not finite, or one of X would not be;
 * TypeError when the types differ.
 * @example
 * ```ts
 * solve(Matrix.from([[2, 0], [0, 4]]), Matrix.from([[2], [2]])).toArray(); // [[1], [0.5]]
 * ```
 */
export function solve(A: Matrix, B: Matrix): Matrix {
  return solveAs("solve", A, B);
}

/** The same for the function of that name. @internal */
export function solveAs(name: string, A: Matrix, B: Matrix): Matrix {
  checkSquare(name, "A", A);
  checkSides(name, A, B);
  return withSharedJob((job) => {
    const a = putFinite(job, name, "A", A);
    // One right-hand side a row; one alone is a row already.
    const b = putFinite(job, name, "B", B);
    const sides = b.cols === 1 ? new Block(job, b.dtype, 1, b.rows, b.handle) : b.transposed();
    // (2^q A) (2^(r - q) X) = 2^r B.
    const exponentA = scaleForElimination(a);
    const exponentB = scaleForElimination(sides);
    const lu = luInJob(a);
    if (lu.singular >= 0) {
      throw new SingularMatrixError(
        `${name}: A is singular (pivot ${lu.singular} of ${A.rows} is 0): its rows must be independent`,
      );
    }
    luSolveInJob(lu, sides);
    scaleByPowerOfTwo(sides, exponentA - exponentB);
    checkRepresentable(name, "X", sides);
    if (b.cols !== 1) sides.transposeTo(b);
    return readMatrix(b);
  });
}
