// How well a ranking model orders what rows chose in the end, beside plain popularity.
import { type History, historyOf } from "../als/history.js";
import type { Scorer } from "../als/scorer.js";
import { index } from "../completion/entries.js";
import type { IdIndex } from "../completion/id-index.js";
import { log } from "../linalg/elementary.js";
import { placesOf, topIndices } from "../linalg/top-indices.js";
import {
  averagePrecisionAt,
  discountsOf,
  hitRateAt,
  ndcgAt,
  precisionAt,
  recallAt,
  reciprocalRankAt,
} from "../metrics/ranking.js";
import { placeHistory } from "./fold-in.js";
import { type Interactions, readInteractions } from "./interactions.js";
import type { RankingState } from "./ranking-state.js";

/** Means over the rows that were judged. */
export interface RankingMetrics {
  /** Normalized discounted cumulative gain of the first 10, and of the first 100. */
  ndcg10: number;
  ndcg100: number;
  /** Share of the chosen columns among the first 20, and 50; of as many as there are places. */
  recall20: number;
  recall50: number;
  /** Share of the first 10 that were chosen. */
  precision10: number;
  /** Share of the rows with a chosen column among the first 10. */
  hitRate10: number;
  /** Mean reciprocal rank and mean average precision, of the first 10. */
  mrr10: number;
  map10: number;
  /** Share of the columns that are among the first 10 of some row. */
  coverage10: number;
  /** Mean of -log2 of the share of rows that have a column, over the first 10 of every row. */
  novelty10: number;
}

export interface RankingEvaluation extends RankingMetrics {
  /** Rows that were judged. */
  rows: number;
  /** Rows that could not be: none of what they chose is new to them and known to the model. */
  skipped: number;
  /** Choices that do not count: of columns that the model does not know, or that a row had already. */
  ignored: number;
  /** The same metrics of the order by popularity. */
  popularity: RankingMetrics;
}

/** @throws RangeError or TypeError as `MatrixRanking.evaluate`. */
export function evaluateRanking(
  state: RankingState,
  scorer: Scorer,
  rowIndex: IdIndex,
  colIndex: IdIndex,
  interactions: Interactions,
  histories: Interactions | undefined,
): RankingEvaluation {
  const chosen = grouped("evaluate", interactions);
  const given = histories === undefined ? new Map() : grouped("evaluate: histories", histories);
  const surprises = surprisesOf(state);
  const model = new Tally(surprises);
  const popularity = new Tally(surprises);
  const counts = Float32Array.from(state.popularity);
  const seen = new Uint8Array(state.cols);
  let [skipped, ignored] = [0, 0];
  function* judged() {
    for (const [id, { colIds, weights }] of chosen) {
      const history = historyFor(state, colIndex, rowIndex.get(id), given.get(id));
      const known = new Set(history.colIndices);
      const relevant = new Set<number>();
      colIds.forEach((colId, p) => {
        if (weights[p] <= 0) return;
        const col = colIndex.get(colId);
        if (col === undefined || known.has(col)) ignored++;
        else relevant.add(col);
      });
      if (relevant.size > 0) yield { history, relevant: [...relevant] };
      else skipped++;
    }
  }
  for (const { item, scores } of scorer.scoresOfAll(judged())) {
    const { history, relevant } = item;
    for (const col of history.colIndices) seen[col] = 1;
    model.add(scores, relevant, seen);
    popularity.add(counts, relevant, seen);
    for (const col of history.colIndices) seen[col] = 0;
  }
  if (model.rows === 0) {
    throw new RangeError(
      `evaluate: none of the ${chosen.size} rows can be judged: at least one must have chosen a ` +
        "column that the model knows and the row's history does not have",
    );
  }
  return {
    ...model.means(),
    rows: model.rows,
    skipped,
    ignored,
    popularity: popularity.means(),
  };
}

/** What is known of a row before its choices. */
function historyFor(
  state: RankingState,
  colIndex: IdIndex,
  row: number | undefined,
  given: Group | undefined,
): History {
  if (given !== undefined) return placeHistory(state, colIndex, given).history;
  if (row !== undefined) return historyOf(state, row);
  return { colIndices: new Int32Array(0), weights: undefined };
}

interface Group {
  colIds: string[];
  weights: number[];
}

/** Interactions by row, in the order in which the rows come. */
function grouped(name: string, interactions: Interactions): Map<string, Group> {
  const { rowIds, colIds, weights } = readInteractions(name, interactions);
  const values = weights ?? new Float64Array(rowIds.length).fill(1);
  const entries = index(name, { rowIds, colIds, values });
  const groups = new Map<string, Group>();
  for (let p = 0; p < values.length; p++) {
    const id = entries.rowIds[entries.rows[p]];
    let group = groups.get(id);
    if (group === undefined) {
      group = { colIds: [], weights: [] };
      groups.set(id, group);
    }
    group.colIds.push(entries.colIds[entries.cols[p]]);
    group.weights.push(values[p]);
  }
  return groups;
}

/** -log2 of the share of rows that have a column. */
function surprisesOf({ popularity, rowCount }: RankingState): Float64Array {
  const surprises = new Map<number, number>();
  for (const count of new Set(popularity)) {
    // A column of nobody, such as one that is only disliked, surprises like one of half a row.
    surprises.set(count, -log(Math.max(count, 0.5) / rowCount) / log(2));
  }
  return Float64Array.from(popularity, (count) => surprises.get(count) as number);
}

/** Sums the metrics of row after row. */
class Tally {
  rows = 0;
  readonly #discounts = discountsOf(100);
  readonly #sums = new Float64Array(8);
  readonly #covered: Uint8Array;
  #novelty = 0;
  #recommended = 0;

  constructor(readonly surprises: Float64Array) {
    this.#covered = new Uint8Array(surprises.length);
  }

  add(scores: Float32Array, relevant: readonly number[], seen: Uint8Array): void {
    const places = placesOf(scores, relevant, seen);
    const metrics = [
      ndcgAt(places, 10, this.#discounts),
      ndcgAt(places, 100, this.#discounts),
      recallAt(places, 20),
      recallAt(places, 50),
      precisionAt(places, 10),
      hitRateAt(places, 10),
      reciprocalRankAt(places, 10),
      averagePrecisionAt(places, 10),
    ];
    metrics.forEach((metric, m) => {
      this.#sums[m] += metric;
    });
    for (const col of topIndices(scores, 10, seen)) {
      this.#covered[col] = 1;
      this.#novelty += this.surprises[col];
      this.#recommended++;
    }
    this.rows++;
  }

  means(): RankingMetrics {
    const [ndcg10, ndcg100, recall20, recall50, precision10, hitRate10, mrr10, map10] =
      this.#sums.map((sum) => sum / this.rows);
    const covered = this.#covered.reduce((sum, mark) => sum + mark, 0);
    return {
      ...{ ndcg10, ndcg100, recall20, recall50, precision10, hitRate10, mrr10, map10 },
      coverage10: covered / this.#covered.length,
      novelty10: this.#novelty / this.#recommended,
    };
  }
}
