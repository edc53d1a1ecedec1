import { checkedOptions } from "../check/options.js";
import { withOtherNames } from "../check/other-names.js";
import { checkBoolean } from "../check/values.js";
import { type FloatArray, withSharedJob } from "../wasm/index.js";
import { checkSquare, checkSymmetric, putFinite } from "./check.js";
import { checkRepresentable } from "./in-job/scaling.js";
import { eighInJob } from "./in-job/symmetric-eigen.js";
import { type Matrix, readMatrix } from "./matrix.js";

/** A = vectors diag(values) vectors'. */
export interface Eigh {
  /** n eigenvalues, ascending, in A's type. */
  values: FloatArray;
  /** n x n, orthonormal; column j belongs to values[j]. */
  vectors: Matrix;
}

export interface EighOptions {
  /** Compute the vectors; otherwise they come back with 0 columns. @defaultValue true */
  vectors?: boolean;
}

/**
 * Eigendecomposition of a symmetric n x n matrix: A = vectors diag(values) vectors'.
 *
 * Blocked tridiagonalization, then the tridiagonal problem as a bidiagonal one. Guarantee:
 * |λ - λ^| ≤ p(n) eps ||A|| for each eigenvalue, vectors orthonormal to machine precision also
 * where eigenvalues coincide. About 9n³ operations.
 *
 * Signs: the entry of largest magnitude in each eigenvector is positive, among equals the first.
 *
 * @param A - symmetric up to rounding; the upper triangle is what counts. Left unchanged.
 * @returns `values` ascending, `vectors` one per column, in A's type.
 * @throws RangeError when A is not square, not symmetric, or has an entry that is not finite, or
 * an eigenvalue would not be.
 * @example
 * ```ts
 * eigh(Matrix.from([[3, 0], [0, 1]])).values; // Float64Array [1, 3]
 * ```
 */
export function eigh(A: Matrix, options: EighOptions = {}): Eigh {
  const { vectors: wanted = true } = checkedOptions("eigh", options, { vectors: checkBoolean });
  checkSquare("eigh", "A", A);
  return withSharedJob((job) => {
    const a = putFinite(job, "eigh", "A", A);
    checkSymmetric("eigh", a);
    const { values, vectors } = eighInJob(a, wanted ? {} : { largest: 0 });
    checkRepresentable("eigh", "an eigenvalue", values);
    const found = { values: values.read(), vectors: readMatrix(vectors) };
    return withOtherNames(found, "eigh(A)", { eigenvalues: "values", eigenvectors: "vectors" });
  });
}
