import { withSharedJob } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import { Matrix } from "./matrix.js";
import { factorColumns, orthogonalColumns, transposed } from "./orthogonal.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** A = Q R. */
export interface QR {
  /** m x k, orthonormal columns, k = min(m, n). */
  Q: Matrix;
  /** k x n, upper triangular. */
  R: Matrix;
}

/**
 * Thin QR factorization of an m x n matrix: A = Q R.
 *
 * Blocked Householder reflections (compact WY, Schreiber and Van Loan 1989): Q is orthonormal to
 * machine precision also when A is rank-deficient. 4mn² - 4/3 n³ operations for m ≥ n, of which
 * forming Q is half.
 *
 * @param A - any shape, also 0 rows or columns; left unchanged.
 * @returns `Q` (m x k), `R` (k x n, upper triangular), k = min(m, n), in A's type.
 * @throws RangeError when an entry of A is not finite, or one of R would not be.
 * @example
 * ```ts
 * Math.abs(qr(Matrix.from([[3, 1], [4, 2]])).R.get(0, 0)); // 5
 * ```
 */
export function qr(A: Matrix): QR {
  checkFinite("qr", "A", A);
  const { rows: m, cols: n, dtype } = A;
  const k = Math.min(m, n);
  return withSharedJob((job) => {
    const kernels = job.kernels(dtype);
    const columns = transposed(job, dtype, m, n, job.put(A.data));
    const exponent = scaleToSafeRange(job, dtype, m * n, columns);
    const reflections = factorColumns(job, dtype, m, n, columns);
    const q = transposed(job, dtype, k, m, orthogonalColumns(job, dtype, m, k, k, reflections));
    const r = job.allocate(dtype, k * n);
    kernels.transpose(n, k, columns, m, r, n);
    const rows = job.view(dtype, r, k * n);
    for (let i = 1; i < k; i++) rows.fill(0, i * n, i * n + i);
    scaleByPowerOfTwo(job, dtype, k * n, r, -exponent);
    checkRepresentable(job, "qr", "R", dtype, k * n, r);
    return {
      Q: new Matrix(m, k, job.read(dtype, q, m * k)),
      R: new Matrix(k, n, job.read(dtype, r, k * n)),
    };
  });
}
