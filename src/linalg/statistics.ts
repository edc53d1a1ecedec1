// Sums, means and variances of the rows or columns of a matrix, in f64 whatever its type, added in
// the order of the entries. In plain loops: to add an entry takes no longer than to copy it into a
// job.

import { integer, word } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { checkFitsJob, type FloatArray, newArray } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import { Matrix } from "./matrix.js";
import { checkSparse, SparseMatrix } from "./sparse-matrix.js";

/** Which lines of a matrix a statistic is of: one number for each column, or for each row. */
export type Lines = "columns" | "rows";

export interface VarianceOptions {
  /**
   * Degrees of freedom that are taken off: the sum of squares is divided by the number of entries
   * less this. 1 makes the variance of a sample an unbiased one. @defaultValue 0
   */
  ddof?: number;
}

/**
 * The sum of each column of A, or of each row.
 *
 * @param A - m x n, dense or sparse; left unchanged.
 * @param of - whose sums. Default: `"columns"`.
 * @returns n numbers, or m, in A's type. mn operations; one per entry of a sparse matrix.
 * @throws RangeError when an entry, or a sum in A's type, is not finite, or `of` is another word;
 * TypeError when A is not a matrix; OutOfMemoryError for 2^29 results or more.
 * @example
 * ```ts
 * const A = Matrix.from([[1, 2], [3, 4]]);
 * sums(A); // Float64Array [4, 6]
 * sums(A, "rows"); // Float64Array [3, 7]
 * ```
 */
export function sums(A: Matrix | SparseMatrix, of: Lines = "columns"): FloatArray {
  checkEntries("sums", A, of);
  return inTypeOf("sums", A, sumsOf(A, of));
}

/**
 * The mean of each column of A, or of each row.
 *
 * @param A - m x n, dense or sparse, whose entries that are not stored count as 0; left unchanged.
 * @param of - whose means. Default: `"columns"`.
 * @returns n numbers, or m, in A's type. 4mn operations; of a sparse matrix, four per entry.
 * @throws as `sums`; RangeError when there are no entries to average.
 * @example
 * ```ts
 * means(Matrix.from([[1, 2], [3, 4]])); // Float64Array [2, 3]
 * ```
 */
export function means(A: Matrix | SparseMatrix, of: Lines = "columns"): FloatArray {
  checkEntries("means", A, of);
  return inTypeOf("means", A, meansOf("means", A, of));
}

/**
 * The variance of each column of A, or of each row: the mean square of the differences to the mean.
 *
 * The means first, then the differences: nothing cancels where the means are large.
 *
 * @param A - m x n, dense or sparse, whose entries that are not stored count as 0; left unchanged.
 * @param of - whose variances. Default: `"columns"`.
 * @returns n numbers, or m, in A's type. 7mn operations; of a sparse matrix, seven per entry.
 * @throws as `sums`; RangeError when there are no more entries than `ddof`.
 * @example
 * ```ts
 * const A = Matrix.from([[1, 2], [3, 4]]);
 * variances(A); // Float64Array [1, 1]
 * variances(A, "columns", { ddof: 1 }); // Float64Array [2, 2]
 * ```
 */
export function variances(
  A: Matrix | SparseMatrix,
  of: Lines = "columns",
  options: VarianceOptions = {},
): FloatArray {
  const { ddof = 0 } = checkedOptions<VarianceOptions>("variances", options, { ddof: integer(0) });
  checkEntries("variances", A, of);
  const centers = meansOf("variances", A, of);
  return inTypeOf("variances", A, variancesOf("variances", A, centers, of, ddof));
}

/** Finite entries of a matrix. */
function checkEntries(name: string, A: Matrix | SparseMatrix, of: Lines): void {
  word<Lines>(["columns", "rows"])(name, "of", of);
  if (A instanceof SparseMatrix) {
    checkSparse(name, "A", A);
    checkFinite(name, "A.values", new Matrix(1, A.nonzeros, A.values));
  } else {
    checkFinite(name, "A", A);
  }
}

const linesIn = (A: Matrix | SparseMatrix, of: Lines) => (of === "rows" ? A.rows : A.cols);
const entriesIn = (A: Matrix | SparseMatrix, of: Lines) => (of === "rows" ? A.cols : A.rows);

/**
 * For each line, the sum of the differences of its entries to its center, or of their squares.
 * Entries that are not stored are 0.
 */
function accumulate(
  A: Matrix | SparseMatrix,
  of: Lines,
  centers: Float64Array,
  squared: boolean,
): Float64Array {
  const totals = new Float64Array(centers.length);
  const byRows = of === "rows";
  const term = (x: number) => (squared ? x * x : x);
  if (A instanceof SparseMatrix) {
    const missing = totals.map(() => entriesIn(A, of));
    for (let i = 0; i < A.rows; i++) {
      for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++) {
        const line = byRows ? i : A.colIndices[p];
        totals[line] += term(A.values[p] - centers[line]);
        missing[line]--;
      }
    }
    return totals.map((total, line) => total + missing[line] * term(-centers[line]));
  }
  const { cols, data } = A;
  for (let place = 0, i = 0; place < data.length; i++) {
    for (let j = 0; j < cols; j++, place++) {
      const line = byRows ? i : j;
      const difference = data[place] - centers[line];
      totals[line] += squared ? difference * difference : difference;
    }
  }
  return totals;
}

function sumsOf(A: Matrix | SparseMatrix, of: Lines): Float64Array {
  checkFitsJob("f64", linesIn(A, of));
  return accumulate(A, of, new Float64Array(linesIn(A, of)), false);
}

/**
 * In f64; the rounding of a first mean is made up for, so that equal entries have their value for a
 * mean. @throws RangeError when there is nothing to average. @internal
 */
export function meansOf(name: string, A: Matrix | SparseMatrix, of: Lines): Float64Array {
  checkCount(name, A, of, 0);
  const count = entriesIn(A, of);
  const first = sumsOf(A, of).map((sum) => sum / count);
  const left = accumulate(A, of, first, false);
  return first.map((mean, i) => mean + left[i] / count);
}

/** In f64. @internal */
export function variancesOf(
  name: string,
  A: Matrix | SparseMatrix,
  centers: Float64Array,
  of: Lines,
  ddof: number,
): Float64Array {
  checkCount(name, A, of, ddof);
  const count = entriesIn(A, of) - ddof;
  return accumulate(A, of, centers, true).map((sum) => sum / count);
}

function checkCount(name: string, A: Matrix | SparseMatrix, of: Lines, ddof: number): void {
  if (entriesIn(A, of) > ddof) return;
  throw new RangeError(
    `${name}: A is ${A.rows} x ${A.cols}: it must have more than ${ddof} ` +
      `${of === "rows" ? "columns" : "rows"}`,
  );
}

/** In A's type. @throws RangeError when one of them is not finite. @internal */
export function inTypeOf(name: string, A: Matrix | SparseMatrix, values: Float64Array): FloatArray {
  const result = newArray(A.dtype, values.length);
  result.set(values);
  const bad = result.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return result;
  throw new RangeError(
    `${name}: number ${bad} overflows ${A.dtype}: the entries of A must be smaller`,
  );
}
