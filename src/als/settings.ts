/** What decides a fit, beside the cells. */
export interface AlsSettings {
  /** Width of the factors. */
  readonly rank: number;
  /** Weight of all cells that are not observed together, over that of those that are. */
  readonly unobservedWeight: number;
  /** Multiplies the regularization, which follows from the data. */
  readonly regularization: number;
  readonly seed: number;
}

/** What holds on every data set tried (docs/reference/ranking.md): nothing is to be tuned. */
export const alsDefaults = { unobservedWeight: 8, regularization: 0.35 };

const defaultRank = 64;

/** The largest rank that a matrix has room for: the spectral start takes one less than a side. */
export function largestRank(rows: number, cols: number): number {
  return Math.max(Math.min(rows, cols) - 1, 0);
}

export function defaultRankOf(rows: number, cols: number): number {
  return Math.min(defaultRank, largestRank(rows, cols));
}
