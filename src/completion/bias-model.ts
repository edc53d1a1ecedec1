import { BlockNumbers } from "../shards/block-numbers.js";
import { sumOverRows } from "../shards/exact-sums.js";
import type { Sharded } from "../shards/exchange.js";
import { largestOf, RowBlocks, sumOf } from "../shards/row-blocks.js";
import type { Shard } from "../shards/shard.js";

/** value(u, i) = mean + rowBias[u] + colBias[i] + noise, all in f64. */
export interface BiasModel {
  mean: number;
  /** Of the shard's rows. */
  rowBias: Float64Array;
  colBias: Float64Array;
  /** Ridges on the biases: noise variance over the variance of the biases. */
  rowRidge: number;
  colRidge: number;
  /** Standard deviation of the noise. */
  noise: number;
  /** Half the sum of squared residuals. */
  loss: number;
  /** Nothing is left to explain: what remains is rounding. */
  exact: boolean;
}

const sweeps = 40;
/** The noise is never estimated below this share of the standard deviation of the values. */
const minNoise = 1e-6;
/** Nor a variance of biases below this share of the noise's. */
const minVariance = 1e-6;
/** Estimating the biases uses up degrees of freedom, but never more than this share of them. */
const maxFreedom = 0.9;

/**
 * Mean, row and column biases by alternating ridge regressions. The ridges are not chosen but
 * estimated with the biases (empirical Bayes, expectation maximization with the two groups of
 * biases taken as independent): ridge = noise variance / variance of the biases. 40 sweeps, each
 * two passes over the entries.
 */
export function* fitBiases(shard: Shard): Sharded<BiasModel> {
  const { matrix: A, blocks, colCounts, totalEntries } = shard;
  const { rows, cols, rowStart, colIndices, nonzeros } = A;
  /** From 0 on over the entries of some rows. */
  const overEntries =
    (next: (soFar: number, value: number) => number) => (first: number, count: number) => {
      let soFar = 0;
      for (let p = rowStart[first]; p < rowStart[first + count]; p++) {
        soFar = next(soFar, A.values[p]);
      }
      return soFar;
    };
  const meeting = new BlockNumbers();
  const sums = meeting.of(
    blocks,
    overEntries((sum, value) => sum + value),
  );
  const sizes = meeting.of(blocks, overEntries(largerInSize));
  yield* meeting.join();
  const mean = sumOf(sums) / totalEntries;
  const largest = largestOf(sizes);
  const values = new Float64Array(nonzeros);
  for (let p = 0; p < nonzeros; p++) values[p] = A.values[p] - mean;
  const rowCounts = Float64Array.from({ length: rows }, (_, u) => rowStart[u + 1] - rowStart[u]);

  const columns = RowBlocks.ofLines(cols);
  const rowBias = new Float64Array(rows);
  const colBias = new Float64Array(cols);
  let squares = yield* blocks.sum(
    overEntries((sum, value) => sum + (value - mean) * (value - mean)),
  );
  const variance = squares / totalEntries;
  const floor = minNoise * minNoise * variance;
  let noiseVariance = variance;
  let rowVariance = noiseVariance / 4;
  let colVariance = noiseVariance / 4;
  let rowRidge = 4;
  let colRidge = 4;
  let largestBias = 0;
  for (let sweep = 0; sweep < sweeps && variance > 0; sweep++) {
    rowRidge = noiseVariance / Math.max(rowVariance, minVariance * noiseVariance);
    colRidge = noiseVariance / Math.max(colVariance, minVariance * noiseVariance);
    yield* updateColBias();
    const residuals = meeting.of(blocks, updateRowBias);
    const biases = meeting.of(blocks, largestOfRowBias);
    const ofRows = ofBiases(meeting, blocks, rowBias, rowCounts, rowRidge, noiseVariance);
    const ofCols = ofBiases(meeting, columns, colBias, colCounts, colRidge, noiseVariance);
    yield* meeting.join();
    squares = sumOf(residuals);
    largestBias = largestOf(biases);
    rowVariance = sumOf(ofRows.variances) / sumOf(ofRows.seen);
    colVariance = sumOf(ofCols.variances) / sumOf(ofCols.seen);
    const freedom = sumOf(ofRows.freedom) + sumOf(ofCols.freedom);
    const rest = Math.max(totalEntries - freedom, (1 - maxFreedom) * totalEntries);
    noiseVariance = Math.max(squares / rest, floor);
  }
  const noise = Math.sqrt(noiseVariance);
  const exact = noiseVariance <= floor * (1 + 1e-9) || noise <= 1e-13 * largest;
  return { mean, rowBias, colBias, rowRidge, colRidge, noise, loss: squares / 2, exact };

  function* updateColBias(): Sharded<void> {
    const bound = largest + Math.abs(mean) + largestBias;
    yield* sumOverRows(blocks, colCounts, bound, addResiduals, colBias);
    for (let i = 0; i < cols; i++) colBias[i] /= colCounts[i] + colRidge;
  }

  function largestOfRowBias(first: number, count: number): number {
    return rowBias.subarray(first, first + count).reduce(largerInSize, 0);
  }

  function addResiduals(sums: Float64Array, first: number, count: number): void {
    for (let u = first; u < first + count; u++) {
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
        sums[colIndices[p]] += values[p] - rowBias[u];
      }
    }
  }

  /** Returns the sum of squared residuals under both biases. */
  function updateRowBias(first: number, count: number): number {
    let total = 0;
    for (let u = first; u < first + count; u++) {
      let sum = 0;
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) sum += values[p] - colBias[colIndices[p]];
      const bias = sum / (rowCounts[u] + rowRidge);
      rowBias[u] = bias;
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
        const residual = values[p] - colBias[colIndices[p]] - bias;
        total += residual * residual;
      }
    }
    return total;
  }
}

const largerInSize = (most: number, value: number) => Math.max(most, Math.abs(value));

/**
 * Over the lines that have entries, of each block: sums for the variance, which is the mean of bias^2 plus its
 * posterior variance, and the degrees of freedom that the biases take, n / (n + ridge).
 */
function ofBiases(
  meeting: BlockNumbers,
  blocks: RowBlocks,
  bias: Float64Array,
  counts: ArrayLike<number>,
  ridge: number,
  noiseVariance: number,
) {
  const over = (of: (line: number) => number) => (first: number, count: number) => {
    let sum = 0;
    for (let i = first; i < first + count; i++) if (counts[i] > 0) sum += of(i);
    return sum;
  };
  const posterior = (i: number) => noiseVariance / (counts[i] + ridge);
  return {
    variances: meeting.of(
      blocks,
      over((i) => bias[i] * bias[i] + posterior(i)),
    ),
    seen: meeting.of(
      blocks,
      over(() => 1),
    ),
    freedom: meeting.of(
      blocks,
      over((i) => counts[i] / (counts[i] + ridge)),
    ),
  };
}
