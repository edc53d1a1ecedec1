// Lists of small integers as bytes, at about their entropy. The counts are learned on the way, by both
// sides alike, so none are sent: the length is log2 of the multinomial coefficient and of the number of
// ways in which the counts can add up (Laplace's rule of succession).
import { integer, list } from "../check/fields.js";
import { checkInteger } from "../check/values.js";
import { largestTotal, RangeDecoder, RangeEncoder } from "./range-coder.js";

/** How many symbols there are of each kind so far, plus one, and the totals of those before it. */
class Counts {
  readonly #counts: number[];
  total: number;

  constructor(levels: number) {
    this.#counts = new Array<number>(levels).fill(1);
    this.total = levels;
  }

  count(symbol: number): number {
    return this.#counts[symbol];
  }

  start(symbol: number): number {
    let sum = 0;
    for (let i = 0; i < symbol; i++) sum += this.#counts[i];
    return sum;
  }

  /** The symbol whose share has the place. */
  at(place: number): number {
    let symbol = 0;
    for (let rest = place; rest >= this.#counts[symbol]; symbol++) rest -= this.#counts[symbol];
    return symbol;
  }

  add(symbol: number): void {
    this.#counts[symbol]++;
    this.total++;
  }
}

/** @throws RangeError when there are too many of them for the coder's integers. */
function checkCount(name: string, levels: number, count: number): void {
  checkInteger(name, "levels", levels, 1, 2 ** 16);
  checkInteger(name, "count", count, 0, largestTotal - levels);
}

/**
 * The symbols as bytes, fewer than 2 more than the exact length above. O(levels) a symbol.
 *
 * @param symbols - integers in 0 .. levels - 1, at most 2^24 - levels of them.
 * @throws RangeError or TypeError when they are not.
 */
export function encodeSymbols(symbols: ArrayLike<number>, levels: number): Uint8Array<ArrayBuffer> {
  checkInteger("encodeSymbols", "levels", levels, 1, 2 ** 16);
  list(integer(0, levels - 1))("encodeSymbols", "symbols", symbols);
  checkCount("encodeSymbols", levels, symbols.length);
  const encoder = new RangeEncoder();
  const counts = new Counts(levels);
  for (let i = 0; i < symbols.length; i++) {
    encoder.encode(counts.start(symbols[i]), counts.count(symbols[i]), counts.total);
    counts.add(symbols[i]);
  }
  return encoder.finish();
}

/**
 * The `count` symbols that `encodeSymbols` made these bytes of. Other bytes give other symbols: a file
 * needs a checksum.
 */
export function decodeSymbols(bytes: Uint8Array, levels: number, count: number): Int32Array {
  checkCount("decodeSymbols", levels, count);
  const decoder = new RangeDecoder(bytes);
  const counts = new Counts(levels);
  return Int32Array.from({ length: count }, () => {
    const symbol = counts.at(decoder.next(counts.total));
    decoder.accept(counts.start(symbol), counts.count(symbol));
    counts.add(symbol);
    return symbol;
  });
}
