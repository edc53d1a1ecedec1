import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkColumns, checkDType, checkInteger, checkList, checkSize } from "../check/values.js";
import {
  type DType,
  elementTypeOf,
  type FloatArray,
  type Handle,
  isFloatArray,
  type Job,
  newArray,
  sparseKernels,
  withSharedJob,
} from "../wasm/index.js";
import { checkMatrix } from "./check.js";
import { Matrix } from "./matrix.js";
import { SparseRows } from "./sparse-rows.js";
import { orderByPlace, readTriplets, type Triplets } from "./triplets.js";

/**
 * The arrays of a sparse matrix: what is left of one after `structuredClone`, `postMessage` or JSON,
 * and what SciPy calls `indptr`, `indices` and `data`.
 */
export interface CompressedRows {
  readonly rows: number;
  readonly cols: number;
  /** rows + 1 numbers: row i owns the slots rowStart[i] .. rowStart[i + 1]. */
  readonly rowStart: ArrayLike<number>;
  /** The column of each slot, ascending inside a row. */
  readonly colIndices: ArrayLike<number>;
  /** The value of each slot. */
  readonly values: ArrayLike<number>;
  /** @defaultValue that of `values`, f64 for arrays that are not typed */
  readonly dtype?: DType;
}

/**
 * A sparse matrix, compressed by rows (CSR): row i owns the slots rowStart[i] .. rowStart[i + 1];
 * slot p holds `values[p]` in column `colIndices[p]`, columns ascending inside a row. Immutable by
 * convention: the arrays are the matrix itself, not copies.
 */
export class SparseMatrix extends SparseRows {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static override get name(): string {
    return "SparseMatrix";
  }

  /**
   * A sparse matrix from its entries in any order. Entries at the same place are added, in the
   * order given; zeros that are given are kept as entries. O(entries + rows + cols).
   *
   * @throws RangeError when the lengths differ, an index is outside the matrix, or a value, or
   * the sum of the values at one place, is not finite.
   * @example
   * ```ts
   * const A = SparseMatrix.fromTriplets({
   *   rows: 2, cols: 3, rowIndices: [1, 0, 1], colIndices: [2, 0, 2], values: [3, 1, 4],
   * });
   * A.toDense().toArray(); // [[1, 0, 0], [0, 0, 7]]
   * ```
   */
  static fromTriplets(triplets: Triplets): SparseMatrix {
    const name = "SparseMatrix.fromTriplets";
    const { rows, cols, rowIndices, colIndices, values } = readTriplets(name, triplets);
    const count = values.length;
    const sorted = orderByPlace(rowIndices, rows, colIndices, cols);
    const dtype = isFloatArray(values) ? (elementTypeOf(values) as DType) : "f64";
    const merged = newArray(dtype, count);
    const mergedCols = newArray("i32", count);
    const rowStart = newArray("i32", rows + 1);
    let size = 0;
    for (let row = 0; row < rows; row++) {
      const first = size;
      for (let p = sorted.start[row]; p < sorted.start[row + 1]; p++) {
        const entry = sorted.order[p];
        const col = sorted.cols[p];
        if (size > first && mergedCols[size - 1] === col) {
          merged[size - 1] += values[entry];
          checkSum(name, row, col, merged[size - 1]);
        } else {
          mergedCols[size] = col;
          merged[size++] = values[entry];
        }
      }
      rowStart[row + 1] = size;
    }
    return new SparseMatrix(rows, cols, rowStart, mergedCols.slice(0, size), merged.slice(0, size));
  }

  /**
   * A sparse matrix from its compressed rows, which are copied. O(entries + rows).
   *
   * @throws RangeError when the arrays do not fit each other, the columns of a row do not ascend or
   * leave the matrix, or a value is not finite; TypeError for what is not such an object.
   * @example
   * ```ts
   * const A = SparseMatrix.from({
   *   rows: 2, cols: 3, rowStart: [0, 1, 2], colIndices: [0, 2], values: [4, 10],
   * });
   * SparseMatrix.from(structuredClone(A)).toDense().toArray(); // [[4, 0, 0], [0, 0, 10]]
   * ```
   */
  static from(compressed: CompressedRows): SparseMatrix {
    const name = "SparseMatrix.from";
    const { rows, cols, rowStart, dtype, ...slots } = readCompressed(name, compressed);
    const rowIndices = newArray("i32", slots.values.length);
    for (let i = 0; i < rows; i++) rowIndices.fill(i, rowStart[i], rowStart[i + 1]);
    const values = newArray(dtype, slots.values.length);
    values.set(slots.values);
    return SparseMatrix.fromTriplets({
      ...{ rows, cols, rowIndices, colIndices: slots.colIndices, values },
    });
  }

  /** What `JSON.stringify` writes, and `SparseMatrix.from` takes back to the same bits. */
  toJSON(): Required<CompressedRows> {
    checkSparse("SparseMatrix.toJSON", "the matrix", this);
    const { rows, cols, dtype, rowStart, colIndices, values } = this;
    return {
      ...{ rows, cols, dtype, rowStart: Array.from(rowStart) },
      ...{ colIndices: Array.from(colIndices), values: Array.from(values) },
    };
  }

  /** Its size, its type and how many entries it has. */
  override toString(): string {
    const { rows, cols, dtype, nonzeros } = this;
    return `SparseMatrix ${rows} x ${cols} ${dtype}, ${nonzeros} entries`;
  }

  /** As of compressed rows. @internal */
  static override fromSorted(
    cols: number,
    rowStart: Int32Array<ArrayBuffer>,
    colIndices: Int32Array<ArrayBuffer>,
    values: FloatArray,
  ): SparseMatrix {
    return new SparseMatrix(rowStart.length - 1, cols, rowStart, colIndices, values);
  }

  /** The same matrix with every entry written out. */
  toDense(): Matrix {
    checkSparse("SparseMatrix.toDense", "the matrix", this);
    const { rows, cols, rowStart, colIndices, values } = this;
    const result = Matrix.zeros(rows, cols, { dtype: this.dtype });
    for (let i = 0; i < rows; i++) {
      for (let p = rowStart[i]; p < rowStart[i + 1]; p++) {
        result.data[i * cols + colIndices[p]] = values[p];
      }
    }
    return result;
  }

  /** A transposed copy, by one counting sort. */
  transpose(): SparseMatrix {
    checkSparse("SparseMatrix.transpose", "the matrix", this);
    const { start, rowIndices, position } = this.byColumns();
    const values = newArray(this.dtype, this.nonzeros);
    for (let p = 0; p < values.length; p++) values[p] = this.values[position[p]];
    // Not the index itself: whoever transfers the copy's arrays would take this one's.
    return new SparseMatrix(this.cols, this.rows, start.slice(), rowIndices.slice(), values);
  }

  /**
   * A X, in 2 nonzeros X.cols operations. NaN and infinity in X pass through at stored entries.
   *
   * @throws RangeError when X does not have `cols` rows; TypeError when the types differ.
   */
  multiply(X: Matrix): Matrix {
    checkOperand("SparseMatrix.multiply", this, X, this.cols);
    return withSharedJob((job) => {
      const out = Matrix.zeros(this.rows, X.cols, { dtype: this.dtype });
      const rowStart = job.put(this.rowStart);
      const colIndices = job.put(this.colIndices);
      const [values, x] = [job.put(this.values), job.put(X.data)];
      const y = job.allocate(this.dtype, out.data.length);
      const { sparseTimesDense } = job.use(sparseKernels)[this.dtype];
      sparseTimesDense(this.rows, X.cols, rowStart, colIndices, values, x, y, 0);
      return copyOut(job, y, out);
    });
  }

  /**
   * A' X, in 2 nonzeros X.cols operations.
   *
   * @throws RangeError when X does not have `rows` rows; TypeError when the types differ.
   */
  multiplyTransposed(X: Matrix): Matrix {
    checkOperand("SparseMatrix.multiplyTransposed", this, X, this.rows);
    const columns = this.byColumns();
    return withSharedJob((job) => {
      const out = Matrix.zeros(this.cols, X.cols, { dtype: this.dtype });
      const start = job.put(columns.start);
      const [index, position] = [job.put(columns.rowIndices), job.put(columns.position)];
      const [values, x] = [job.put(this.values), job.put(X.data)];
      const y = job.allocate(this.dtype, out.data.length);
      const { sparseTimesDenseVia } = job.use(sparseKernels)[this.dtype];
      sparseTimesDenseVia(this.cols, X.cols, start, index, position, values, x, y, 0);
      return copyOut(job, y, out);
    });
  }
}

const compressedNames: OptionNames<CompressedRows> = {
  ...{ rows: true, cols: true, rowStart: true, colIndices: true, values: true, dtype: true },
};

/** Row starts that count the slots, and columns that ascend; the rest is for `fromTriplets`. */
function readCompressed(name: string, compressed: CompressedRows): Required<CompressedRows> {
  const wanted = "an object with rows, cols, rowStart, colIndices and values";
  // A SparseMatrix is one as well.
  const given = compressed instanceof SparseMatrix ? compressed.toJSON() : compressed;
  const read = readOptions(name, given, compressedNames, wanted, "compressed rows");
  const { rows, cols, rowStart, colIndices, values } = read;
  checkSize(name, "rows", rows);
  checkSize(name, "cols", cols);
  checkList(name, "rowStart", rowStart);
  checkColumns(name, { colIndices, values });
  const { dtype = isFloatArray(values) ? (elementTypeOf(values) as DType) : "f64" } = read;
  checkDType(name, "dtype", dtype);
  if (rowStart.length !== rows + 1) {
    throw new RangeError(
      `${name}: rowStart has ${rowStart.length} entries: it must have ${rows + 1}, rows + 1`,
    );
  }
  checkInteger(name, "rowStart[0]", rowStart[0], 0, 0);
  for (let i = 0; i < rows; i++) {
    const last = i === rows - 1 ? values.length : rowStart[i];
    checkInteger(name, `rowStart[${i + 1}]`, rowStart[i + 1], last, values.length);
    for (let p = rowStart[i] + 1; p < rowStart[i + 1]; p++) {
      if (colIndices[p] > colIndices[p - 1]) continue;
      throw new RangeError(
        `${name}: row ${i} has column ${describe(colIndices[p])} after ` +
          `${describe(colIndices[p - 1])}: the columns of a row must ascend`,
      );
    }
  }
  return { ...read, dtype };
}

/** A sparse matrix with all of its entries: a transferred buffer takes them away. O(1). */
export function checkSparse(name: string, what: string, A: SparseMatrix): void {
  const { rows, rowStart, colIndices, values } = A;
  // By their bytes: see checkShape about the length of an array that was transferred.
  const given = [rowStart, colIndices, values].map(
    ({ byteLength, BYTES_PER_ELEMENT }) => byteLength / BYTES_PER_ELEMENT,
  );
  const stored = given[0] > rows ? rowStart[rows] : 0;
  const expected = [rows + 1, stored, stored];
  if (given.some((length, i) => length !== expected[i])) {
    throw new RangeError(
      `${name}: ${what} has ${given} row starts, column indices and values (a buffer that is ` +
        `transferred takes them away): there must be ${expected}`,
    );
  }
}

function checkSum(name: string, row: number, col: number, sum: number): void {
  if (!Number.isFinite(sum)) {
    throw new RangeError(
      `${name}: the values at (${row}, ${col}) add up to ${sum}: their sum must be finite`,
    );
  }
}

function checkOperand(name: string, A: SparseMatrix, X: Matrix, rows: number): void {
  checkSparse(name, "the matrix", A);
  checkMatrix(name, "X", X);
  if (X.rows !== rows) {
    throw new RangeError(
      `${name}: the matrix is ${A.rows} x ${A.cols} and X is ${X.rows} x ${X.cols}: ` +
        `X must have ${rows} rows`,
    );
  }
  if (X.dtype !== A.dtype) {
    throw new TypeError(
      `${name}: the matrix is ${A.dtype} and X is ${X.dtype}: the types must be equal`,
    );
  }
}

function copyOut(job: Job, handle: Handle, out: Matrix): Matrix {
  out.data.set(job.view(out.dtype, handle, out.data.length));
  return out;
}
