// Orders of columns against what rows chose in the end, beside plain popularity: over all rows, and
// over groups of rows with histories of a size.

import type { History } from "../../als/history.js";
import { log } from "../../linalg/elementary.js";
import { placesOf, topIndices } from "../../linalg/top-indices.js";
import { quartiles } from "../../metrics/quartiles.js";
import { discountsOf } from "../../metrics/ranking.js";
import type { RunningMean } from "../../metrics/running-mean.js";
import type { ReadEvaluationOptions } from "./evaluation-options.js";
import {
  addEach,
  type DefaultCutoff,
  means,
  named,
  type Order,
  type RankingMetrics,
  type RowMetrics,
  Tally,
  valuesOf,
  type Yardstick,
} from "./ranking-metrics.js";
import type { TestRow, TestRows } from "./test-rows.js";

/** Metrics of some rows, beside those of the order by popularity. */
export type RankingComparison<K extends number = DefaultCutoff> = RankingMetrics<K> & {
  /** Rows that were judged. */
  rows: number;
  /** Standard errors of the means over the rows; NaN for a single row. */
  standardErrors: RowMetrics<K>;
  /** The same metrics of the order by popularity. */
  popularity: RankingMetrics<K>;
  /** Standard errors of the differences to popularity, row by row: smaller than those of the means. */
  differenceErrors: RowMetrics<K>;
};

/** Metrics of the rows whose history has from `smallest` to `largest` columns. */
export type RankingGroup<K extends number = DefaultCutoff> = RankingComparison<K> & {
  smallest: number;
  largest: number;
};

export type RankingEvaluation<K extends number = DefaultCutoff> = RankingComparison<K> & {
  /** Rows of the test that could not be judged: nothing they chose is a candidate. */
  skipped: number;
  /** Rows with a history of which the test has nothing. */
  untested: number;
  /** Choices that do not count: of unknown columns, or of columns that the row had already. */
  ignored: number;
  /** From the newest rows to those with the longest histories. */
  groups: RankingGroup<K>[];
};

/** The columns that are ranked. */
export interface Candidates {
  /** How many rows have each column. */
  readonly popularity: ArrayLike<number>;
  /** Rows trained on. */
  readonly rowCount: number;
}

/** One row with the order that is judged. */
export interface RankedTestRow {
  readonly item: TestRow;
  /** A score per column; among equal ones the lower number comes first. */
  readonly scores?: ArrayLike<number>;
  /** Or columns, the best first, -1 for what is not a column. */
  readonly list?: ArrayLike<number>;
}

/**
 * @param ranked - the rows of the test, each with its order.
 * @throws RangeError when no row can be judged.
 */
export function judge(
  name: string,
  candidates: Candidates,
  test: TestRows,
  ranked: Iterable<RankedTestRow>,
  { cutoffs, groupBounds }: ReadEvaluationOptions,
): RankingEvaluation<number> {
  if (test.rows.length === 0) {
    throw new RangeError(
      `${name}: none of the ${test.skipped} rows can be judged: at least one must have chosen a ` +
        "column that the model knows and the row's history does not have",
    );
  }
  const deepest = Math.max(...cutoffs);
  const yardstick: Yardstick = {
    cutoffs,
    discounts: discountsOf(deepest),
    surprises: surprisesOf(candidates),
  };
  const bounds = groupBounds ?? quartiles(test.rows.map((row) => sizeOf(row.history)));
  const all = new Comparison(yardstick);
  const groups = Array.from({ length: bounds.length + 1 }, () => new Comparison(yardstick));
  const counts = Float32Array.from(candidates.popularity);
  const seen = new Uint8Array(counts.length);
  for (const { item, scores, list } of ranked) {
    const { history, relevant } = item;
    for (const col of history.colIndices) seen[col] = 1;
    const byScores = (of: ArrayLike<number>): Order => ({
      places: placesOf(of, relevant, seen),
      top: topIndices(of, deepest, seen),
    });
    const order = scores ? byScores(scores) : listed(list ?? [], relevant, seen, deepest);
    const popular = byScores(counts);
    for (const col of history.colIndices) seen[col] = 0;
    const size = sizeOf(history);
    all.add(order, popular, size);
    groups[bounds.filter((bound) => bound <= size).length].add(order, popular, size);
  }
  const { skipped, untested, ignored } = test;
  return {
    ...all.result(),
    ...{ skipped, untested, ignored },
    groups: groups
      .filter(({ rows }) => rows > 0)
      .map((group) => ({ ...group.result(), smallest: group.smallest, largest: group.largest })),
  };
}

/** A list that somebody else made: what is not a candidate, or repeated, has a place and is wrong. */
function listed(
  list: ArrayLike<number>,
  relevant: readonly number[],
  seen: Uint8Array,
  deepest: number,
): Order {
  const wanted = new Set(relevant);
  const named = new Set<number>();
  const places: number[] = [];
  const top = Array.from({ length: Math.min(list.length, deepest) }, (_, place) => {
    const col = list[place];
    if (col < 0 || seen[col] !== 0 || named.has(col)) return -1;
    named.add(col);
    if (wanted.has(col)) places.push(place);
    return col;
  });
  while (places.length < relevant.length) places.push(Number.POSITIVE_INFINITY);
  return { places, top };
}

const sizeOf = ({ colIndices }: History) => colIndices.length;

/** -log2 of the share of rows that have a column. */
function surprisesOf({ popularity, rowCount }: Candidates): Float64Array {
  const surprises = new Map<number, number>();
  for (const count of new Set(Array.from(popularity))) {
    // A column of nobody, such as one that is only disliked, surprises like one of half a row.
    surprises.set(count, -log(Math.max(count, 0.5) / rowCount) / log(2));
  }
  return Float64Array.from(popularity, (count) => surprises.get(count) as number);
}

class Comparison {
  readonly #yardstick: Yardstick;
  readonly #model: Tally;
  readonly #popularity: Tally;
  readonly #differences: RunningMean[];
  rows = 0;
  smallest = Number.POSITIVE_INFINITY;
  largest = 0;

  constructor(yardstick: Yardstick) {
    this.#yardstick = yardstick;
    this.#model = new Tally(yardstick);
    this.#popularity = new Tally(yardstick);
    this.#differences = means(yardstick);
  }

  /** @param size - of the row's history. */
  add(order: Order, popular: Order, size: number): void {
    const values = valuesOf(this.#yardstick, order);
    const popularValues = valuesOf(this.#yardstick, popular);
    this.#model.add(values, order);
    this.#popularity.add(popularValues, popular);
    const differences = values.map((value, m) => value - popularValues[m]);
    addEach(this.#differences, differences);
    this.rows++;
    this.smallest = Math.min(this.smallest, size);
    this.largest = Math.max(this.largest, size);
  }

  result(): RankingComparison<number> {
    return {
      ...this.#model.metrics(),
      rows: this.rows,
      standardErrors: this.#model.standardErrors(),
      popularity: this.#popularity.metrics(),
      differenceErrors: named(this.#yardstick, this.#differences, "standardError"),
    };
  }
}
