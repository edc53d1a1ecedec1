import { describe } from "../check/describe.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { withOtherNames } from "../check/other-names.js";
import { checkBoolean, checkNonNegative } from "../check/values.js";
import { withSharedJob } from "../wasm/index.js";
import { type Pivots, readPivots, readTriangle, thinQr } from "./in-job/thin-qr.js";
import { type Matrix, readMatrix } from "./matrix.js";
import type { ToleranceOptions } from "./singular-values.js";

/** A = Q R. */
export interface QR {
  /** m x k, orthonormal columns, k = min(m, n). */
  Q: Matrix;
  /** k x n, upper triangular. */
  R: Matrix;
}

/** A with its columns in the order `permutation` = Q R. */
export interface PivotedQR extends QR, Pivots {}

export interface QrOptions {
  /**
   * Exchange columns: the longest of what is left comes next, so that |R[0, 0]| ≥ |R[1, 1]| ≥ ...
   * and the first `rank` columns of Q span the range of A. @defaultValue false
   */
  pivoting?: boolean;
}

const checks: OptionChecks<QrOptions & ToleranceOptions> = {
  pivoting: checkBoolean,
  tolerance: checkNonNegative,
};

/** The options of both QR factorizations. @throws RangeError or TypeError as these. */
export function readQrOptions(
  name: string,
  options: QrOptions & ToleranceOptions,
): { pivoting: boolean; tolerance: number | undefined } {
  const { pivoting = false, tolerance } = checkedOptions(name, options, checks);
  if (tolerance !== undefined && !pivoting) {
    throw new TypeError(
      `${name}: tolerance is ${describe(tolerance)} and pivoting is false: it goes with pivoting`,
    );
  }
  return { pivoting, tolerance };
}

/**
 * Thin QR factorization of an m x n matrix: A = Q R.
 *
 * Blocked Householder reflections (compact WY, Schreiber and Van Loan 1989): Q is orthonormal to
 * machine precision also when A is rank-deficient. 4mn² - 4/3 n³ operations for m ≥ n, of which
 * forming Q is half; `householderQr` leaves Q as reflections.
 *
 * With `pivoting` (Businger and Golub 1965) the factorization goes column by column, several times
 * slower. Its rank counts the entries of R's diagonal above `tolerance` times the first: a good
 * guess that Kahan's matrices fool; `rank`, by singular values, is safe.
 *
 * @param A - any shape, also 0 rows or columns; left unchanged.
 * @returns `Q` (m x k), `R` (k x n, upper triangular), k = min(m, n), in A's type; with pivoting
 * also `permutation` (n) and `rank`.
 * @throws RangeError when an entry of A is not finite, one of R would not be, or the tolerance is
 * no finite number ≥ 0; TypeError when A is not a Matrix or `pivoting` is not a boolean.
 * @example
 * ```ts
 * Math.abs(qr(Matrix.from([[3, 1], [4, 2]])).R.get(0, 0)); // 5
 * qr(Matrix.from([[1, 2], [2, 4]]), { pivoting: true }).rank; // 1
 * ```
 */
export function qr(A: Matrix, options?: QrOptions & { pivoting?: false }): QR;
export function qr(
  A: Matrix,
  options: QrOptions & ToleranceOptions & { pivoting: true },
): PivotedQR;
export function qr(A: Matrix, options: QrOptions & ToleranceOptions = {}): QR | PivotedQR {
  const { pivoting, tolerance } = readQrOptions("qr", options);
  return withSharedJob((job) => {
    const factors = thinQr(job, "qr", A, pivoting);
    const R = readTriangle("qr", factors);
    const found = { Q: readMatrix(factors.Q), R, ...readPivots(job, A, R, factors, tolerance) };
    return withOtherNames(found, "qr(A)", { q: "Q", r: "R" });
  });
}
