import { withSharedJob } from "../wasm/index.js";
import { putFinite } from "./check.js";
import { block } from "./columns.js";
import { svdInJob } from "./in-job/golub-kahan.js";
import { completed } from "./in-job/orthogonal.js";
import { scaleToSafeRange } from "./in-job/scaling.js";
import { type Matrix, readMatrix } from "./matrix.js";
import { numericalRank, readTolerance, type ToleranceOptions } from "./singular-values.js";

/**
 * An orthonormal basis of the null space of A, {x : A x = 0}: the right singular vectors whose
 * singular values are within the tolerance.
 *
 * An SVD with vectors; for a wide matrix also 4n³/3 operations that complete V.
 *
 * @param A - m x n, also 0 rows or columns; left unchanged.
 * @returns n x (n - rank(A)) in A's type, orthonormal columns.
 * @throws RangeError when an entry is not finite or the tolerance is not a finite number ≥ 0;
 * TypeError when A is not a Matrix.
 * @example
 * ```ts
 * const N = nullSpace(Matrix.from([[3, 4]]));
 * N.cols; // 1
 * Math.abs(N.get(0, 0)); // 0.8000
 * ```
 */
export function nullSpace(A: Matrix, options: ToleranceOptions = {}): Matrix {
  const tolerance = readTolerance("nullSpace", options);
  return withSharedJob((job) => {
    const a = putFinite(job, "nullSpace", "A", A);
    scaleToSafeRange(a);
    const { S, V } = svdInJob(a);
    const rank = numericalRank(A, S.read(), tolerance);
    return block(readMatrix(completed(V)), 0, rank, A.cols, A.cols - rank);
  });
}
