import { randomNormalArray, randomUniformArray } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import { sumOverRows } from "../shards/exact-sums.js";
import type { Sharded } from "../shards/exchange.js";
import { largestOf, type RowBlocks, sumOf } from "../shards/row-blocks.js";
import type { Shard } from "../shards/shard.js";

/** How strongly the entries of one row, or column, pull: sqrt(count), divided by its mean. */
export interface Weights {
  weights: Float64Array;
  /** Mean of sqrt(max(count, 1)) over all rows, or columns, of all shards. */
  meanRoot: number;
}

/** Weights of lines with so many entries each; an empty one weighs like one entry. */
export function* weightsOf(counts: ArrayLike<number>, blocks: RowBlocks): Sharded<Weights> {
  const roots = Float64Array.from(counts, (count) => Math.sqrt(Math.max(count, 1)));
  const sum = yield* blocks.sum((first, count) => sumOf(roots.subarray(first, first + count)));
  return weightsBeside(counts, sum / blocks.totalRows);
}

/** `weightsOf`, where the mean is known. */
export function weightsBeside(counts: ArrayLike<number>, meanRoot: number): Weights {
  const weights = Float64Array.from(counts, (count) => Math.sqrt(Math.max(count, 1)) / meanRoot);
  return { weights, meanRoot };
}

const iterations = 20;

/**
 * The strength of the strongest component that noise of variance 1 shows on the pattern of the shards: the
 * spectral norm of a matrix of random signs there, entry (u, i) divided by
 * sqrt(rowWeight[u] colWeight[i]). What is weaker cannot be told from noise. 20 power iterations.
 *
 * @param rowWeights - of the rows of the shard.
 * @param sizes - of the signs, for entries that do not all say as much: 1 each where they are left out.
 */
export function* noiseThreshold(
  { matrix: A, blocks, firstEntry, colCounts }: Shard,
  rowWeights: Float64Array,
  colWeights: Float64Array,
  seed: number,
  sizes?: ArrayLike<number>,
): Sharded<number> {
  const { rows, cols, rowStart, colIndices, nonzeros } = A;
  const noise = randomUniformArray(nonzeros, seed, streams.noiseSigns.first, "f64", firstEntry);
  const most = blocks.numbers(fillNoise);
  yield* blocks.join(most);
  const largest = largestOf(most);
  const x = randomNormalArray(cols, seed, streams.noiseStart.first, "f64") as Float64Array;
  const y = new Float64Array(rows);
  for (let iteration = 0; iteration < iterations; iteration++) {
    divide(x, Math.sqrt(sumOfSquares(x)));
    const squares = yield* blocks.sum(multiply);
    divide(y, Math.sqrt(squares));
    yield* sumOverRows(blocks, colCounts, largest, addTransposed, x);
  }
  return Math.sqrt(sumOfSquares(x));

  /** Random signs of these sizes. Returns the largest one. */
  function fillNoise(first: number, count: number): number {
    let most = 0;
    for (let u = first; u < first + count; u++) {
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
        const weight = sizes === undefined ? 1 : Math.abs(sizes[p]);
        const size = weight / Math.sqrt(rowWeights[u] * colWeights[colIndices[p]]);
        noise[p] = noise[p] < 0.5 ? -size : size;
        most = Math.max(most, size);
      }
    }
    return most;
  }

  /** y of some rows. Returns the sum of its squares. */
  function multiply(first: number, count: number): number {
    for (let u = first; u < first + count; u++) {
      let sum = 0;
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) sum += noise[p] * x[colIndices[p]];
      y[u] = sum;
    }
    return sumOfSquares(y.subarray(first, first + count));
  }

  function addTransposed(sums: Float64Array, first: number, count: number): void {
    for (let u = first; u < first + count; u++) {
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) sums[colIndices[p]] += noise[p] * y[u];
    }
  }
}

function sumOfSquares(x: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  return squares;
}

/** Divides by a norm; leaves zeros. */
function divide(x: Float64Array, norm: number): void {
  if (norm > 0) for (let i = 0; i < x.length; i++) x[i] /= norm;
}
