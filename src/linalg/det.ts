import { withSharedJob } from "../wasm/index.js";
import { checkSquare, putFinite } from "./check.js";
import { log } from "./elementary.js";
import { luInJob } from "./in-job/lu.js";
import { exponentOf, scaleForElimination } from "./in-job/scaling.js";
import type { Matrix } from "./matrix.js";

/** A determinant that cannot overflow: det = sign exp(logAbs). */
export interface LogDet {
  /** 1, -1, or 0 when elimination meets a zero pivot. */
  sign: 1 | -1 | 0;
  /** Natural logarithm of |det|; -Infinity when det is 0. */
  logAbs: number;
}

/**
 * Determinant of an n x n matrix, 1 when n = 0.
 *
 * The product of the pivots of `solve`'s factorization, so it has the relative error of a product
 * of n factors for a matrix within rounding of A. Says nothing of how close to singular A is: take
 * `cond`. 2/3 n³ operations.
 *
 * @param A - n x n; left unchanged.
 * @returns a number in f64, also for f32 matrices; 0 where it is below the range of f64.
 * @throws RangeError when A is not square, an entry is not finite, or the determinant is above the
 * range of f64 (take `logDet`); TypeError when A is not a Matrix.
 * @example
 * ```ts
 * det(Matrix.from([[1, 2], [3, 4]])); // -2
 * ```
 */
export function det(A: Matrix): number {
  const { mantissa, exponent } = pivotProduct("det", A);
  // In two steps: 2^exponent alone may leave the range where the product does not.
  const half = Math.trunc(exponent / 2);
  const result =
    Math.abs(exponent) > 4000
      ? mantissa * (exponent < 0 ? 0 : Number.POSITIVE_INFINITY)
      : mantissa * 2 ** half * 2 ** (exponent - half);
  if (!Number.isFinite(result)) {
    throw new RangeError("det: the determinant overflows f64: take logDet");
  }
  return result;
}

/**
 * Sign and logarithm of the determinant of an n x n matrix: det = sign exp(logAbs).
 *
 * As `det`, without over- and underflow (NumPy's slogdet). The error of `logAbs` is some n eps,
 * absolute. The logarithm is the package's own, so the bits are the same on every engine.
 *
 * @param A - n x n; left unchanged.
 * @throws RangeError when A is not square or an entry is not finite; TypeError when A is not a
 * Matrix.
 * @example
 * ```ts
 * logDet(Matrix.from([[0, 2], [3, 0]])); // { sign: -1, logAbs: 1.791759469228055 }
 * ```
 */
export function logDet(A: Matrix): LogDet {
  const { mantissa, exponent } = pivotProduct("logDet", A);
  if (mantissa === 0) return { sign: 0, logAbs: Number.NEGATIVE_INFINITY };
  const logAbs = log(Math.abs(mantissa)) + exponent * Math.LN2;
  return { sign: mantissa < 0 ? -1 : 1, logAbs };
}

/** det A = mantissa 2^exponent, sqrt(1/2) <= |mantissa| < sqrt(2), or mantissa = 0. */
function pivotProduct(name: string, A: Matrix): { mantissa: number; exponent: number } {
  checkSquare(name, "A", A);
  return withSharedJob((job) => {
    const a = putFinite(job, name, "A", A);
    const n = a.rows;
    const scaling = scaleForElimination(a);
    const { pivots, singular } = luInJob(a);
    if (singular >= 0) return { mantissa: 0, exponent: 0 };
    const factors = a.view();
    const exchanged = job.view("i32", pivots, n);
    let mantissa = 1;
    let exponent = -n * scaling;
    for (let i = 0; i < n; i++) {
      mantissa *= exchanged[i] === i ? factors[i * n + i] : -factors[i * n + i];
      // Near 1 in magnitude, so that a determinant near 1 has a logarithm without cancellation.
      const shift = exponentOf(Math.abs(mantissa) * Math.SQRT2);
      mantissa *= 2 ** -shift;
      exponent += shift;
    }
    return { mantissa, exponent };
  });
}
