// Columns brought to mean 0, and to variance 1.

import type { FloatArray } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import type { Matrix } from "./matrix.js";
import { inTypeOf, meansOf, variancesOf } from "./statistics.js";

/** Columns with mean 0, and what was taken off. */
export interface Centered {
  /** m x n. */
  centered: Matrix;
  /** n means, in A's type. */
  means: FloatArray;
}

/** Columns with mean 0 and variance 1, and what made them so. */
export interface Standardized {
  /** m x n: (A[i, j] - means[j]) / deviations[j]. */
  standardized: Matrix;
  /** n means, in A's type. */
  means: FloatArray;
  /** n standard deviations, in A's type; 1 for a column whose entries are all equal. */
  deviations: FloatArray;
}

/**
 * A less the mean of each column. 5mn operations.
 *
 * @param A - m x n; left unchanged.
 * @throws RangeError when an entry is not finite or there are no rows; TypeError when A is not a
 * Matrix.
 * @example
 * ```ts
 * center(Matrix.from([[1, 2], [3, 6]])).centered.toArray(); // [[-1, -2], [1, 2]]
 * ```
 */
export function center(A: Matrix): Centered {
  checkFinite("center", "A", A);
  const { shifted, means } = shiftedAndScaled("center", A, meansOf("center", A, "columns"));
  return { centered: shifted, means };
}

/**
 * A less the mean of each column, divided by its standard deviation: scikit-learn's
 * `StandardScaler`. 9mn operations.
 *
 * @param A - m x n; left unchanged. Variances are those of all rows (ddof 0); a column whose entries
 * are all equal becomes 0.
 * @throws as `center`.
 * @example
 * ```ts
 * standardize(Matrix.from([[1, 2], [3, 6]])).standardized.toArray(); // [[-1, -1], [1, 1]]
 * ```
 */
export function standardize(A: Matrix): Standardized {
  checkFinite("standardize", "A", A);
  const centers = meansOf("standardize", A, "columns");
  const variances = variancesOf("standardize", A, centers, "columns", 0);
  const deviations = variances.map((variance) => Math.sqrt(variance) || 1);
  const { shifted, means } = shiftedAndScaled("standardize", A, centers, deviations);
  return { standardized: shifted, means, deviations: inTypeOf("standardize", A, deviations) };
}

function shiftedAndScaled(
  name: string,
  A: Matrix,
  centers: Float64Array,
  deviations?: Float64Array,
): { shifted: Matrix; means: FloatArray } {
  const shifted = A.copy();
  for (let i = 0; i < shifted.data.length; i++) {
    const col = i % A.cols;
    const difference = A.data[i] - centers[col];
    shifted.data[i] = deviations === undefined ? difference : difference / deviations[col];
  }
  checkFinite(name, "the result", shifted);
  return { shifted, means: inTypeOf(name, A, centers) };
}
