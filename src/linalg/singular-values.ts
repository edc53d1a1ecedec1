// Which singular values count: the tolerance that `rank`, `lstsq` and `pinv` share.

import { checkedOptions } from "../check/options.js";
import { checkNonNegative } from "../check/values.js";
import { type FloatArray, withSharedJob } from "../wasm/index.js";
import { putFinite } from "./check.js";
import { spacing } from "./eps.js";
import { svdInJob } from "./in-job/golub-kahan.js";
import { scaleToSafeRange } from "./in-job/scaling.js";
import type { Matrix } from "./matrix.js";

export interface ToleranceOptions {
  /**
   * Singular values up to `tolerance` times the largest count as zero. The default is max(m, n) eps,
   * eps = 2^-52 in f64 and 2^-23 in f32: the size of what rounding A's entries adds to a zero
   * singular value (Golub and Van Loan, section 5.4; the default of NumPy, SciPy and the Python
   * array API). @defaultValue max(m, n) eps
   */
  tolerance?: number;
}

/** The tolerance where it is given. @throws RangeError when it is not a finite number >= 0. */
export function readTolerance(name: string, options: ToleranceOptions): number | undefined {
  return checkedOptions(name, options, { tolerance: checkNonNegative }).tolerance;
}

/** The number of singular values, descending, above the tolerance. */
export function numericalRank(A: Matrix, S: FloatArray, tolerance: number | undefined): number {
  const limit = tolerance ?? Math.max(A.rows, A.cols) * spacing[A.dtype];
  // By the ratio: the product with a tiny S[0] might underflow to 0.
  let rank = 0;
  while (rank < S.length && S[rank] > 0 && S[rank] / S[0] > limit) rank++;
  return rank;
}

/** Singular values up to a common power of two, so that they overflow for no A. */
export function relativeSingularValues(name: string, A: Matrix): FloatArray {
  return withSharedJob((job) => {
    const a = putFinite(job, name, "A", A);
    scaleToSafeRange(a);
    return svdInJob(a, { vectors: false }).S.read();
  });
}

/** The number of entries of R's descending diagonal above the tolerance. */
export function diagonalRank(A: Matrix, R: Matrix, tolerance: number | undefined): number {
  const diagonal = Float64Array.from({ length: R.rows }, (_, i) =>
    Math.abs(R.data[i * R.cols + i]),
  );
  return numericalRank(A, diagonal, tolerance);
}
