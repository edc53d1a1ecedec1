// What orders the columns of a row by what it would pick next, beside the model of the values: factors of
// the columns from all cells, observed or not (src/als), or popularity. A row's place is solved for from
// its entries, so that trained rows and folded ones are one and no factors of rows are stored.
import type { History } from "../als/history.js";
import { type ColumnFactors, RowSolver } from "../als/row-solver.js";
import { Scorer } from "../als/scorer.js";
import { solveByScript } from "../als/solve-by-script.js";
import type { Grades } from "./grades.js";

/** NDCG@10 of the orders of columns on entries held out: means over the rows judged. */
export interface OrderScores {
  /** By the ranking head: the one that the model has, or would have. */
  ranking: number;
  /** By predicted values. */
  rating: number;
  /** By how many entries each column has, each counted by its weight. */
  popularity: number;
}

/** What the fit measured on the entries that it held out for the search. */
export interface OrderComparison {
  ndcg10: OrderScores;
  /** Rows that were judged, all slices together. */
  rows: number;
}

/** Factors of rank 0: popularity. */
export interface RankingHead extends ColumnFactors {
  readonly grades: Grades;
  /** The grade of each entry that was trained on, in the order of the pattern. */
  readonly numbers: Uint8Array;
}

/** Scores by the factors; of rows without entries, and without factors, by popularity. */
export function headScorer(columns: ColumnFactors, entries: History): Scorer {
  return new Scorer(new RowSolver(columns, solveByScript), columnSums(columns.cols, entries));
}

/** Popularity: the sum of the weights of each column. */
export function columnSums(cols: number, { colIndices, weights }: History): Float64Array {
  const sums = new Float64Array(cols);
  for (let p = 0; p < colIndices.length; p++) sums[colIndices[p]] += weights ? weights[p] : 1;
  return sums;
}
