import {
  type DType,
  elementTypeOf,
  type FloatArray,
  isFloatArray,
  newArray,
} from "../wasm/index.js";
import { checkDType, checkInteger, checkSeed, checkSize, isSize } from "./check-option.js";
import { describe } from "./describe.js";
import { randomNormalArray } from "./random.js";

/**
 * A dense matrix: row-major, contiguous, owned by JavaScript. Entry (i, j) is `data[i * cols + j]`.
 * The type of `data` picks the kernels: `Float64Array` is f64, `Float32Array` is f32.
 */
export class Matrix<Data extends FloatArray = FloatArray> {
  /**
   * Wraps `data` without a copy.
   *
   * @throws TypeError when `data` is no Float32Array or Float64Array.
   * @throws RangeError when a size is no integer ≥ 0, or `data.length` is not `rows * cols`.
   */
  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly data: Data,
  ) {
    checkShape("Matrix", "", rows, cols, data);
  }

  /**
   * A matrix from an array of rows.
   *
   * @throws RangeError when the rows differ in length; TypeError when they are no rows of numbers.
   * @example
   * ```ts
   * Matrix.from([[1, 2], [3, 4]]).get(1, 0); // 3
   * ```
   */
  static from(rows: ArrayLike<ArrayLike<number>>, options?: { dtype?: DType }): Matrix {
    const cols = checkLines("from", "row", rows);
    const result = Matrix.zeros(rows.length, cols, options);
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < cols; j++) {
        result.data[i * cols + j] = checkNumber("from", i, j, rows[i][j]);
      }
    }
    return result;
  }

  /**
   * A matrix from columns that lie apart, such as those of a data frame: one copy.
   *
   * @throws RangeError when the columns differ in length; TypeError when they are no columns of
   * numbers.
   * @example
   * ```ts
   * Matrix.fromColumns([[1, 2, 3], [4, 5, 6]]).row(0); // Float64Array [1, 4]
   * ```
   */
  static fromColumns(columns: ArrayLike<ArrayLike<number>>, options?: { dtype?: DType }): Matrix {
    const rows = checkLines("fromColumns", "column", columns);
    const result = Matrix.zeros(rows, columns.length, options);
    for (let j = 0; j < columns.length; j++) {
      for (let i = 0; i < rows; i++) {
        result.data[i * columns.length + j] = checkNumber("fromColumns", i, j, columns[j][i]);
      }
    }
    return result;
  }

  /** All zeros; f64 unless `dtype` says otherwise. */
  static zeros(rows: number, cols: number, options?: { dtype?: DType }): Matrix {
    checkSize("Matrix.zeros", "rows", rows);
    checkSize("Matrix.zeros", "cols", cols);
    const dtype = options?.dtype ?? "f64";
    checkDType("Matrix.zeros", dtype);
    return new Matrix(rows, cols, newArray(dtype, rows * cols));
  }

  /** Ones on the diagonal, zeros elsewhere; square unless `cols` is given. */
  static identity(rows: number, cols = rows, options?: { dtype?: DType }): Matrix {
    const result = Matrix.zeros(rows, cols, options);
    for (let i = 0; i < Math.min(rows, cols); i++) result.data[i * cols + i] = 1;
    return result;
  }

  /**
   * Independent normal entries, mean 0 and variance 1, from a counter-based generator (Philox): the
   * same seed gives the same entries on every engine and processor, and f32 entries are the f64
   * entries rounded.
   *
   * @param options.seed - an integer in 0 .. 2^53 - 1.
   * @param options.dtype - f64 unless it says otherwise.
   * @throws RangeError when a size or the seed is no such integer; TypeError for another dtype.
   * @example
   * ```ts
   * Matrix.randomNormal(2, 3, { seed: 1 }).get(0, 0); // 2.005620549900247
   * ```
   */
  static randomNormal(
    rows: number,
    cols: number,
    options: { seed: number; dtype?: DType },
  ): Matrix {
    checkSize("Matrix.randomNormal", "rows", rows);
    checkSize("Matrix.randomNormal", "cols", cols);
    const dtype = options?.dtype ?? "f64";
    checkSeed("Matrix.randomNormal", options?.seed);
    checkDType("Matrix.randomNormal", dtype);
    return new Matrix(rows, cols, randomNormalArray(rows * cols, options.seed, 0, dtype));
  }

  /** "f32" or "f64", from the type of `data`. */
  get dtype(): DType {
    return elementTypeOf(this.data) as DType;
  }

  /** Entry (row, col). @throws RangeError outside the matrix. */
  get(row: number, col: number): number {
    return this.data[placeOf(this, "get", row, col)];
  }

  /**
   * Sets entry (row, col).
   *
   * @throws RangeError outside the matrix; TypeError when the value is no number.
   */
  set(row: number, col: number, value: number): void {
    const place = placeOf(this, "set", row, col);
    this.data[place] = checkNumber("set", row, col, value);
  }

  /** A view, not a copy, of one row. @throws RangeError outside the matrix. */
  row(row: number): Data {
    checkInteger("Matrix.row", "row", row, 0, this.rows - 1);
    return this.data.subarray(row * this.cols, (row + 1) * this.cols) as Data;
  }

  /** A transposed copy. */
  transpose(): Matrix<Data> {
    const { rows, cols, data } = this;
    const result = newArray(this.dtype, data.length) as Data;
    if (data.length === 0) return new Matrix(cols, rows, result);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) result[j * rows + i] = data[i * cols + j];
    }
    return new Matrix(cols, rows, result);
  }

  /** A copy. */
  copy(): Matrix<Data> {
    return new Matrix(this.rows, this.cols, this.data.slice() as Data);
  }

  /** A copy with entries of another type. */
  astype(dtype: DType): Matrix {
    checkDType("Matrix.astype", dtype);
    const data = newArray(dtype, this.data.length);
    data.set(this.data);
    return new Matrix(this.rows, this.cols, data);
  }

  /** The rows as plain arrays. */
  toArray(): number[][] {
    return Array.from({ length: this.rows }, (_, i) => Array.from(this.row(i)));
  }

  /** Same shape and same entries (NaN equals NaN, 0 equals -0), whatever the types. */
  equals(other: Matrix): boolean {
    if (!(other instanceof Matrix)) {
      throw new TypeError(`Matrix.equals: other is ${describe(other)}: it must be a Matrix`);
    }
    if (this.rows !== other.rows || this.cols !== other.cols) return false;
    return this.data.every((value, i) => {
      const theirs = other.data[i];
      return value === theirs || (Number.isNaN(value) && Number.isNaN(theirs));
    });
  }
}

/** Place of entry (row, col) in the data. No private method: those fail on a Proxy. */
function placeOf(A: Matrix, name: string, row: number, col: number): number {
  const inside =
    Number.isInteger(row) &&
    Number.isInteger(col) &&
    row >= 0 &&
    col >= 0 &&
    row < A.rows &&
    col < A.cols;
  if (!inside) {
    const place = `(${describe(row)}, ${describe(col)})`;
    throw new RangeError(`Matrix.${name}: ${place} is outside of ${A.rows} x ${A.cols}`);
  }
  return row * A.cols + col;
}

/**
 * Sizes and data that belong together. @internal
 * @throws TypeError when `data` is no Float32Array or Float64Array, RangeError when a size is no
 * integer ≥ 0 or `data.length` is not `rows * cols`.
 */
export function checkShape(
  name: string,
  what: string,
  rows: number,
  cols: number,
  data: FloatArray,
): void {
  // Before any text is made: a small product takes less time than the names of its operands.
  if (isSize(rows) && isSize(cols) && isFloatArray(data) && data.length === rows * cols) return;
  const prefix = what && `${what}.`;
  checkSize(name, `${prefix}rows`, rows);
  checkSize(name, `${prefix}cols`, cols);
  if (!isFloatArray(data)) {
    throw new TypeError(
      `${name}: ${prefix}data is ${describe(data)}: it must be a Float64Array or a Float32Array`,
    );
  }
  if (data.length !== rows * cols) {
    throw new RangeError(
      `${name}: ${prefix}data has ${data.length} entries and the shape is ${rows} x ${cols}: ` +
        `it must have ${rows * cols} (a buffer that is transferred or resized takes them away)`,
    );
  }
}

/** The common length of rows or columns. */
function checkLines(name: string, line: string, lines: ArrayLike<ArrayLike<number>>): number {
  const check = (what: string, value: unknown) => {
    if (!(typeof value === "object" && value !== null && "length" in value)) {
      throw new TypeError(`Matrix.${name}: ${what} is ${describe(value)}: it must be an array`);
    }
  };
  check(`${line}s`, lines);
  for (let i = 0; i < lines.length; i++) {
    check(`${line} ${i}`, lines[i]);
    if (lines[i].length !== lines[0].length) {
      throw new RangeError(
        `Matrix.${name}: ${line} ${i} has ${lines[i].length} entries and ${line} 0 has ` +
          `${lines[0].length}: all ${line}s must have the same length`,
      );
    }
  }
  return lines.length === 0 ? 0 : lines[0].length;
}

function checkNumber(name: string, row: number, col: number, value: unknown): number {
  if (typeof value === "number") return value;
  throw new TypeError(
    `Matrix.${name}: (${row}, ${col}) is ${describe(value)}: it must be a number`,
  );
}
