// Sums over rows in f64, one for each column. Inside a block of rows a sum is a chain; the blocks' sums are
// rounded to one grid and added as integers below 2^53, which f64 adds exactly: any order of the blocks gives
// the same bits.
import { exponentOf } from "../linalg/in-job/scaling.js";
import type { Sharded } from "./exchange.js";
import type { RowBlocks } from "./row-blocks.js";

/** A sum is below 2^52 grid steps: roundings, half a step for each block, never reach 2^53. */
const bits = 52;
/** Of powers of two whose inverse is a number, too. */
const largestExponent = 1022;

/**
 * Writes the sum of each column to `sums`.
 *
 * @param counts - how many terms each column has, all shards together.
 * @param largest - no term of any shard is larger in size.
 * @param add - adds the terms of some rows to the sums.
 */
export function* sumOverRows(
  blocks: RowBlocks,
  counts: ArrayLike<number>,
  largest: number,
  add: (sums: Float64Array, first: number, count: number) => void,
  sums: Float64Array,
): Sharded<void> {
  const exponent = largest > 0 ? exponentOf(largest) + 1 : 0;
  const scales = Float64Array.from(counts, (count) => {
    const fitting = bits - exponent - (count > 0 ? exponentOf(count) + 1 : 0);
    return 2 ** Math.max(-largestExponent, Math.min(largestExponent, fitting));
  });
  const part = new Float64Array(sums.length);
  sums.fill(0);
  blocks.forEach((first, count) => {
    part.fill(0);
    add(part, first, count);
    for (let i = 0; i < part.length; i++) sums[i] += Math.round(part[i] * scales[i]);
  });
  yield* blocks.join(sums);
  for (let i = 0; i < sums.length; i++) sums[i] /= scales[i];
}
