import { type FloatArray, withSharedJob } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import { svdInJob } from "./golub-kahan.js";
import { Matrix, newArray } from "./matrix.js";
import { checkRepresentable } from "./scaling.js";

/** A = U diag(S) V'. */
export interface SVD {
  /** m x k, orthonormal columns, k = min(m, n). */
  U: Matrix;
  /** k singular values, descending, in A's type. */
  S: FloatArray;
  /** n x k, orthonormal columns. */
  V: Matrix;
}

export interface SvdOptions {
  /** Compute U and V; otherwise they come back with 0 columns. @defaultValue true */
  vectors?: boolean;
}

/**
 * Thin singular value decomposition of an m x n matrix: A = U diag(S) V'.
 *
 * Blocked bidiagonalization (Golub and Kahan 1965), after a QR factorization where A is clearly
 * longer than wide or wider than long. Guarantee: |s - s^| ≤ p(m, n) eps s_1 for each singular
 * value, U and V orthonormal to machine precision whatever the rank. About 22n³ operations for a
 * square matrix, 4mn² for a tall one.
 *
 * Signs: the entry of largest magnitude in each column of U is positive, among equals the first.
 *
 * @param A - any shape, also 0 rows or columns; left unchanged.
 * @returns `U` (m x k), `S` (k, descending), `V` (n x k), k = min(m, n), in A's type.
 * @throws RangeError when an entry of A is not finite, or a singular value would not be.
 * @example
 * ```ts
 * svd(Matrix.from([[0, 2], [1, 0]])).S; // Float64Array [2, 1]
 * ```
 */
export function svd(A: Matrix, { vectors = true }: SvdOptions = {}): SVD {
  checkFinite("svd", "A", A);
  const { rows: m, cols: n, dtype } = A;
  const k = Math.min(m, n);
  return withSharedJob((job) => {
    const { U, S, V } = svdInJob(job, dtype, m, n, job.put(A.data), { vectors });
    checkRepresentable(job, "svd", "S", dtype, k, S);
    if (!vectors) {
      return {
        U: new Matrix(m, 0, newArray(dtype, 0)),
        S: job.read(dtype, S, k),
        V: new Matrix(n, 0, newArray(dtype, 0)),
      };
    }
    return {
      U: new Matrix(m, k, job.read(dtype, U, m * k)),
      S: job.read(dtype, S, k),
      V: new Matrix(n, k, job.read(dtype, V, n * k)),
    };
  });
}
