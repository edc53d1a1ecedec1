// Everything that a model is, in plain arrays: what its file holds.

import type { Settings } from "./options.js";
import type { CompletionProgress } from "./progress.js";

export interface ModelState {
  settings: Settings;
  /** The validation entries kept the implicit terms. */
  implicit: boolean;
  /** The factorization is in use; without it the biases stand alone. */
  factorized: boolean;
  rowIds: readonly string[];
  colIds: readonly string[];
  /** Observed entries compressed by rows. */
  rowStart: Int32Array;
  colIndices: Int32Array;
  duplicates: number;
  steps: number;
  parameterCount: number;
  /** prediction = mean + scale (rowBias[u] + colBias[i] + x_u . y_i), clipped to low .. high. */
  mean: number;
  scale: number;
  low: number;
  high: number;
  rowBias: Float32Array;
  colBias: Float32Array;
  /** x_u and y_i, rows x rank and cols x rank; empty where the biases stand alone. */
  rowFactors: Float32Array;
  colFactors: Float32Array;
  /** What each column adds to the rows that have it, cols x rank; empty without implicit terms. */
  patternFactors: Float32Array;
  /** Biases of the bias model. */
  baselineRowBias: Float32Array;
  baselineColBias: Float32Array;
  /** Ridges of a new row: of its bias; of its factors, times the root of its number of entries. */
  biasRidge: number;
  factorRidge: number;
  history: CompletionProgress[];
}
