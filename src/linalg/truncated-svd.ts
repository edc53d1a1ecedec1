import { leadingColumns } from "./columns.js";
import { dominantSubspace } from "./dominant-subspace.js";
import type { Matrix } from "./matrix.js";
import { type SVD, svd } from "./svd.js";

/** From this share of the smaller size on, all triplets cost no more than the leading ones. */
const largeShare = 1 / 4;

/**
 * The leading singular triplets of a dense matrix, exact: by block Lanczos iterated to a residual
 * of 1e-10 (f32: 1e-5) relative to S[0], or by the full SVD where `rank` is a large share of the
 * matrix or the iteration has not converged. `randomizedSvd` is the approximate, faster one.
 *
 * @throws RangeError when the rank is out of range or an entry is not finite.
 * @internal
 */
export function truncatedSvd(A: Matrix, { rank, seed }: { rank: number; seed: number }): SVD {
  if (rank < largeShare * Math.min(A.rows, A.cols)) {
    const { U, S, V, reached } = dominantSubspace(A, { rank, seed });
    if (reached) return { U, S, V };
  }
  const { U, S, V } = svd(A);
  return { U: leadingColumns(U, rank), S: S.slice(0, rank), V: leadingColumns(V, rank) };
}
