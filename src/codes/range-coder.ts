// Range coding (Martin 1979) with integer counts: symbol by symbol the interval [low, low + range)
// shrinks to the symbol's share of it, and the bytes of a number inside the last one are the code. All
// numbers are integers below 2^53, so every engine makes the same bytes.

/** The interval is kept at least this wide: a byte leaves as soon as it is narrower. */
const narrowest = 2 ** 32;
const byte = 2 ** 8;
const whole = narrowest * byte;

/** Counts add up to at most this: a share is then at most 2^-8 of itself narrower than it should be. */
export const largestTotal = 2 ** 24;

/** Writes symbols, each given as its share [start, start + count) of `total`. */
export class RangeEncoder {
  readonly #bytes: number[] = [];
  #low = 0;
  #range = whole;

  /** Adds a symbol. 1 <= count, start + count <= total <= 2^24, all integers. O(1). */
  encode(start: number, count: number, total: number): void {
    const unit = Math.floor(this.#range / total);
    this.#raise(unit * start);
    this.#range = unit * count;
    while (this.#range < narrowest) {
      this.#shift();
      this.#range *= byte;
    }
  }

  /**
   * The code: the shortest bytes that lie in the last interval whatever follows them. So no code is
   * the beginning of another one of as many symbols, and its length is a code length as it is.
   */
  finish(): Uint8Array<ArrayBuffer> {
    let free = whole;
    const first = () => Math.ceil(this.#low / free) * free;
    while (first() + free > this.#low + this.#range) free /= byte;
    this.#raise(first() - this.#low);
    for (let rest = whole; rest > free; rest /= byte) this.#shift();
    return Uint8Array.from(this.#bytes);
  }

  /** Adds to `low`; a carry goes into the bytes that have left. */
  #raise(amount: number): void {
    this.#low += amount;
    if (this.#low < whole) return;
    this.#low -= whole;
    let i = this.#bytes.length - 1;
    for (; this.#bytes[i] === byte - 1; i--) this.#bytes[i] = 0;
    this.#bytes[i]++;
  }

  /** The first byte of `low` leaves. */
  #shift(): void {
    const first = Math.floor(this.#low / narrowest);
    this.#bytes.push(first);
    this.#low = (this.#low - first * narrowest) * byte;
  }
}

/** Reads what a `RangeEncoder` wrote, given the same totals and shares. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #next = 0;
  #offset = 0;
  #range = whole;
  #unit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    // Behind the end: any bytes would do.
    for (let i = 0; i < 5; i++) this.#offset = this.#offset * byte + this.#read();
  }

  /** A place in 0 .. total - 1 that the next symbol's share has. `accept` must follow. */
  next(total: number): number {
    this.#unit = Math.floor(this.#range / total);
    return Math.min(total - 1, Math.floor(this.#offset / this.#unit));
  }

  /** Goes behind the symbol with this share. */
  accept(start: number, count: number): void {
    this.#offset -= this.#unit * start;
    this.#range = this.#unit * count;
    while (this.#range < narrowest) {
      this.#offset = this.#offset * byte + this.#read();
      this.#range *= byte;
    }
  }

  #read(): number {
    return this.#bytes[this.#next++] ?? 0;
  }
}
