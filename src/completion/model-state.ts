// Everything that a model is, in plain arrays: what its file holds.

import type { Settings } from "./options.js";
import type { CompletionProgress } from "./progress.js";
import type { OrderComparison, RankingHead } from "./ranking-head.js";

/** What predicts: mean + scale (rowBias[u] + colBias[i] + x_u . y_i). */
export interface Predictor {
  readonly mean: number;
  readonly scale: number;
  readonly rowBias: Float32Array;
  readonly colBias: Float32Array;
  /** x_u and y_i, rows x rank and cols x rank; empty where the biases stand alone. */
  readonly rowFactors: Float32Array;
  readonly colFactors: Float32Array;
}

/** Entries whose values were taken for mistakes: at least one. */
export interface Outliers {
  /** Their places in the pattern, increasing. */
  readonly places: Int32Array;
  /** Their values as they were given. */
  readonly values: Float64Array;
  /** Further than this from its prediction a value is taken for a mistake. */
  readonly bound: number;
}

/** Everything that a model is. */
export interface ModelState extends Predictor {
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
  /** Predictions are clipped to low .. high. */
  low: number;
  high: number;
  /** What each column adds to the rows that have it, cols x rank; empty without implicit terms. */
  patternFactors: Float32Array;
  /** Biases of the bias model. */
  baselineRowBias: Float32Array;
  baselineColBias: Float32Array;
  /** Ridges of a new row: of its bias; of its factors, times the root of its number of entries. */
  biasRidge: number;
  factorRidge: number;
  history: CompletionProgress[];
  /** Undefined where none were found or looked for. */
  outliers: Outliers | undefined;
  /** How good the orders of columns were on held-out entries; undefined where no row could be judged. */
  comparison: OrderComparison | undefined;
  /** What orders columns where that is better than by predicted values. */
  head: RankingHead | undefined;
}
