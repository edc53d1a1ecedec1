import type { Histories } from "../als/history.js";
import type { ColumnFactors } from "../als/row-solver.js";
import type { RankingSettings } from "./options.js";

/** How well an order of columns does on cells that were held out: means over rows. */
export interface RankingScores {
  ndcg100: number;
  recall20: number;
}

/** What the fit measured on cells that it held out of each row. */
export interface RankingValidation extends RankingScores {
  /** The same of the order by popularity. */
  popularity: RankingScores;
  /** Rows that were judged, all slices together. */
  rows: number;
}

/** Everything that a ranking model knows. */
export interface RankingState extends ColumnFactors, Histories {
  readonly settings: RankingSettings;
  readonly rowIds: readonly string[];
  readonly colIds: readonly string[];
  /** Over `unit`; undefined where all are 1. */
  readonly weights: Float32Array | undefined;
  /** Weights were divided by this power of two. */
  readonly unit: number;
  /** The latest time of the fit, from which `settings.halfLife` counts; 0 where that is infinite. */
  readonly latest: number;
  /** Rows trained on: `rowIds` is empty in a file without histories. */
  readonly rowCount: number;
  /** Rows in which a column has been observed, not counting negative weights. */
  readonly popularity: Int32Array;
  /** Interactions beyond the first at their place. */
  readonly duplicates: number;
  readonly validation: RankingValidation | undefined;
  /** Increasing: columns that are known by their features alone. */
  readonly cold: Int32Array;
  /** Increasing: columns that were cold before an update brought them interactions. */
  readonly described: Int32Array;
  /** What features said of these, described.length x rank. */
  readonly priors: Float32Array;
  /** From features of rows to their factors, as `learnMap` gives it; undefined without `withFeatures`. */
  readonly rowMap: Float32Array | undefined;
}
