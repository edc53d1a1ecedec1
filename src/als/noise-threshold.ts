import { randomNormalArray, randomUniformArray } from "../linalg/random.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import * as streams from "../linalg/streams.js";

/** How strongly the entries of one row, or column, pull: sqrt(count), divided by its mean. */
export interface Weights {
  weights: Float64Array;
  /** Mean of sqrt(max(count, 1)). */
  meanRoot: number;
}

/** Weights of the groups start[g] .. start[g + 1]; an empty group weighs like one entry. */
export function weightsOf(start: Int32Array): Weights {
  const roots = Float64Array.from({ length: start.length - 1 }, (_, g) =>
    Math.sqrt(Math.max(start[g + 1] - start[g], 1)),
  );
  const meanRoot = roots.reduce((sum, root) => sum + root, 0) / roots.length;
  return { weights: roots.map((root) => root / meanRoot), meanRoot };
}

const iterations = 20;

/**
 * The strength of the strongest component that noise of variance 1 shows on the pattern of A: the
 * spectral norm of a matrix of random signs there, entry (u, i) divided by
 * sqrt(rowWeight[u] colWeight[i]). What is weaker cannot be told from noise. 20 power iterations.
 *
 * @param sizes - of the signs, for entries that do not all say as much: 1 each where they are left out.
 */
export function noiseThreshold(
  A: SparseMatrix,
  rowWeights: Float64Array,
  colWeights: Float64Array,
  seed: number,
  sizes?: ArrayLike<number>,
): number {
  const { rows, cols, rowStart, colIndices, nonzeros } = A;
  const noise = randomUniformArray(nonzeros, seed, streams.noiseSigns.first, "f64");
  for (let u = 0; u < rows; u++) {
    for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
      const weight = sizes === undefined ? 1 : Math.abs(sizes[p]);
      const size = weight / Math.sqrt(rowWeights[u] * colWeights[colIndices[p]]);
      noise[p] = noise[p] < 0.5 ? -size : size;
    }
  }
  const x = randomNormalArray(cols, seed, streams.noiseStart.first, "f64");
  const y = new Float64Array(rows);
  for (let iteration = 0; iteration < iterations; iteration++) {
    normalize(x);
    for (let u = 0; u < rows; u++) {
      let sum = 0;
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) sum += noise[p] * x[colIndices[p]];
      y[u] = sum;
    }
    normalize(y);
    x.fill(0);
    for (let u = 0; u < rows; u++) {
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) x[colIndices[p]] += noise[p] * y[u];
    }
  }
  return normalize(x);
}

/** Divides by the norm, which it returns; leaves zeros. */
function normalize(x: { length: number; [i: number]: number }): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  const norm = Math.sqrt(squares);
  if (norm > 0) for (let i = 0; i < x.length; i++) x[i] /= norm;
  return norm;
}
