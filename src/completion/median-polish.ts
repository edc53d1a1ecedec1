// Tukey's median polish: what a matrix is by its rows and columns when no single entry, however
// wrong, may move the answer. The bias model takes means, which one gross error drags along.
import type { Sharded } from "../shards/exchange.js";
import { medianOver, orderStatistics } from "../shards/order-statistics.js";
import type { Shard } from "../shards/shard.js";

const sweeps = 2;

/**
 * centre + row effect + column effect for each entry of the shard, in their order, each effect the median of
 * what the others leave. Two zeros join every row and column: one of which one or two entries are known has
 * the effect 0, so that these cannot vouch for themselves. O(nonzeros log nonzeros).
 */
export function* medianPolish(shard: Shard): Sharded<Float64Array> {
  const { matrix: A, blocks, totalEntries } = shard;
  const { rows, rowStart, colIndices, values, nonzeros } = A;
  const expected = new Float64Array(nonzeros).fill(yield* medianOver(blocks, values, totalEntries));
  const left = (first: number, end: number) => {
    const residuals = new Float64Array(end - first);
    for (let p = first; p < end; p++) residuals[p - first] = values[p] - expected[p];
    return residuals;
  };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const effects = yield* cautiousMediansOfColumns(shard, left(0, nonzeros));
    for (let p = 0; p < nonzeros; p++) {
      const effect = effects[colIndices[p]];
      if (effect !== 0) expected[p] += effect;
    }
    for (let row = 0; row < rows; row++) {
      const [first, end] = [rowStart[row], rowStart[row + 1]];
      const effect = cautiousMedian(left(first, end));
      if (effect !== 0) for (let p = first; p < end; p++) expected[p] += effect;
    }
  }
  return expected;
}

/**
 * Zeros that join every row and column. Of a hundredth of wrong entries all three of some column are
 * wrong once in a million columns; both of two, once in ten thousand, and such columns there are.
 */
const zeros = 2;

/** The median of numbers and two zeros; of two middle ones the nearer to zero. */
export function cautiousMedian(values: Float64Array): number {
  const sorted = new Float64Array(values.length + zeros);
  sorted.set(values);
  sorted.sort();
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low > 0) return low;
  return high < 0 ? high : 0;
}

/** `cautiousMedian` of each column, over all shards. */
export function* cautiousMediansOfColumns(
  { matrix, blocks, colCounts }: Shard,
  values: Float64Array,
): Sharded<Float64Array> {
  const { cols, colIndices } = matrix;
  /** Of each column the numbers below zero, then of each those above. */
  const signs = new Int32Array(2 * cols);
  for (let p = 0; p < values.length; p++) {
    if (values[p] < 0) signs[colIndices[p]]++;
    else if (values[p] > 0) signs[cols + colIndices[p]]++;
  }
  yield* blocks.join(signs);
  const places = Float64Array.from(colCounts, (entries, col) => {
    const count = entries + zeros;
    const [low, high] = [(count - 1) >> 1, count >> 1];
    // The two zeros come before all that are above.
    if (count - signs[cols + col] <= low) return low - zeros;
    return signs[col] > high ? high : -1;
  });
  const found = yield* orderStatistics(blocks, values, colIndices, places);
  return found.map((value, col) => (places[col] < 0 ? 0 : value));
}
