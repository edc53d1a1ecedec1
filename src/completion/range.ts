import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import type { FloatArray } from "../wasm/index.js";

/** Predictions below `low` and above `high` are moved there. */
export interface ClipRange {
  low: number;
  high: number;
}

/** From the least to the greatest of the values; NaN is left out. */
export function rangeOf(values: ArrayLike<number>): ClipRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let p = 0; p < values.length; p++) {
    if (values[p] < low) low = values[p];
    if (values[p] > high) high = values[p];
  }
  return { low, high };
}

/**
 * `rangeOf` over all shards.
 *
 * @param values - of the shard, by rows that begin at `rowStart`.
 */
export function* rangeOver(
  blocks: RowBlocks,
  rowStart: Int32Array,
  values: FloatArray,
): Sharded<ClipRange> {
  const ofBlock = (first: number, count: number) =>
    rangeOf(values.subarray(rowStart[first], rowStart[first + count]));
  // Zeros of other shards turn -0 into 0: so does this.
  const lows = blocks.numbers((first, count) => ofBlock(first, count).low + 0);
  const highs = blocks.numbers((first, count) => ofBlock(first, count).high + 0);
  yield* blocks.join(lows);
  yield* blocks.join(highs);
  return { low: rangeOf(lows).low, high: rangeOf(highs).high };
}
