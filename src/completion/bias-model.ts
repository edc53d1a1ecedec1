import type { SparseMatrix } from "../linalg/sparse-matrix.js";

/** value(u, i) = mean + rowBias[u] + colBias[i] + noise, all in f64. */
export interface BiasModel {
  mean: number;
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
export function fitBiases(A: SparseMatrix): BiasModel {
  const { rows, cols, rowStart, colIndices, nonzeros } = A;
  let sum = 0;
  let largest = 0;
  for (let p = 0; p < nonzeros; p++) {
    sum += A.values[p];
    largest = Math.max(largest, Math.abs(A.values[p]));
  }
  const mean = sum / nonzeros;
  const values = new Float64Array(nonzeros);
  for (let p = 0; p < nonzeros; p++) values[p] = A.values[p] - mean;
  const rowCounts = Float64Array.from({ length: rows }, (_, u) => rowStart[u + 1] - rowStart[u]);
  const colCounts = new Float64Array(cols);
  for (let p = 0; p < nonzeros; p++) colCounts[colIndices[p]] += 1;

  const rowBias = new Float64Array(rows);
  const colBias = new Float64Array(cols);
  let squares = values.reduce((sum, value) => sum + value * value, 0);
  const variance = squares / nonzeros;
  const floor = minNoise * minNoise * variance;
  let noiseVariance = variance;
  let rowVariance = noiseVariance / 4;
  let colVariance = noiseVariance / 4;
  let rowRidge = 4;
  let colRidge = 4;
  for (let sweep = 0; sweep < sweeps && variance > 0; sweep++) {
    rowRidge = noiseVariance / Math.max(rowVariance, minVariance * noiseVariance);
    colRidge = noiseVariance / Math.max(colVariance, minVariance * noiseVariance);
    updateColBias();
    squares = updateRowBias();
    rowVariance = biasVariance(rowBias, rowCounts, rowRidge, noiseVariance);
    colVariance = biasVariance(colBias, colCounts, colRidge, noiseVariance);
    const freedom = shrinkage(rowCounts, rowRidge) + shrinkage(colCounts, colRidge);
    const rest = Math.max(nonzeros - freedom, (1 - maxFreedom) * nonzeros);
    noiseVariance = Math.max(squares / rest, floor);
  }
  const noise = Math.sqrt(noiseVariance);
  const exact = noiseVariance <= floor * (1 + 1e-9) || noise <= 1e-13 * largest;
  return { mean, rowBias, colBias, rowRidge, colRidge, noise, loss: squares / 2, exact };

  function updateColBias(): void {
    colBias.fill(0);
    for (let u = 0; u < rows; u++) {
      for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
        colBias[colIndices[p]] += values[p] - rowBias[u];
      }
    }
    for (let i = 0; i < cols; i++) colBias[i] /= colCounts[i] + colRidge;
  }

  /** Returns the sum of squared residuals under both biases. */
  function updateRowBias(): number {
    let total = 0;
    for (let u = 0; u < rows; u++) {
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

/** Mean of bias^2 plus its posterior variance, over the rows or columns that have entries. */
function biasVariance(
  bias: Float64Array,
  counts: Float64Array,
  ridge: number,
  noiseVariance: number,
): number {
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < bias.length; i++) {
    if (counts[i] === 0) continue;
    sum += bias[i] * bias[i] + noiseVariance / (counts[i] + ridge);
    seen += 1;
  }
  return sum / seen;
}

/** Degrees of freedom that the biases take: sum of n / (n + ridge). */
function shrinkage(counts: Float64Array, ridge: number): number {
  return counts.reduce((sum, count) => sum + count / (count + ridge), 0);
}
