import { describe, invalidValue } from "../check/describe.js";
import { checkNames, type OptionNames, readFields } from "../check/options.js";
import { otherName } from "../check/other-names.js";
import {
  checkDType,
  checkInteger,
  checkList,
  checkSeed,
  checkSize,
  isSize,
} from "../check/values.js";
import {
  type Block,
  type DType,
  elementTypeOf,
  type FloatArray,
  isFloatArray,
  newArray,
} from "../wasm/index.js";
import { matrixText } from "./matrix-text.js";
import { randomNormalArray } from "./random.js";
import * as streams from "./streams.js";

/** What `Matrix.from` takes beside rows: a matrix that was cloned, or read from JSON. */
export interface MatrixData {
  readonly rows: number;
  readonly cols: number;
  /** The entries by rows. */
  readonly data: ArrayLike<number>;
  /** @defaultValue that of `data`, f64 for arrays that are not typed */
  readonly dtype?: DType;
}

/**
 * A dense matrix: row-major, contiguous, owned by JavaScript. Entry (i, j) is `data[i * cols + j]`.
 * The type of `data` picks the kernels: `Float64Array` is f64, `Float32Array` is f32.
 */
export class Matrix<Data extends FloatArray = FloatArray> {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "Matrix";
  }

  /**
   * Wraps `data` without a copy.
   *
   * @throws TypeError when `data` is not a Float32Array or Float64Array.
   * @throws RangeError when a size is not an integer ≥ 0, or `data.length` is not `rows * cols`.
   */
  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly data: Data,
  ) {
    if (Array.isArray(rows)) {
      throw invalidValue("Matrix", "rows", rows, "an integer: Matrix.from takes rows", TypeError);
    }
    checkShape("Matrix", "", rows, cols, data);
  }

  /**
   * A matrix from an array of rows, or from `{ rows, cols, data }`, which is what is left of a matrix
   * after `structuredClone`, `postMessage` or JSON. One copy.
   *
   * @throws RangeError when the rows differ in length, or the data do not fit the shape; TypeError when
   * they are not numbers.
   * @example
   * ```ts
   * Matrix.from([[1, 2], [3, 4]]).get(1, 0); // 3
   * Matrix.from({ rows: 1, cols: 2, data: [5, 6] }).toArray(); // [[5, 6]]
   * Matrix.from(structuredClone(Matrix.identity(2))).get(1, 1); // 1
   * ```
   */
  static from(
    rows: ArrayLike<ArrayLike<number>> | MatrixData,
    options?: { dtype?: DType },
  ): Matrix {
    if (isMatrixData(rows)) return fromData(rows, options);
    const cols = checkLines("from", "row", rows);
    const result = zeros(rows.length, cols, readDType("Matrix.from", options));
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
   * @throws RangeError when the columns differ in length; TypeError when they are not columns of
   * numbers.
   * @example
   * ```ts
   * Matrix.fromColumns([[1, 2, 3], [4, 5, 6]]).row(0); // Float64Array [1, 4]
   * ```
   */
  static fromColumns(columns: ArrayLike<ArrayLike<number>>, options?: { dtype?: DType }): Matrix {
    const rows = checkLines("fromColumns", "column", columns);
    const result = zeros(rows, columns.length, readDType("Matrix.fromColumns", options));
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
    return zeros(rows, cols, readDType("Matrix.zeros", options));
  }

  /** Ones on the diagonal, zeros elsewhere; square unless `cols` is given. */
  static identity(rows: number, cols = rows, options?: { dtype?: DType }): Matrix {
    checkSize("Matrix.identity", "rows", rows);
    checkSize("Matrix.identity", "cols", cols);
    const result = zeros(rows, cols, readDType("Matrix.identity", options));
    for (let i = 0; i < Math.min(rows, cols); i++) result.data[i * cols + i] = 1;
    return result;
  }

  /**
   * Independent normal entries, mean 0 and variance 1, from a counter-based generator (Philox): the
   * same seed gives the same entries on every engine and processor, and f32 entries are the f64
   * entries rounded.
   *
   * @param options.seed - an integer in 0 .. 2^53 - 1. Default: 0.
   * @param options.dtype - f64 unless it says otherwise.
   * @throws RangeError when a size or the seed is not such an integer; TypeError for another dtype.
   * @example
   * ```ts
   * Matrix.randomNormal(2, 3, { seed: 1 }).get(0, 0); // 2.005620549900247
   * ```
   */
  static randomNormal(
    rows: number,
    cols: number,
    options: { seed?: number; dtype?: DType } = {},
  ): Matrix {
    checkSize("Matrix.randomNormal", "rows", rows);
    checkSize("Matrix.randomNormal", "cols", cols);
    const names = { seed: true, dtype: true };
    const { seed = 0, dtype = "f64" } = readFields("Matrix.randomNormal", options, names);
    checkSeed("Matrix.randomNormal", seed);
    checkDType("Matrix.randomNormal", "dtype", dtype);
    const data = randomNormalArray(rows * cols, seed, streams.matrix.first, dtype);
    return new Matrix(rows, cols, data);
  }

  /** "f32" or "f64", from the type of `data`. */
  get dtype(): DType {
    return elementTypeOf(this.data) as DType;
  }

  /** Entry (row, col). @throws RangeError outside the matrix. */
  get(row: number, col: number): number {
    const value = this.data[placeOf(this, "get", row, col)];
    if (value === undefined) checkPresent("get", this);
    return value;
  }

  /**
   * Sets entry (row, col).
   *
   * @throws RangeError outside the matrix; TypeError when the value is not a number.
   */
  set(row: number, col: number, value: number): void {
    const place = placeOf(this, "set", row, col);
    if (this.data[place] === undefined) checkPresent("set", this);
    this.data[place] = checkNumber("set", row, col, value);
  }

  /** A view, not a copy, of one row. @throws RangeError outside the matrix. */
  row(row: number): Data {
    checkInteger("Matrix.row", "row", row, 0, this.rows - 1);
    checkPresent("row", this);
    return this.data.subarray(row * this.cols, (row + 1) * this.cols) as Data;
  }

  /** A copy of one column; `row` is a view, since only rows lie together. @throws as `row`. */
  column(column: number): Data {
    checkInteger("Matrix.column", "column", column, 0, this.cols - 1);
    checkPresent("column", this);
    const result = newArray(this.dtype, this.rows) as Data;
    for (let i = 0; i < this.rows; i++) result[i] = this.data[i * this.cols + column];
    return result;
  }

  /** A transposed copy. */
  transpose(): Matrix<Data> {
    checkPresent("transpose", this);
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
    checkPresent("copy", this);
    return new Matrix(this.rows, this.cols, this.data.slice() as Data);
  }

  /** A copy with entries of another type. */
  astype(dtype: DType): Matrix {
    checkDType("Matrix.astype", "dtype", dtype);
    checkPresent("astype", this);
    const data = newArray(dtype, this.data.length);
    data.set(this.data);
    return new Matrix(this.rows, this.cols, data);
  }

  /** Its size, its type and its entries, of large matrices the first 8 rows and columns. */
  toString(): string {
    checkPresent("toString", this);
    return matrixText(this, (i, j) => this.get(i, j));
  }

  /**
   * What `JSON.stringify` writes, and `Matrix.from` takes back to the same bits.
   *
   * @throws RangeError when an entry is not finite: JSON has no such number.
   */
  toJSON(): { rows: number; cols: number; dtype: DType; data: number[] } {
    checkPresent("toJSON", this);
    const { rows, cols, dtype, data } = this;
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const place = `(${Math.floor(bad / cols)}, ${bad % cols})`;
      throw new RangeError(`Matrix.toJSON: ${place} is ${data[bad]}: JSON has finite numbers only`);
    }
    return { rows, cols, dtype, data: Array.from(data) };
  }

  /** @internal */
  static get eye(): never {
    throw otherName("Matrix.eye", "Matrix.identity");
  }

  /** @internal */
  get columns(): never {
    throw otherName("matrix.columns", "matrix.cols, matrix.column(j) or slice");
  }

  /** @internal */
  get shape(): never {
    throw otherName("matrix.shape", "matrix.rows and matrix.cols");
  }

  /** @internal */
  get T(): never {
    throw otherName("matrix.T", "matrix.transpose()");
  }

  /** @internal */
  get mmul(): never {
    throw otherName("matrix.mmul", "matmul(A, B)");
  }

  /** @internal */
  get dot(): never {
    throw otherName("matrix.dot", "matmul(A, B), or innerProduct(A, B) for a number");
  }

  /** The rows as plain arrays. */
  toArray(): number[][] {
    return Array.from({ length: this.rows }, (_, i) => Array.from(this.row(i)));
  }

  /** Same shape and same entries (NaN equals NaN, 0 equals -0), whatever the types. */
  equals(other: Matrix): boolean {
    if (!(other instanceof Matrix)) {
      throw invalidValue("Matrix.equals", "other", other, "a Matrix", TypeError);
    }
    checkPresent("equals", this);
    checkPresent("equals", other);
    if (this.rows !== other.rows || this.cols !== other.cols) return false;
    return this.data.every((value, i) => {
      const theirs = other.data[i];
      return value === theirs || (Number.isNaN(value) && Number.isNaN(theirs));
    });
  }
}

function isMatrixData(source: unknown): source is MatrixData {
  return typeof source === "object" && source !== null && "data" in source;
}

function fromData(source: MatrixData, options?: { dtype?: DType }): Matrix {
  const name = "Matrix.from";
  const {
    rows,
    cols,
    data,
    dtype: own = isFloatArray(data) ? elementTypeOf(data) : "f64",
  } = source;
  const dtype = readDType(name, options, own as DType);
  checkSize(name, "rows", rows);
  checkSize(name, "cols", cols);
  checkList(name, "data", data);
  if (data.length !== rows * cols) {
    throw new RangeError(
      `${name}: data has ${data.length} entries and the shape is ${rows} x ${cols}: ` +
        `it must have ${rows * cols}`,
    );
  }
  const result = zeros(rows, cols, dtype);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (typeof value !== "number") checkNumber("from", Math.floor(i / cols), i % cols, value);
    result.data[i] = value;
  }
  return result;
}

const dtypeOnly: OptionNames<{ dtype?: DType }> = { dtype: true };

/** The type that is asked for. Matrices are made by the million, so nothing is copied. */
function readDType(
  name: string,
  options: { dtype?: DType } | undefined,
  usual: DType = "f64",
): DType {
  if (options !== undefined) checkNames(name, options, dtypeOnly);
  const dtype = options?.dtype ?? usual;
  checkDType(name, "dtype", dtype);
  return dtype;
}

function zeros(rows: number, cols: number, dtype: DType): Matrix {
  return new Matrix(rows, cols, newArray(dtype, rows * cols));
}

/** Place of entry (row, col) in the data. No private method: those fail on a Proxy. */
function placeOf(A: Matrix, name: string, row: number, col: number): number {
  const isPlace = Number.isInteger(row) && Number.isInteger(col) && row >= 0 && col >= 0;
  if (!isPlace || row >= A.rows || col >= A.cols) {
    const place = `(${describe(row)}, ${describe(col)})`;
    throw new RangeError(`Matrix.${name}: ${place} is outside ${A.rows} x ${A.cols}`);
  }
  return row * A.cols + col;
}

/** A copy of the block, whose rows have no gaps. @internal */
export function readMatrix(block: Block): Matrix {
  return new Matrix(block.rows, block.cols, block.read());
}

/**
 * Sizes and data that belong together. @internal
 * @throws TypeError when `data` is not a Float32Array or Float64Array, RangeError when a size is no
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
  if (isSize(rows) && isSize(cols) && isFloatArray(data) && isPresent(data, rows * cols)) return;
  const prefix = what && `${what}.`;
  checkSize(name, `${prefix}rows`, rows);
  checkSize(name, `${prefix}cols`, cols);
  if (!isFloatArray(data)) {
    const wanted = "a Float64Array or a Float32Array (Matrix.from takes other arrays)";
    throw invalidValue(name, `${prefix}data`, data, wanted, TypeError);
  }
  if (!isPresent(data, rows * cols)) {
    const found = data[0] === undefined ? 0 : data.length;
    throw new RangeError(
      `${name}: ${prefix}data has ${found} entries and the shape is ${rows} x ${cols}: ` +
        `it must have ${rows * cols} (a buffer that is transferred or resized takes them away)`,
    );
  }
}

/**
 * So many entries, all of them there. Optimised code may tell the old length of an array whose
 * buffer was transferred (V8 in Node 20 and 22), but never reads an entry that is gone.
 */
function isPresent(data: FloatArray, length: number): boolean {
  return data.length === length && (length === 0 || data[length - 1] !== undefined);
}

/** That the entries are still there. No private method: those fail on a Proxy. */
function checkPresent(name: string, { rows, cols, data }: Matrix): void {
  checkShape(`Matrix.${name}`, "", rows, cols, data);
}

/** The common length of rows or columns. */
function checkLines(name: string, line: string, lines: ArrayLike<ArrayLike<number>>): number {
  const check = (what: string, value: unknown) => {
    if (!(typeof value === "object" && value !== null && "length" in value)) {
      throw invalidValue(`Matrix.${name}`, what, value, "an array", TypeError);
    }
  };
  check(`${line}s`, lines);
  checkSize(`Matrix.${name}`, `the number of ${line}s`, lines.length);
  for (let i = 0; i < lines.length; i++) {
    check(`${line} ${i}`, lines[i]);
    if (i === 0) checkSize(`Matrix.${name}`, `the length of ${line} 0`, lines[0].length);
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
  throw invalidValue(`Matrix.${name}`, `(${row}, ${col})`, value, "a number", TypeError);
}
