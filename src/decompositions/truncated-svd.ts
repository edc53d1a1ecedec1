import { integer, seed } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import type { Matrix } from "../linalg/matrix.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { fitPca } from "./pca.js";
import type { Pca } from "./principal-components.js";

export interface TruncatedSvdOptions {
  /** Components to keep, 1 .. min(m, n). */
  components: number;
  /** Seed of the random start. @defaultValue 0 */
  seed?: number;
}

/**
 * `pca` without taking the means off, for texts: with `tfidf` before it, latent semantic analysis.
 * scikit-learn's `TruncatedSVD`; the explained variance is that about 0.
 *
 * @param X - m x n, dense or sparse; left unchanged.
 * @throws as `pca`.
 * @example
 * ```ts
 * const counts = SparseMatrix.fromTriplets({
 *   rows: 3, cols: 3, rowIndices: [0, 0, 1, 2], colIndices: [0, 1, 0, 2], values: [1, 1, 2, 1],
 * });
 * const { weights } = tfidf(counts);
 * truncatedSvd(weights, { components: 2 }).transform(weights).cols; // 2
 * ```
 */
export function truncatedSvd(X: Matrix | SparseMatrix, options: TruncatedSvdOptions): Pca {
  const checks = { components: integer(1), seed };
  const wanted = "an object with components";
  const read = checkedOptions("truncatedSvd", options, checks, wanted, "components");
  return fitPca("truncatedSvd", X, { ...read, center: false });
}
