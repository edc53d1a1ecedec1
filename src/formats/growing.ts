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

  /** A copy of what there is. */
  read(): A {
    return this.data.slice(0, this.length) as A;
  }
}
