import { checkSquare } from "./check.js";
import { Matrix } from "./matrix.js";
import { solveAs } from "./solve.js";

/**
 * Inverse of a square matrix: the solution of A X = I.
 *
 * To solve a system take `solve`: a third of the cost, and more accurate. `pinv` is for matrices that
 * are singular or not square. 8n³/3 operations.
 *
 * @param A - n x n; left unchanged.
 * @returns n x n in A's type.
 * @throws SingularMatrixError when a pivot is zero.
 * @throws RangeError when A is not square, an entry is not finite, or one of the inverse would not
 * be; TypeError when A is not a Matrix.
 * @example
 * ```ts
 * inverse(Matrix.from([[2, 0], [0, 4]])).toArray(); // [[0.5, 0], [0, 0.25]]
 * ```
 */
export function inverse(A: Matrix): Matrix {
  checkSquare("inverse", "A", A);
  return solveAs("inverse", A, Matrix.identity(A.rows, A.rows, { dtype: A.dtype }));
}
