// Parts of matrices, and matrices put together.

import { invalidValue } from "../check/describe.js";
import { readOptions } from "../check/options.js";
import { checkInteger, checkList, checkSize } from "../check/values.js";
import { checkMatrix, checkTypes } from "./check.js";
import { beside, block } from "./columns.js";
import { Matrix } from "./matrix.js";

export interface SliceOptions {
  /** The first row, and the first that is left out. @defaultValue all rows */
  rows?: readonly [start: number, end: number];
  /** The first column, and the first that is left out. @defaultValue all columns */
  cols?: readonly [start: number, end: number];
}

/**
 * A copy of some rows and columns of A: NumPy's `A[a:b, c:d]`.
 *
 * `viewRows` shares the entries in place of copying them.
 *
 * @param A - m x n; left unchanged.
 * @throws RangeError when an interval leaves the matrix; TypeError when A is not a Matrix or an
 * interval is not [start, end].
 * @example
 * ```ts
 * const A = Matrix.from([[1, 2, 3], [4, 5, 6]]);
 * slice(A, { rows: [1, 2], cols: [0, 2] }).toArray(); // [[4, 5]]
 * ```
 */
export function slice(A: Matrix, options: SliceOptions): Matrix {
  checkMatrix("slice", "A", A);
  const { rows, cols } = readOptions("slice", options, { rows: true, cols: true });
  const [top, bottom] = interval("rows", rows, A.rows);
  const [left, right] = interval("cols", cols, A.cols);
  return block(A, top, left, bottom - top, right - left);
}

/**
 * Rows start .. end - 1 of A without a copy: both matrices have the same entries.
 *
 * @param end - the first row that is left out. Default: all rows to the last.
 * @throws RangeError when they are outside the matrix; TypeError when A is not a Matrix.
 * @example
 * ```ts
 * const A = Matrix.from([[1, 2], [3, 4], [5, 6]]);
 * viewRows(A, 1).set(0, 0, 9);
 * A.toArray(); // [[1, 2], [9, 4], [5, 6]]
 * ```
 */
export function viewRows(A: Matrix, start: number, end?: number): Matrix {
  checkMatrix("viewRows", "A", A);
  checkInteger("viewRows", "start", start, 0, A.rows);
  const { rows, cols, data } = A;
  const last = end ?? rows;
  checkInteger("viewRows", "end", last, start, rows);
  return new Matrix(last - start, cols, data.subarray(start * cols, last * cols));
}

/**
 * Matrices beside each other, as NumPy's `hstack`: the columns of all.
 *
 * @param parts - one matrix or more, of one type and with as many rows; left unchanged.
 * @throws RangeError when their rows differ in number; TypeError when they are not matrices of one
 * type.
 * @example
 * ```ts
 * hstack([Matrix.from([[1], [2]]), Matrix.from([[3], [4]])]).toArray(); // [[1, 3], [2, 4]]
 * ```
 */
export function hstack(parts: readonly Matrix[]): Matrix {
  checkParts("hstack", parts, "rows");
  return beside(...parts);
}

/**
 * Matrices below each other, as NumPy's `vstack`: the rows of all.
 *
 * @param parts - one matrix or more, of one type and with as many columns; left unchanged.
 * @throws RangeError when their columns differ in number; TypeError when they are not matrices of
 * one type.
 * @example
 * ```ts
 * vstack([Matrix.from([[1, 2]]), Matrix.from([[3, 4]])]).toArray(); // [[1, 2], [3, 4]]
 * ```
 */
export function vstack(parts: readonly Matrix[]): Matrix {
  checkParts("vstack", parts, "cols");
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  checkSize("vstack", "the number of rows", rows);
  const result = Matrix.zeros(rows, parts[0].cols, { dtype: parts[0].dtype });
  let at = 0;
  for (const { data } of parts) {
    result.data.set(data, at);
    at += data.length;
  }
  return result;
}

function interval(
  what: "rows" | "cols",
  given: readonly [number, number] | undefined,
  size: number,
): readonly [number, number] {
  if (given === undefined) return [0, size];
  checkList("slice", what, given);
  if (given.length !== 2) {
    throw new TypeError(
      `slice: ${what} has ${given.length} entries: it must be [start, end], the end left out`,
    );
  }
  checkInteger("slice", `${what}[0]`, given[0], 0, size);
  checkInteger("slice", `${what}[1]`, given[1], given[0], size);
  return given;
}

function checkParts(name: string, parts: readonly Matrix[], common: "rows" | "cols"): void {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw invalidValue(name, "parts", parts, "an array of one matrix or more", TypeError);
  }
  for (const [i, part] of parts.entries()) {
    checkMatrix(name, `parts[${i}]`, part);
    checkTypes(name, parts[0].dtype, part.dtype);
    if (part[common] === parts[0][common]) continue;
    const lines = common === "rows" ? "rows" : "columns";
    throw new RangeError(
      `${name}: parts[0] is ${parts[0].rows} x ${parts[0].cols} and parts[${i}] is ` +
        `${part.rows} x ${part.cols}: they must have the same number of ${lines}`,
    );
  }
}
