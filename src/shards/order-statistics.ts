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
 * @param groupOf - the group of each.
 * @param places - of each group, below the count of its numbers in all shards.
 */
export function* orderStatistics(
  blocks: RowBlocks,
  values: ArrayLike<number>,
  groupOf: (p: number) => number,
  places: Float64Array,
): Sharded<Float64Array> {
  const groups = places.length;
  const bits = groups * 256 <= mostCounts ? 8 : 4;
  const digits = 2 ** bits;
  const keys = keysOf(values);
  const found = new Uint32Array(2 * groups);
  const left = places.slice();
  /** Numbers that have begun with the digits found so far. */
  const alive = new Int32Array(values.length);
  let count = 0;
  for (let p = 0; p < values.length; p++) if (places[groupOf(p)] >= 0) alive[count++] = p;
  for (let shift = 64 - bits; shift >= 0; shift -= bits) {
    // The upper word is the first.
    const [word, below] = shift >= 32 ? [0, shift - 32] : [1, shift];
    const digitOf = (p: number) => (keys[2 * p + word] >>> below) & (digits - 1);
    const counts = new Int32Array(groups * digits);
    for (let i = 0; i < count; i++) counts[groupOf(alive[i]) * digits + digitOf(alive[i])]++;
    yield* blocks.join(counts);
    for (let group = 0; group < groups; group++) {
      if (places[group] < 0) continue;
      let digit = 0;
      for (; left[group] >= counts[group * digits + digit]; digit++) {
        left[group] -= counts[group * digits + digit];
      }
      found[2 * group + word] |= digit << below;
    }
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const p = alive[i];
      const digit = (found[2 * groupOf(p) + word] >>> below) & (digits - 1);
      if (digitOf(p) === digit) alive[kept++] = p;
    }
    count = kept;
  }
  return valuesOf(found).map((value, group) => (places[group] < 0 ? Number.NaN : value));
}

/** The number at one place among all of all shards. */
export function* orderStatistic(
  blocks: RowBlocks,
  values: ArrayLike<number>,
  place: number,
): Sharded<number> {
  return (yield* orderStatistics(blocks, values, () => 0, Float64Array.of(place)))[0];
}

/** `median` over all shards: of `count` numbers, at least one. */
export function medianOver(
  blocks: RowBlocks,
  values: ArrayLike<number>,
  count: number,
): Sharded<number> {
  return orderStatistic(blocks, values, Math.floor(count / 2));
}

/** Two words for each number, the upper one first, in whose order the numbers increase; -0 is before 0. */
function keysOf(values: ArrayLike<number>): Uint32Array {
  const bits = new DataView(new ArrayBuffer(8));
  const keys = new Uint32Array(2 * values.length);
  for (let p = 0; p < values.length; p++) {
    bits.setFloat64(0, values[p]);
    const [upper, lower] = [bits.getUint32(0), bits.getUint32(4)];
    const negative = upper >>> 31 === 1;
    keys[2 * p] = negative ? ~upper : upper | 0x8000_0000;
    keys[2 * p + 1] = negative ? ~lower : lower;
  }
  return keys;
}

function valuesOf(keys: Uint32Array): Float64Array {
  const bits = new DataView(new ArrayBuffer(8));
  return Float64Array.from({ length: keys.length / 2 }, (_, i) => {
    const [upper, lower] = keys.subarray(2 * i, 2 * i + 2);
    const negative = upper >>> 31 === 0;
    bits.setUint32(0, negative ? ~upper : upper & 0x7fff_ffff);
    bits.setUint32(4, negative ? ~lower : lower);
    return bits.getFloat64(0);
  });
}
