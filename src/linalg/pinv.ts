import { Block, product, withSharedJob } from "../wasm/index.js";
import { putFinite } from "./check.js";
import { svdInJob } from "./in-job/golub-kahan.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./in-job/scaling.js";
import { type Matrix, readMatrix } from "./matrix.js";
import { numericalRank, readTolerance, type ToleranceOptions } from "./singular-values.js";

/**
 * Moore-Penrose inverse of an m x n matrix, the n x m matrix V diag(1 / S) U' of its singular value
 * decomposition, where singular values within the tolerance count as zero.
 *
 * To solve systems take `solve` or `lstsq`: cheaper and more accurate. An SVD with vectors and
 * 2mn min(m, n) operations.
 *
 * @param A - any shape, also 0 rows or columns; left unchanged.
 * @returns n x m in A's type.
 * @throws RangeError when an entry is not finite, one of the result would not be, or the tolerance
 * is not a finite number ≥ 0; TypeError when A is not a Matrix.
 * @example
 * ```ts
 * pinv(Matrix.from([[2], [0]])).toArray(); // [[0.5, 0]]
 * ```
 */
export function pinv(A: Matrix, options: ToleranceOptions = {}): Matrix {
  const tolerance = readTolerance("pinv", options);
  return withSharedJob((job) => {
    const a = putFinite(job, "pinv", "A", A);
    const exponent = scaleToSafeRange(a);
    const { U, S, V } = svdInJob(a);
    const values = S.read();
    const rank = numericalRank(A, values, tolerance);
    const v = V.view();
    const k = V.cols;
    for (let i = 0; i < v.length; i++) {
      if (i % k < rank) v[i] /= values[i % k];
    }
    const result = Block.allocate(job, A.dtype, A.cols, A.rows);
    product(V.columns(0, rank), U.columns(0, rank), { to: result, transposeB: true });
    scaleByPowerOfTwo(result, exponent);
    checkRepresentable("pinv", "the inverse", result);
    return readMatrix(result);
  });
}
