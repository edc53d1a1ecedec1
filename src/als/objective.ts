// What the ranking model minimises, without its factors (docs/reference/ranking.md):
//
//   sum over observed cells of |w| (t - x_u . y_i)^2 + a sum over all cells of (x_u . y_i)^2
//     + lambda (sum_u D_u |x_u|^2 + sum_i D_i |y_i|^2)
//
// with t = 1, or 0 where w is negative; a = unobservedWeight C / (rows cols), C the sum of all |w|;
// D_u = sum_i |w_ui| + a cols and D_i = sum_u |w_ui| + a rows, the weight of a row or a column.
import type { SparseRows } from "../linalg/sparse-rows.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { shardOf } from "../shards/shard.js";
import { noiseThreshold } from "./noise-threshold.js";
import type { AlsSettings } from "./settings.js";

export interface Objective {
  /** a: of a cell that is not observed. */
  readonly cellWeight: number;
  /** Strength of the strongest component that pure noise shows on the same cells. */
  readonly noise: number;
  /** lambda: components of D_u^-1/2 R D_i^-1/2 that are weaker vanish. */
  readonly threshold: number;
  /** D_u and D_i. */
  readonly rowWeights: Float64Array;
  readonly colWeights: Float64Array;
}

/**
 * @param weights - the observed cells' weights, not 0: of all shards.
 * @param blocks - the rows over which this shard sums.
 */
export function* objectiveOf(
  weights: SparseRows,
  settings: AlsSettings,
  blocks: RowBlocks,
): Sharded<Objective> {
  const { rows, cols, rowStart, colIndices, values } = weights;
  const rowWeights = new Float64Array(rows);
  const colWeights = new Float64Array(cols);
  for (let u = 0; u < rows; u++) {
    for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
      const weight = Math.abs(values[p]);
      rowWeights[u] += weight;
      colWeights[colIndices[p]] += weight;
    }
  }
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const cellWeight = (settings.unobservedWeight * total) / (rows * cols);
  for (let u = 0; u < rows; u++) rowWeights[u] += cellWeight * cols;
  for (let i = 0; i < cols; i++) colWeights[i] += cellWeight * rows;
  const shard = yield* shardOf(weights, blocks);
  const ownWeights = rowWeights.subarray(blocks.firstRow, blocks.firstRow + blocks.rows);
  const sizes = shard.matrix.values;
  const noise = yield* noiseThreshold(shard, ownWeights, colWeights, settings.seed, sizes);
  const threshold = settings.regularization * noise;
  return { cellWeight, noise, threshold, rowWeights, colWeights };
}
