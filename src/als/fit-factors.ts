// The factors of the columns, by a spectral start and a few sweeps of conjugate gradients.
import type { Matrix } from "../linalg/matrix.js";
import { randomizedSvd } from "../linalg/randomized-svd.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { Block, Job, product } from "../wasm/index.js";
import { unlessOnes } from "./history.js";
import type { Objective } from "./objective.js";
import type { AlsSettings } from "./settings.js";
import { type Pattern, Side } from "./side.js";

/** Steps of conjugate gradients per row and sweep: with one the first sweeps fall behind. */
const conjugateGradientSteps = 3;
/** A component below the threshold starts at this share of the strongest one, not at 0. */
const smallestShare = 1e-6;
const start = { oversampling: 16, powerIterations: 2 };

/**
 * Fits the factors: an iterator with a turn after the start and after each sweep, which returns those
 * of the columns, cols x rank. 16 rank operations per cell and side and 8 rank^2 per row and column,
 * in each sweep.
 */
export function* fitFactors(
  weights: SparseMatrix,
  objective: Objective,
  { rank, seed }: AlsSettings,
  sweeps: number,
): Generator<undefined, Float32Array<ArrayBuffer>> {
  const { X, Y } = spectralStart(weights, objective, rank, seed);
  yield;
  const { threshold, cellWeight, rowWeights, colWeights } = objective;
  const { byRows, byCols } = patternsOf(weights);
  const ridges = (sums: Float64Array) => sums.map((sum) => threshold * sum);
  const job = new Job();
  const rows = new Side(job, byRows, ridges(rowWeights), X);
  const cols = new Side(job, byCols, ridges(colWeights), Y);
  const gram = Block.allocate(job, "f32", rank, rank);
  const work = job.allocateBytes(job.f32.conjugateGradientWorkspace(rank));
  const improve = (side: Side, other: Side) => {
    const { factors } = other;
    product(factors, factors, { to: gram, transposeA: true, scale: cellWeight });
    side.improve(other, gram, conjugateGradientSteps, work);
  };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    improve(rows, cols);
    improve(cols, rows);
    yield;
  }
  return cols.factors.read() as Float32Array<ArrayBuffer>;
}

/**
 * The minimum without the constraint that a cell's weight be its own: the leading singular triplets
 * of D_u^-1/2 R D_i^-1/2, shrunk by the threshold.
 */
function spectralStart(A: SparseMatrix, objective: Objective, rank: number, seed: number) {
  const { rows, rowStart, colIndices } = A;
  const { rowWeights, colWeights, threshold } = objective;
  const scaled = new Float32Array(A.nonzeros);
  for (let u = 0; u < rows; u++) {
    for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
      const positive = Math.max(A.values[p], 0);
      scaled[p] = positive / Math.sqrt(rowWeights[u] * colWeights[colIndices[p]]);
    }
  }
  const { U, S, V } = randomizedSvd(A.withValues(scaled), { rank, seed, ...start });
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const scales = Float64Array.from(S, (value) =>
    Math.sqrt(total * Math.max(value - threshold, smallestShare * S[0])),
  );
  // In place: of many rows there is no room for another copy.
  const place = ({ data }: Matrix, sums: Float64Array) => {
    for (let u = 0; u < sums.length; u++) {
      const size = 1 / Math.sqrt(sums[u]);
      for (let c = 0; c < rank; c++) data[u * rank + c] *= size * scales[c];
    }
    return data as Float32Array;
  };
  return { X: place(U, rowWeights), Y: place(V, colWeights) };
}

/** The observed cells by rows and by columns; weights are left out where all of them are 1. */
function patternsOf(A: SparseMatrix): { byRows: Pattern; byCols: Pattern } {
  const { start, rowIndices, position } = A.byColumns();
  const weights = unlessOnes(A.values);
  return {
    byRows: { start: A.rowStart, indices: A.colIndices, weights },
    byCols: {
      start,
      indices: rowIndices,
      weights: weights && Float32Array.from(position, (p) => weights[p]),
    },
  };
}
