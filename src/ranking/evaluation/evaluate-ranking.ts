import { popularityOf } from "../../als/popularity.js";
import { describe, quote } from "../../check/describe.js";
import { checkedOptions, type OptionNames, readOptions } from "../../check/options.js";
import { checkList, checkObject } from "../../check/values.js";
import { type IdIndex, indexIds } from "../../completion/id-index.js";
import { type Id, textAt } from "../../completion/observations.js";
import { rowEntries } from "../../completion/row-entries.js";
import { indexInteractions } from "../interactions.js";
import { MatrixRanking } from "../matrix-ranking.js";
import {
  type EvaluationOptions,
  evaluationChecks,
  settleEvaluation,
} from "./evaluation-options.js";
import { judge, type RankedTestRow, type RankingEvaluation } from "./judge.js";
import type { DefaultCutoff } from "./ranking-metrics.js";
import type { InteractionSplit } from "./split-interactions.js";
import { linesByRow, testRows } from "./test-rows.js";

/** A row for which columns are to be ordered. */
export interface RowToRank {
  /** Its id. */
  readonly id: string;
  /** What it had before, in the order of the columns: as `MatrixRanking.foldIn` takes it. */
  readonly history: { readonly colIds: readonly string[]; readonly weights: readonly number[] };
  /** All columns, in increasing order of UTF-16 code units. */
  readonly colIds: readonly string[];
  /** How many places are judged. */
  readonly n: number;
}

/**
 * What orders the columns for a row: a model of this package, or somebody's own.
 * - `scores` gives a number per column of `row.colIds`. The history is left out, and equal scores are
 *   ordered by the columns' ids.
 * - `list` gives ids, the best first. What the list lacks is not found; an id that is unknown, in the
 *   history or there for the second time has its place and is wrong.
 */
export type Ranker =
  | MatrixRanking
  | { scores(row: RowToRank): ArrayLike<number> }
  | { list(row: RowToRank): ArrayLike<Id> };

const partNames: OptionNames<InteractionSplit> = { train: true, test: true, histories: true };

/**
 * How well an order of columns fits what rows chose in the end, beside the order by popularity. Every
 * column of the training part that is not in a row's history is a candidate: never a sample of them,
 * which changes which method wins (Krichene and Rendle 2020).
 *
 * A `MatrixRanking` is judged by its own columns and histories, as `MatrixRanking.evaluate` does it.
 * O(columns log columns) per row beside what the ranker takes.
 *
 * @param ranker - a model, or an object with `scores` or `list`.
 * @param split - what `splitInteractions` gives: `train` has the columns, their popularity and the
 *   rows' histories; `test` what was chosen, of which weights > 0 count; `histories` those of rows that
 *   were not trained on.
 * @param options - `cutoffs`, `groupBounds`.
 * @throws RangeError or TypeError for interactions and options as `rankMatrix`; when no row can be
 *   judged; when scores are not a number per column, or a list is not one of ids.
 * @example
 * ```ts
 * const clicks = { rowIds: ["a", "a", "b", "b", "c"], colIds: ["x", "y", "x", "y", "z"] };
 * const split = { train: clicks, test: { rowIds: ["c"], colIds: ["y"] } };
 * const alphabet = { list: ({ colIds }: { colIds: readonly string[] }) => [...colIds] };
 * evaluateRanking(alphabet, split, { cutoffs: [1, 2] }).hitRate2; // 1
 * ```
 */
export function evaluateRanking<K extends number = DefaultCutoff>(
  ranker: Ranker,
  split: InteractionSplit,
  options: EvaluationOptions<K> = {},
): RankingEvaluation<K> {
  const name = "evaluateRanking";
  const parts = readOptions(name, split, partNames, "an object with train and test", "split");
  const { train, test, histories } = parts;
  if (ranker instanceof MatrixRanking) {
    return ranker.evaluate(test, { ...options, ...(histories && { histories }) });
  }
  checkObject(name, "ranker", ranker, "a MatrixRanking, or an object with scores or list");
  const settings = settleEvaluation(
    checkedOptions<EvaluationOptions<number>>(name, options, evaluationChecks()),
  );
  const { matrix, rowIds, colIds } = indexInteractions(`${name}: train`, train, "once");
  const [rowIndex, colIndex] = [indexIds(rowIds), indexIds(colIds)];
  const given = histories && linesByRow(`${name}: histories`, histories);
  const cellsOf = (id: string): Cells => {
    const lines = given?.get(id);
    if (lines) return rowEntries(name, colIndex, lines.colIds, lines.weights, "last");
    const row = rowIndex.get(id);
    const [first, end] = row === undefined ? [0, 0] : matrix.rowStart.subarray(row, row + 2);
    return {
      colIndices: matrix.colIndices.subarray(first, end),
      values: matrix.values.subarray(first, end),
    };
  };
  const historyOf = (id: string) => ({ ...cellsOf(id), weights: undefined });
  const known = (given ?? rowIndex).keys();
  const rows = testRows(`${name}: test`, test, colIndex, historyOf, known);
  const n = Math.max(...settings.cutoffs);
  function* ranked(): Generator<RankedTestRow> {
    for (const item of rows.rows) {
      const { colIndices, values } = cellsOf(item.id);
      const history = {
        colIds: Array.from(colIndices, (col) => colIds[col]),
        weights: Array.from(values),
      };
      yield { item, ...ask(name, ranker as Asked, { id: item.id, history, colIds, n }, colIndex) };
    }
  }
  const candidates = { popularity: popularityOf(matrix), rowCount: matrix.rows };
  return judge(name, candidates, rows, ranked(), settings) as RankingEvaluation<K>;
}

/** The cells of one row, in the order of the columns. */
interface Cells {
  readonly colIndices: Int32Array;
  readonly values: ArrayLike<number>;
}

type Asked = Partial<Record<"scores" | "list", (row: RowToRank) => ArrayLike<unknown>>>;

/** What the ranker answers for a row, checked. */
function ask(name: string, ranker: Asked, row: RowToRank, colIndex: IdIndex) {
  const of = `of row ${quote(row.id)}`;
  if (typeof ranker.scores === "function") {
    const scores = ranker.scores(row) as ArrayLike<number>;
    checkList(name, `the scores ${of}`, scores);
    if (scores.length !== row.colIds.length) {
      throw new RangeError(
        `${name}: there are ${scores.length} scores ${of} and ${row.colIds.length} columns: ` +
          "there must be one per column",
      );
    }
    for (let col = 0; col < scores.length; col++) {
      if (typeof scores[col] === "number" && !Number.isNaN(scores[col])) continue;
      throw new RangeError(
        `${name}: the score ${of} at column ${quote(row.colIds[col])} is ` +
          `${describe(scores[col])}: it must be a number`,
      );
    }
    return { scores };
  }
  if (typeof ranker.list !== "function") {
    throw new TypeError(
      `${name}: ranker has neither scores nor list: it must be a MatrixRanking, or an object ` +
        "with one of the two as a function",
    );
  }
  const ids = ranker.list(row) as ArrayLike<Id>;
  const what = `the list ${of}`;
  checkList(name, what, ids);
  const count = Math.min(ids.length, row.n);
  return {
    list: Array.from({ length: count }, (_, p) => colIndex.get(textAt(name, what, ids, p)) ?? -1),
  };
}
