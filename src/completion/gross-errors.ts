// Which entries are so far from what is expected of them that they must be mistakes: a rating of 400
// among stars from 1 to 5. Everything else is kept as it is, for the rare and extreme is what data is
// made of: a rule that trims the tails of good data costs accuracy.
import { placesOfSpread, type Spread, spreadBetween, tailBound } from "../linalg/tail-bound.js";
import type { Sharded } from "../shards/exchange.js";
import { medianOver, orderStatistic } from "../shards/order-statistics.js";
import type { Shard } from "../shards/shard.js";
import { cautiousMedian, cautiousMediansOfColumns } from "./median-polish.js";

/** Entries that are taken for mistakes. */
export interface GrossErrors {
  /** Their places in the shard, increasing. */
  readonly places: Int32Array;
  /** Residuals beyond it are gross, if those of their row and column are not large in general. */
  readonly bound: number;
}

/** However well a model fits, nothing is gross within so many typical residuals of the medians. */
const tolerated = 6;

/** The least bound for the residuals of a model, from what the medians expect. */
export function* leastBound(shard: Shard, expected: Float64Array): Sharded<number> {
  return tolerated * (yield* medianOfPositive(shard, sizesOf(shard, expected)));
}

/**
 * Which entries of the shard are gross errors, beside what is expected of them in their order. None where
 * there is no spread to measure them by. O(n log n).
 *
 * @param least - the bound is not below it.
 */
export function* grossErrors(
  shard: Shard,
  expected: Float64Array,
  least: number,
): Sharded<GrossErrors> {
  const { rows, rowStart, colIndices } = shard.matrix;
  const sizes = sizesOf(shard, expected);
  const spread = yield* spreadBeside(shard, sizes);
  const { outer, ratio } = spread;
  const bound = outer > 0 ? Math.max(least, tailBound(spread)) : Number.POSITIVE_INFINITY;
  if ((yield* countOver(shard, (p) => sizes[p] > bound)) === 0) {
    return { places: new Int32Array(0), bound };
  }
  // The values of a column in another unit, or of a row that nothing fits, are not all mistakes.
  const typical = outer / ratio;
  const ofCols = yield* cautiousMediansOfColumns(shard, sizes);
  const places: number[] = [];
  for (let row = 0; row < rows; row++) {
    const [first, end] = [rowStart[row], rowStart[row + 1]];
    let ofRow: number | undefined;
    for (let p = first; p < end; p++) {
      if (!(sizes[p] > bound)) continue;
      ofRow ??= cautiousMedian(sizes.slice(first, end));
      const wildness = Math.max(1, Math.max(ofRow, ofCols[colIndices[p]]) / typical);
      if (sizes[p] > bound * wildness) places.push(p);
    }
  }
  return { places: Int32Array.from(places), bound };
}

/** The spread of the residuals, and where nearly all are as expected, of the values. */
function* spreadBeside(shard: Shard, sizes: Float64Array): Sharded<Spread> {
  const { matrix, blocks, totalEntries } = shard;
  const { outer, inner } = placesOfSpread(totalEntries);
  const spread = spreadBetween(
    yield* orderStatistic(blocks, sizes, outer),
    yield* orderStatistic(blocks, sizes, inner),
  );
  if (spread.outer > 0) return spread;
  const centre = yield* medianOver(blocks, matrix.values, totalEntries);
  const distances = Float64Array.from(matrix.values, (value) => Math.abs(value - centre));
  return { ...spread, outer: yield* medianOfPositive(shard, distances) };
}

/** Distances of the values from what is expected. */
function sizesOf({ matrix }: Shard, expected: Float64Array): Float64Array {
  return expected.map((value, p) => Math.abs(matrix.values[p] - value));
}

function* medianOfPositive(shard: Shard, sizes: Float64Array): Sharded<number> {
  const positive = yield* countOver(shard, (p) => sizes[p] > 0);
  if (positive === 0) return 0;
  const zeros = shard.totalEntries - positive;
  return yield* orderStatistic(shard.blocks, sizes, zeros + Math.floor(positive / 2));
}

/** How many entries of all shards are of a kind. */
function countOver({ matrix, blocks }: Shard, isOne: (p: number) => boolean): Sharded<number> {
  const { rowStart } = matrix;
  return blocks.sum((first, count) => {
    let found = 0;
    for (let p = rowStart[first]; p < rowStart[first + count]; p++) if (isOne(p)) found++;
    return found;
  });
}
