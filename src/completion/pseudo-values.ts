// Where gross errors were found, others are near that are not gross enough to be told from good values
// before a model is trained. Huber's pseudo-values (Robust Statistics, 1981, 7.8) keep them from being
// learnt: a value further than `reach` from its prediction is trained on as if it were that far.
import type { Sharded } from "../shards/exchange.js";
import { medianOver } from "../shards/order-statistics.js";
import type { Shard } from "../shards/shard.js";

/** In standard deviations, which are estimated from the median residual. */
const reach = 4;
/** The standard deviation of normal noise over its median absolute value. */
const normalRatio = 1.4826;
/** Steps of the training between two looks at its residuals. */
export const stepsBetweenLooks = 10;

/** The values of a shard to train on. O(n log n) for n entries of all shards. */
export function* pseudoValues(
  values: Float32Array,
  predictions: Float32Array,
  { blocks, totalEntries }: Omit<Shard, "matrix">,
): Sharded<Float32Array> {
  const sizes = values.map((value, p) => Math.abs(value - predictions[p]));
  const limit = reach * normalRatio * (yield* medianOver(blocks, sizes, totalEntries));
  return values.map((value, p) =>
    Math.min(predictions[p] + limit, Math.max(predictions[p] - limit, value)),
  );
}
