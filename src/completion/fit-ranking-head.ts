// Fits the ranking head where held-out entries say that its order is better than that by predicted
// values. A model of values says how many stars a row would give; the most go to columns that hardly any
// row picks.
import { fitFactors } from "../als/fit-factors.js";
import { type Histories, type History, historyOf, joinHistories } from "../als/history.js";
import { objectiveOf } from "../als/objective.js";
import { type ColumnFactors, RowSolver } from "../als/row-solver.js";
import { type AlsSettings, alsDefaults, defaultRankOf } from "../als/settings.js";
import { solveByScript } from "../als/solve-by-script.js";
import { inSingles, solveRows } from "../als/solve-rows.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import { placesOf } from "../linalg/top-indices.js";
import { middleOf } from "../metrics/middle.js";
import { discountsOf, ndcgAt } from "../metrics/ranking.js";
import { RunningMean } from "../metrics/running-mean.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { graded } from "./grades.js";
import type { Predictor } from "./model-state.js";
import { trainedFactors } from "./prediction.js";
import { columnSums, headScorer, type OrderComparison, type RankingHead } from "./ranking-head.js";
import { valuesOfRows } from "./values-of-rows.js";

/** A slice that was held out, and the model of the values that did best on it. */
export interface JudgedSlice {
  readonly kept: SparseRows;
  readonly heldOut: SparseRows;
  /** Its rows are those of the shard. */
  readonly predictor: Predictor;
}

/** The head, where there is one, and what was measured, where a row could be judged. */
export interface HeadChoice {
  readonly comparison: OrderComparison | undefined;
  readonly head: RankingHead | undefined;
}

/** Sweeps of a fit; to judge the order fewer are enough. */
const sweeps = { final: 3, judged: 2 };
/** Rows of a slice that are judged, evenly spread over all of them. */
const maximumRows = 5000;
const judgedPlaces = 10;

/** Turns of `fitRankingHead`, at most: of each slice a start, its sweeps and the judgement. */
export function headTurns(slices: number): number {
  return slices * (1 + sweeps.judged + 1) + 1 + sweeps.final;
}

/** NDCG of the orders over the rows judged, and of each row the differences. */
class Tally {
  readonly factors = new RunningMean();
  readonly popularity = new RunningMean();
  readonly rating = new RunningMean();
  readonly factorsOverPopularity = new RunningMean();
  readonly factorsOverRating = new RunningMean();
  readonly popularityOverRating = new RunningMean();

  add(factors: number, popularity: number, rating: number): void {
    this.factors.add(factors);
    this.popularity.add(popularity);
    this.rating.add(rating);
    this.factorsOverPopularity.add(factors - popularity);
    this.factorsOverRating.add(factors - rating);
    this.popularityOverRating.add(popularity - rating);
  }
}

/**
 * Judges the orders on the slices, and fits the head on all entries: an iterator with a turn after every
 * start, sweep and slice. Of popularity, factors and predicted values the simpler one stays unless the
 * other is better by more than the standard error of their mean difference.
 */
export function* fitRankingHead(
  A: SparseRows,
  slices: readonly JudgedSlice[],
  seed: number,
  blocks: RowBlocks,
): Sharded<HeadChoice, undefined> {
  const settings = { ...alsDefaults, rank: defaultRankOf(A.rows, A.cols), seed };
  const tally = new Tally();
  for (const slice of slices) yield* judge(slice, settings, tally, blocks);
  const { factors, popularity, rating, factorsOverPopularity } = tally;
  if (rating.count < 2) return { comparison: undefined, head: undefined };
  const byFactors = isClear(factorsOverPopularity);
  const ranking = byFactors ? factors : popularity;
  const comparison = {
    ndcg10: { ranking: ranking.mean, rating: rating.mean, popularity: popularity.mean },
    rows: rating.count,
  };
  const overRating = byFactors ? tally.factorsOverRating : tally.popularityOverRating;
  if (!isClear(overRating)) return { comparison, head: undefined };
  const { grades, numbers, weights } = graded(A);
  const rank = byFactors ? settings.rank : 0;
  const columns = yield* fitColumns(weights, { ...settings, rank }, sweeps.final, blocks);
  return { comparison, head: { ...columns, grades, numbers } };
}

/** `count` sweeps. Of rank 0, popularity, nothing is fitted, and nobody asks for the numbers of the objective. */
function* fitColumns(
  weights: SparseRows,
  settings: AlsSettings,
  count: number,
  blocks: RowBlocks,
): Sharded<ColumnFactors, undefined> {
  const { rank } = settings;
  const { cols } = weights;
  if (rank === 0) return { factors: new Float32Array(0), cols, rank, cellWeight: 1, threshold: 1 };
  const objective = yield* objectiveOf(weights, settings, blocks);
  const { cellWeight, threshold } = objective;
  const { factors } = yield* fitFactors(weights, objective, settings, count, blocks);
  return { factors, cols, rank, cellWeight, threshold };
}

/** Whether a mean difference is above 0 by more than its standard error. */
const isClear = ({ mean, standardError }: RunningMean) => mean > standardError;

/** Adds the scores of a slice's rows; each shard judges its own. */
function* judge(
  { kept, heldOut, predictor }: JudgedSlice,
  settings: AlsSettings,
  tally: Tally,
  blocks: RowBlocks,
): Sharded<void, undefined> {
  const { weights } = graded(kept);
  const { rowStart, colIndices, cols } = kept;
  const histories = { rowStart, colIndices, weights: weights.values as Float32Array };
  const columns = yield* fitColumns(weights, settings, sweeps.judged, blocks);
  const scorer = headScorer(columns, histories);
  const popular = columnSums(cols, histories);
  const discounts = discountsOf(judgedPlaces);
  const seen = new Uint8Array(cols);
  const ndcg = (scores: ArrayLike<number>, relevant: readonly number[]) =>
    ndcgAt(placesOf(scores, relevant, seen, judgedPlaces), judgedPlaces, discounts);
  /** For every row that may be judged: whether it is, and three scores. */
  const judgements = new Float64Array(4 * maximumRows);
  const step = Math.ceil(kept.rows / maximumRows);
  const judged = placed([...judgedRows(histories, kept, heldOut, step, blocks)], columns);
  const scored = scorer.scoresOfAll(judged);
  const valued = valuesOfRows(predictor, scored, ({ item: { row } }) =>
    trainedFactors(predictor, row - blocks.firstRow),
  );
  for (const { item: ranked, scores: values } of valued) {
    const { row, history, relevant } = ranked.item;
    const { scores } = ranked;
    for (const col of history.colIndices) seen[col] = 1;
    const orders = [scores, popular, values].map((order) => ndcg(order, relevant));
    judgements.set([1, ...orders], (4 * row) / step);
    for (const col of history.colIndices) seen[col] = 0;
  }
  yield* blocks.join(judgements);
  for (let at = 0; at < judgements.length; at += 4) {
    const [isJudged, ...orders] = judgements.subarray(at, at + 4);
    if (isJudged) tally.add(...(orders as [number, number, number]));
  }
  yield;
}

interface JudgedRow {
  readonly row: number;
  readonly history: History;
  /** Columns that the row has liked among what is held out. */
  readonly relevant: number[];
}

/** The shard's rows that have liked something among what is held out: a value not below the mean. */
function* judgedRows(
  histories: Histories,
  kept: SparseRows,
  heldOut: SparseRows,
  step: number,
  { firstRow, rows }: RowBlocks,
): Generator<JudgedRow> {
  const { rowStart, colIndices, values } = heldOut;
  const liked = middleOf(kept.values);
  for (let row = Math.ceil(firstRow / step) * step; row < firstRow + rows; row += step) {
    const relevant: number[] = [];
    for (let p = rowStart[row]; p < rowStart[row + 1]; p++) {
      if (values[p] >= liked) relevant.push(colIndices[p]);
    }
    if (relevant.length > 0) yield { row, history: historyOf(histories, row), relevant };
  }
}

/** The same rows with their factors, solved for together, where the columns have some. */
function placed(judged: readonly JudgedRow[], columns: ColumnFactors): readonly JudgedRow[] {
  const { rank } = columns;
  if (rank === 0) return judged;
  const solver = new RowSolver(columns, solveByScript);
  const factors = solveRows(solver, joinHistories(judged.map(({ history }) => history)), inSingles);
  return judged.map((one, i) => {
    // Of a row without entries popularity says more.
    if (one.history.colIndices.length === 0) return one;
    const rowFactors = Float64Array.from(factors.subarray(i * rank, (i + 1) * rank));
    return { ...one, history: { ...one.history, rowFactors } };
  });
}
