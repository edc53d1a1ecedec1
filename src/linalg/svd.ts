import { word } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { withOtherNames } from "../check/other-names.js";
import { checkBoolean } from "../check/values.js";
import { Block, basicKernels, type FloatArray, type Job, withSharedJob } from "../wasm/index.js";
import { checkMatrix, putFinite } from "./check.js";
import { svdInJob } from "./in-job/golub-kahan.js";
import { jacobiSvdInJob } from "./in-job/jacobi.js";
import { completed } from "./in-job/orthogonal.js";
import { checkRepresentable } from "./in-job/scaling.js";
import { singularTriplets } from "./in-job/singular-triplets.js";
import { Matrix, readMatrix } from "./matrix.js";

/** A = U diag(S) V'. */
export interface SVD {
  /** m x k, orthonormal columns, k = min(m, n); m x m with `full`. */
  U: Matrix;
  /** k singular values, descending, in A's type. */
  S: FloatArray;
  /** n x k, orthonormal columns; n x n with `full`. */
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
  /**
   * Complete U and V to square matrices: the columns beyond S span what A and A' leave out.
   * @defaultValue false
   */
  full?: boolean;
}

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
 * @returns `U` (m x k), `S` (k, descending), `V` (n x k), k = min(m, n), in A's type; `U` m x m and
 * `V` n x n with `full`, for (4/3) (m³ + n³) operations more at most.
 * @throws RangeError when `method` is another, an entry of A is not finite, or a singular value
 * would not be; TypeError when `vectors` or `full` is not a boolean, `full` goes without vectors, or
 * an option is unknown.
 * @example
 * ```ts
 * svd(Matrix.from([[0, 2], [1, 0]])).S; // Float64Array [2, 1]
 * ```
 */
export function svd(A: Matrix, options: SvdOptions = {}): SVD {
  const read = checkedOptions<SvdOptions>("svd", options, {
    ...{ method: word(["golub-kahan", "jacobi"]), vectors: checkBoolean, full: checkBoolean },
  });
  const { method = "golub-kahan", vectors = true, full = false } = read;
  if (full && !vectors) {
    throw new TypeError("svd: full is true and vectors is false: full completes the vectors");
  }
  const { U, S, V } = withSharedJob((job) =>
    (method === "jacobi" ? jacobi : golubKahan)(job, A, vectors),
  );
  const found = full ? { U: square(U), S, V: square(V) } : { U, S, V };
  return withOtherNames(found, "svd(A)", { s: "S", u: "U", v: "V", Vt: "V, or V.transpose()" });
}

/** Orthonormal columns, and others that complete them. */
function square(A: Matrix): Matrix {
  return withSharedJob((job) => readMatrix(completed(Block.put(job, A))));
}

function golubKahan(job: Job, A: Matrix, vectors: boolean): SVD {
  const { U, S, V } = svdInJob(putFinite(job, "svd", "A", A), { vectors });
  checkRepresentable("svd", "S", S);
  return { U: readMatrix(U), S: S.read(), V: readMatrix(V) };
}

/** In f64; only the results are rounded. */
function jacobi(job: Job, A: Matrix, vectors: boolean): SVD {
  checkMatrix("svd", "A", A);
  const { rows: m, cols: n, dtype } = A;
  const a = putFinite(job, "svd", "A", dtype === "f64" ? A : A.astype("f64"));
  const found = jacobiSvdInJob(m < n ? a.transposed() : a);
  const [left, values, right] = [found.left, found.values, found.right].map((doubles) => {
    job.use(basicKernels)[dtype].fromDoubles(doubles.length, doubles.handle, doubles.handle);
    return new Block(job, dtype, doubles.rows, doubles.cols, doubles.handle);
  });
  if (dtype === "f32" && !values.isFinite()) {
    throw new RangeError("svd: S overflows f32: the entries of A must be smaller");
  }
  const turned = m < n ? { left: right, values, right: left } : { left, values, right };
  const { U, S, V } = singularTriplets("svd", turned, Math.min(m, n));
  if (vectors) return { U, S, V };
  return { U: Matrix.zeros(m, 0, { dtype }), S, V: Matrix.zeros(n, 0, { dtype }) };
}
