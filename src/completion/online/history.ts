import { Growing } from "../../formats/growing.js";

/** The observations in the order of their arrival. */
export class History {
  readonly rows = new Growing(Int32Array);
  readonly cols = new Growing(Int32Array);
  readonly values = new Growing(Float64Array);

  get length(): number {
    return this.values.length;
  }

  push(row: number, col: number, value: number): void {
    this.rows.push(row);
    this.cols.push(col);
    this.values.push(value);
  }

  /** Views of everything so far. */
  observations() {
    const { length } = this;
    return {
      rowIndices: this.rows.data.subarray(0, length),
      colIndices: this.cols.data.subarray(0, length),
      values: this.values.data.subarray(0, length),
    };
  }
}
