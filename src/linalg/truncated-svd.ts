import type { FloatArray } from "../wasm/index.js";
import { leadingColumns } from "./columns.js";
import { dominantSubspace } from "./dominant-subspace.js";
import { Matrix } from "./matrix.js";
import type { SparseMatrix } from "./sparse-matrix.js";
import { type SVD, svd } from "./svd.js";

/** From this share of the smaller size on, all triplets cost no more than the leading ones. */
const largeShare = 1 / 4;

/**
 * The leading singular triplets of a matrix, exact: by block Lanczos iterated to a residual of 1e-10
 * (f32: 1e-5) relative to S[0], or by the full SVD where `rank` is a large share of a dense matrix or
 * the iteration has not converged. `randomizedSvd` is the approximate, faster one.
 *
 * @param options.center - cols numbers that are taken off each row of A.
 * @throws RangeError when the rank is out of range or an entry is not finite.
 * @internal
 */
export function truncatedSvd(
  A: Matrix | SparseMatrix,
  options: { rank: number; seed: number; center?: FloatArray },
): SVD {
  const { rank } = options;
  const dense = A instanceof Matrix;
  if (!dense || rank < largeShare * Math.min(A.rows, A.cols)) {
    const { U, S, V, reached } = dominantSubspace(A, options);
    if (!dense || reached) return { U, S, V };
  }
  const { U, S, V } = svd(A);
  return { U: leadingColumns(U, rank), S: S.slice(0, rank), V: leadingColumns(V, rank) };
}
