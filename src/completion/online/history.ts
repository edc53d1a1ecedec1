// The observations of an online completion, and the arrays that grow with them.

/** Numbers in an array that grows: an append costs O(1) on average. */
export class Growing<A extends Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>> {
  data: A;
  length = 0;

  constructor(type: { new (length: number): A }) {
    this.data = new type(16);
  }

  /** Lengthens it by zeros. */
  grow(length: number): void {
    if (length > this.data.length) {
      const type = this.data.constructor as { new (length: number): A };
      const larger = new type(Math.max(length, 2 * this.data.length));
      larger.set(this.data);
      this.data = larger;
    }
    this.length = length;
  }

  push(value: number): void {
    this.grow(this.length + 1);
    this.data[this.length - 1] = value;
  }
}

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
