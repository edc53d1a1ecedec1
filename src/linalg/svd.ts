import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkBoolean } from "../check/values.js";
import { type FloatArray, newArray, withSharedJob } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import { svdInJob } from "./in-job/golub-kahan.js";
import { jacobiSvdInJob } from "./in-job/jacobi.js";
import { checkRepresentable } from "./in-job/scaling.js";
import { Matrix } from "./matrix.js";

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
  /**
   * `"golub-kahan"`: bidiagonalization, fast. `"jacobi"`: one-sided Jacobi, several times slower;
   * small singular values too are accurate where scaling of rows and columns is all that makes A
   * ill-conditioned. @defaultValue "golub-kahan"
   */
  method?: "golub-kahan" | "jacobi";
  /** Compute U and V; otherwise they come back with 0 columns. @defaultValue true */
  vectors?: boolean;
}

const names: OptionNames<SvdOptions> = { method: true, vectors: true };

/**
 * Thin singular value decomposition of an m x n matrix: A = U diag(S) V'.
 *
 * By default blocked bidiagonalization (Golub and Kahan 1965), after a QR factorization where A is
 * clearly longer than wide or wider than long, then divide and conquer (Gu and Eisenstat 1995).
 * Guarantee: |s - s^| ≤ p(m, n) eps s_1 for each singular value, U and V orthonormal to machine
 * precision whatever the rank. At most 12n³ operations for a square matrix, 6mn² for a tall one.
 *
 * Jacobi (Drmač and Veselić 2008) adds |s - s^| ≤ p(m, n) eps κ s, κ the condition of A after the
 * best scaling of its columns; it works in f64 for both types.
 *
 * Signs: the entry of largest magnitude in each column of U is positive, among equals the first.
 *
 * @param A - any shape, also 0 rows or columns; left unchanged.
 * @returns `U` (m x k), `S` (k, descending), `V` (n x k), k = min(m, n), in A's type.
 * @throws RangeError when `method` is another, an entry of A is not finite, or a singular value
 * would not be; TypeError when `vectors` is not a boolean or an option is unknown.
 * @example
 * ```ts
 * svd(Matrix.from([[0, 2], [1, 0]])).S; // Float64Array [2, 1]
 * ```
 */
export function svd(A: Matrix, options: SvdOptions = {}): SVD {
  const { method = "golub-kahan", vectors = true } = readOptions("svd", options, names);
  if (method !== "golub-kahan" && method !== "jacobi") {
    throw new RangeError(
      `svd: method is ${describe(method)}: it must be "golub-kahan" or "jacobi"`,
    );
  }
  checkBoolean("svd", "vectors", vectors);
  checkFinite("svd", "A", A);
  const { U, S, V } = method === "jacobi" ? jacobi(A) : golubKahan(A, vectors);
  if (vectors) return { U, S, V };
  return { U: withoutColumns(U), S, V: withoutColumns(V) };
}

function golubKahan(A: Matrix, vectors: boolean): SVD {
  const { rows: m, cols: n, dtype } = A;
  const k = Math.min(m, n);
  const cols = vectors ? k : 0;
  return withSharedJob((job) => {
    const { U, S, V } = svdInJob(job, dtype, m, n, job.put(A.data), { vectors });
    checkRepresentable(job, "svd", "S", dtype, k, S);
    return {
      U: new Matrix(m, cols, job.read(dtype, U, m * cols)),
      S: job.read(dtype, S, k),
      V: new Matrix(n, cols, job.read(dtype, V, n * cols)),
    };
  });
}

function jacobi(A: Matrix): SVD {
  if (A.rows < A.cols) {
    const { U, S, V } = jacobi(A.transpose());
    return orient({ U: V, S, V: U });
  }
  const { rows: m, cols: n, dtype } = A;
  return withSharedJob((job) => {
    const { U, S, V } = jacobiSvdInJob(job, m, n, Float64Array.from(A.data));
    checkRepresentable(job, "svd", "S", "f64", n, S);
    const values = newArray(dtype, n);
    values.set(job.view("f64", S, n));
    if (values.includes(Number.POSITIVE_INFINITY)) {
      throw new RangeError(`svd: S overflows ${dtype}: the entries of A must be smaller`);
    }
    return orient({
      U: new Matrix(m, n, job.read("f64", U, m * n)).astype(dtype),
      S: values,
      V: new Matrix(n, n, job.read("f64", V, n * n)).astype(dtype),
    });
  });
}

/** Applies the rule of signs, in place. */
function orient(result: SVD): SVD {
  const { U, V } = result;
  for (let j = 0; j < U.cols; j++) {
    let largest = 0;
    for (let i = 0; i < U.rows; i++) {
      const entry = U.data[i * U.cols + j];
      if (Math.abs(entry) > Math.abs(largest)) largest = entry;
    }
    if (largest < 0) {
      for (let p = j; p < U.data.length; p += U.cols) U.data[p] = -U.data[p];
      for (let p = j; p < V.data.length; p += V.cols) V.data[p] = -V.data[p];
    }
  }
  return result;
}

function withoutColumns({ rows, dtype }: Matrix): Matrix {
  return new Matrix(rows, 0, newArray(dtype, 0));
}
