import { readOptions } from "../check/options.js";
import { checkBoolean } from "../check/values.js";
import { type FloatArray, newArray, withSharedJob } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import { checkRepresentable } from "./in-job/scaling.js";
import { eighInJob } from "./in-job/symmetric-eigen.js";
import { Matrix } from "./matrix.js";

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
  const { vectors: wanted = true } = readOptions("eigh", options, { vectors: true });
  checkBoolean("eigh", "vectors", wanted);
  checkFinite("eigh", "A", A);
  checkSymmetric(A);
  const { rows: n, dtype } = A;
  return withSharedJob((job) => {
    const { values, vectors } = eighInJob(job, dtype, n, job.put(A.data), { vectors: wanted });
    checkRepresentable(job, "eigh", "an eigenvalue", dtype, n, values);
    return {
      values: job.read(dtype, values, n),
      vectors: wanted
        ? new Matrix(n, n, job.read(dtype, vectors, n * n))
        : new Matrix(n, 0, newArray(dtype, 0)),
    };
  });
}

/**
 * A product such as X'X is symmetric up to the rounding of sums of n terms: so much is let pass.
 * More is taken for a mistake of the caller, whose answer would silently be that of half of A.
 */
function checkSymmetric({ rows: n, cols, data, dtype }: Matrix): void {
  if (n !== cols) throw new RangeError(`eigh: A is ${n} x ${cols}: it must be square`);
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  const tolerance = 8 * Math.max(n, 16) * (dtype === "f32" ? 2 ** -24 : 2 ** -53) * largest;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const below = data[i * n + j];
      const above = data[j * n + i];
      if (Math.abs(below - above) > tolerance) {
        throw new RangeError(
          `eigh: A[${i}, ${j}] is ${below} and A[${j}, ${i}] is ${above}: A must be symmetric`,
        );
      }
    }
  }
}
