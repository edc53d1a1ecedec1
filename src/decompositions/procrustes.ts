import { checkSameShape, subtract } from "../linalg/arithmetic.js";
import { checkFinite } from "../linalg/check.js";
import { matmul } from "../linalg/matmul.js";
import type { Matrix } from "../linalg/matrix.js";
import { norm } from "../linalg/norm.js";
import { svd } from "../linalg/svd.js";

/** The rotation of A that comes nearest to B. */
export interface Procrustes {
  /** n x n, orthogonal: rotations, and reflections where these come nearer. */
  R: Matrix;
  /** The sum of the singular values of A'B: divided by ‖A‖², the best scale of A R. */
  scale: number;
  /** ‖A R - B‖ in the Frobenius norm. */
  residual: number;
}

/**
 * The orthogonal matrix R for which A R is nearest to B: R = U V' of the SVD of A'B (Schönemann 1966).
 * It aligns embeddings of the same things from two models. 4mn² + O(n³) operations.
 *
 * @param A - m x n; left unchanged. Take the means off first (`center`) where positions do not matter.
 * @param B - m x n, of A's type.
 * @throws RangeError when the shapes differ or an entry is not finite; TypeError when an operand is not
 * a Matrix or the types differ.
 * @example
 * ```ts
 * const A = Matrix.from([[1, 0], [0, 2]]);
 * const quarter = Matrix.from([[0, 1], [-1, 0]]);
 * procrustes(A, matmul(A, quarter)).R.toArray(); // [[0.0000, 1.0000], [-1.0000, 0.0000]]
 * ```
 */
export function procrustes(A: Matrix, B: Matrix): Procrustes {
  checkSameShape("procrustes", A, B);
  checkFinite("procrustes", "A", A);
  checkFinite("procrustes", "B", B);
  const { U, S, V } = svd(matmul(A, B, { transposeA: true }));
  const R = matmul(U, V, { transposeB: true });
  let scale = 0;
  for (const s of S) scale += s;
  return { R, scale, residual: norm(subtract(matmul(A, R), B)) };
}
