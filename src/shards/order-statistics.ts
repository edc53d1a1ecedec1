// Order statistics of numbers that lie in all shards: the exact ones, found digit by digit, with as many
// counts to exchange as there are groups times digits. Nobody sorts, and nobody sees the numbers of others.
import type { Sharded } from "./exchange.js";
import type { RowBlocks } from "./row-blocks.js";

/** Counts of one exchange, about, where digits are not shortened for it. */
const mostCounts = 2 ** 16;

/**
 * Of each group the number that is at a place in increasing order, from 0, over all shards; NaN for groups
 * whose place is negative. As many passes over the numbers as a key has digits, 8 or 16.
 *
 * @param values - of the shard; none is NaN.
 * @param groupOf - the group of each; left out, all are in one.
 * @param places - of each group, below the count of its numbers in all shards.
 */
export function* orderStatistics(
  blocks: RowBlocks,
  values: ArrayLike<number>,
  groupOf: ArrayLike<number> | undefined,
  places: Float64Array,
): Sharded<Float64Array> {
  const groups = places.length;
  const bits = groups * 256 <= mostCounts ? 8 : 4;
  const digits = 2 ** bits;
  const keys = keysOf(values);
  /** Words as those of keys. */
  const found = [new Uint32Array(groups), new Uint32Array(groups)];
  const left = places.slice();
  let alive = inGroups(values.length, groupOf, places);
  for (let shift = 64 - bits; shift >= 0; shift -= bits) {
    const [word, below] = shift >= 32 ? [0, shift - 32] : [1, shift];
    const digit: Digit = { words: keys[word], below, digits };
    const counts = new Int32Array(groups * digits);
    countDigits(digit, alive, groupOf, counts);
    yield* blocks.join(counts);
    const ofGroups = new Int32Array(groups);
    for (let group = 0; group < groups; group++) {
      if (places[group] < 0) continue;
      const first = group * digits;
      let value = 0;
      for (; left[group] >= counts[first + value]; value++) left[group] -= counts[first + value];
      ofGroups[group] = value;
      found[word][group] |= value << below;
    }
    alive = withDigits(digit, alive, groupOf, ofGroups);
  }
  return valuesOf(found).map((value, group) => (places[group] < 0 ? Number.NaN : value));
}

// Loops over all numbers are functions of their own: engines compile these once, and a generator that holds
// them time and again.

/** Some bits of each key: those of a word from `below` on. */
interface Digit {
  readonly words: Uint32Array;
  readonly below: number;
  readonly digits: number;
}

/** The numbers whose groups have a place. */
function inGroups(
  size: number,
  groupOf: ArrayLike<number> | undefined,
  places: Float64Array,
): Int32Array {
  const alive = new Int32Array(size);
  let count = 0;
  for (let p = 0; p < size; p++) if (places[groupOf ? groupOf[p] : 0] >= 0) alive[count++] = p;
  return alive.subarray(0, count);
}

/** Adds to `counts` the numbers of each group with each digit. */
function countDigits(
  { words, below, digits }: Digit,
  alive: Int32Array,
  groupOf: ArrayLike<number> | undefined,
  counts: Int32Array,
): void {
  const mask = digits - 1;
  for (let i = 0; i < alive.length; i++) {
    const p = alive[i];
    const group = groupOf ? groupOf[p] : 0;
    counts[group * digits + ((words[p] >>> below) & mask)]++;
  }
}

/** The numbers that have the digit of their group: in the same memory. */
function withDigits(
  { words, below, digits }: Digit,
  alive: Int32Array,
  groupOf: ArrayLike<number> | undefined,
  ofGroups: Int32Array,
): Int32Array {
  const mask = digits - 1;
  let kept = 0;
  for (let i = 0; i < alive.length; i++) {
    const p = alive[i];
    const digit = (words[p] >>> below) & mask;
    if (digit === ofGroups[groupOf ? groupOf[p] : 0]) alive[kept++] = p;
  }
  return alive.subarray(0, kept);
}

/** The number at one place among all of all shards. */
export function* orderStatistic(
  blocks: RowBlocks,
  values: ArrayLike<number>,
  place: number,
): Sharded<number> {
  return (yield* orderStatistics(blocks, values, undefined, Float64Array.of(place)))[0];
}

/** `median` over all shards: of `count` numbers, at least one. */
export function medianOver(
  blocks: RowBlocks,
  values: ArrayLike<number>,
  count: number,
): Sharded<number> {
  return orderStatistic(blocks, values, Math.floor(count / 2));
}

/** The upper and the lower words, in whose order the numbers increase; -0 is before 0. */
function keysOf(values: ArrayLike<number>): [upper: Uint32Array, lower: Uint32Array] {
  const number = new Float64Array(1);
  const bits = new Uint32Array(number.buffer);
  const [upper, lower] = [new Uint32Array(values.length), new Uint32Array(values.length)];
  for (let p = 0; p < values.length; p++) {
    number[0] = values[p];
    // All ones for a negative number, otherwise the sign alone.
    const flipped = bits[1] >> 31;
    upper[p] = bits[1] ^ (flipped | 0x8000_0000);
    lower[p] = bits[0] ^ flipped;
  }
  return [upper, lower];
}

function valuesOf([upper, lower]: readonly Uint32Array[]): Float64Array {
  const number = new Float64Array(1);
  const bits = new Uint32Array(number.buffer);
  return Float64Array.from(upper, (word, i) => {
    const flipped = ~(word >> 31);
    bits[1] = word ^ (flipped | 0x8000_0000);
    bits[0] = lower[i] ^ flipped;
    return number[0];
  });
}
