import type { Matrix } from "./matrix.js";
import {
  numericalRank,
  readTolerance,
  relativeSingularValues,
  type ToleranceOptions,
} from "./singular-values.js";

/**
 * Numerical rank of an m x n matrix: how many singular values are above the tolerance.
 *
 * The singular values come from `svd` without vectors, at most 8/3 n³ operations for a square
 * matrix. A rank is a decision: look at the singular values where it matters.
 *
 * @param A - any shape, also 0 rows or columns (rank 0); left unchanged.
 * @throws RangeError when an entry is not finite or the tolerance is not a finite number ≥ 0;
 * TypeError when A is not a Matrix.
 * @example
 * ```ts
 * rank(Matrix.from([[1, 2], [2, 4]])); // 1
 * ```
 */
export function rank(A: Matrix, options: ToleranceOptions = {}): number {
  const tolerance = readTolerance("rank", options);
  return numericalRank(A, relativeSingularValues("rank", A), tolerance);
}
