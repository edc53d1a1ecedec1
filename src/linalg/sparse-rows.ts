import {
  checkFitsJob,
  type DType,
  elementTypeOf,
  type FloatArray,
  newArray,
} from "../wasm/index.js";

/** The slots sorted by columns: column j owns start[j] .. start[j + 1]. */
export interface ColumnIndex {
  readonly start: Int32Array<ArrayBuffer>;
  /** Row of each slot, ascending inside a column. */
  readonly rowIndices: Int32Array<ArrayBuffer>;
  /** Where the slot's value is in `values`, which stay sorted by rows. */
  readonly position: Int32Array<ArrayBuffer>;
}

/**
 * The compressed rows of a sparse matrix, without what `SparseMatrix` does for its users: for who computes on
 * the arrays, so that a bundle of a fit has no more.
 */
export class SparseRows {
  /** The index by columns, once it is made, of all matrices with this pattern. */
  readonly #byColumns: { index?: ColumnIndex };

  /** @internal */
  protected constructor(
    readonly rows: number,
    readonly cols: number,
    readonly rowStart: Int32Array<ArrayBuffer>,
    readonly colIndices: Int32Array<ArrayBuffer>,
    readonly values: FloatArray,
    byColumns: { index?: ColumnIndex } = {},
  ) {
    this.#byColumns = byColumns;
  }

  /**
   * A matrix of these arrays, which are neither copied nor checked: row starts from 0 to the number
   * of entries, the columns of a row increasing, finite values. @internal
   */
  static fromSorted(
    cols: number,
    rowStart: Int32Array<ArrayBuffer>,
    colIndices: Int32Array<ArrayBuffer>,
    values: FloatArray,
  ): SparseRows {
    return new SparseRows(rowStart.length - 1, cols, rowStart, colIndices, values);
  }

  /** "f32" or "f64", from the type of `values`. */
  get dtype(): DType {
    return elementTypeOf(this.values) as DType;
  }

  /** Entries stored, zeros among them included. */
  get nonzeros(): number {
    return this.values.length;
  }

  /** Other values, finite, at the same places: their arrays and index are shared. @internal */
  withValues(values: FloatArray): this {
    const { rows, cols, rowStart, colIndices } = this;
    const Rows = this.constructor as typeof SparseRows;
    return new Rows(rows, cols, rowStart, colIndices, values, this.#byColumns) as this;
  }

  /** The index by columns, made on first use and kept: products with A' gather too. @internal */
  byColumns(): ColumnIndex {
    if (this.#byColumns.index) return this.#byColumns.index;
    checkFitsJob("i32", this.cols + 1);
    const index = {
      start: newArray("i32", this.cols + 1),
      rowIndices: newArray("i32", this.nonzeros),
      position: newArray("i32", this.nonzeros),
    };
    this.indexColumns(index);
    this.#byColumns.index = index;
    return index;
  }

  /**
   * Fills the arrays, of cols + 1, nonzeros and nonzeros numbers, with the index by columns, which is
   * not kept: for who has a place for it. One counting sort. @internal
   */
  indexColumns({ start, rowIndices, position }: ColumnIndex): void {
    const { rows, cols, rowStart, colIndices, nonzeros } = this;
    start.fill(0);
    for (let p = 0; p < nonzeros; p++) start[colIndices[p] + 1]++;
    for (let col = 0; col < cols; col++) start[col + 1] += start[col];
    const next = start.slice();
    for (let row = 0; row < rows; row++) {
      for (let p = rowStart[row]; p < rowStart[row + 1]; p++) {
        const slot = next[colIndices[p]]++;
        rowIndices[slot] = row;
        position[slot] = p;
      }
    }
  }
}
