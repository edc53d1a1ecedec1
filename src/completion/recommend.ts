import type { Scorer } from "../als/scorer.js";
import { invalidValue } from "../check/describe.js";
import type { OptionNames } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { topIndices } from "../linalg/top-indices.js";
import { type CandidateOptions, type Candidates, exclusions } from "./candidates.js";
import type { ModelState } from "./model-state.js";
import type { Id } from "./observations.js";
import { clip, type PredictedRow, valueAt } from "./prediction.js";
import { valuesOfRows } from "./values-of-rows.js";

/** What a list is ordered by: what the row would pick, or the values that are predicted. */
export type RecommendationOrder = "ranking" | "rating";

export const recommendationOrders: readonly RecommendationOrder[] = ["ranking", "rating"];

export interface Recommendation {
  /** Column id. */
  id: string;
  /** What the list is ordered by: of the ranking head, over 0 for no and about 1 for yes. */
  score: number;
  /** What `predict` says of it. */
  value: number;
}

/** The recommendations of one row. */
export interface RowRecommendations<Item> {
  id: string;
  recommendations: Item[];
}

export interface RecommendOptions extends CandidateOptions {
  /** Leave out the columns that the row has been observed in. @defaultValue true */
  excludeRated?: boolean;
  /**
   * Order by what the row would pick next, which needs a model with a ranking head, or by the values
   * that are predicted. @defaultValue "ranking" where the model has a head, otherwise "rating"
   */
  by?: RecommendationOrder;
}

export const recommendNames: OptionNames<RecommendOptions> = {
  excludeRated: true,
  by: true,
  exclude: true,
  only: true,
};

/** Which rows `recommendAll` makes a list for. */
export interface SomeRows {
  /** @defaultValue all rows of the model */
  rows?: ArrayLike<Id>;
}

/** How many columns are asked for. @throws RangeError, or TypeError for options in its place. */
export function checkCount(name: string, n: number): void {
  if (typeof n === "object") {
    const wanted = `an integer, before the options: ${name}(row, 10, options)`;
    throw invalidValue(name, "n", n, wanted, TypeError);
  }
  checkInteger(name, "n", n, 0);
}

/** What a list is made by. */
export interface Order extends Candidates {
  readonly excludeRated: boolean;
  /** Of the ranking head; without it the predicted values order. */
  readonly scorer: Scorer | undefined;
}

/** The first `n` columns of each row, as `MatrixCompletion.recommend` says, one row after the other. */
export function* recommendColumns<Row extends { readonly history: PredictedRow }>(
  state: ModelState,
  rows: Iterable<Row>,
  n: number,
  order: Order,
): Generator<{ row: Row; recommendations: Recommendation[] }> {
  const { colIds } = state;
  const { scorer, excludeRated } = order;
  const scored = scorer
    ? scorer.scoresOfAll(rows)
    : valuesOfRows(state, rows, ({ history }) => history);
  for (const { item, scores } of scored) {
    const { factors, bias, colIndices } = item.history;
    const excluded = exclusions(order, excludeRated ? colIndices : [], colIds.length);
    const recommendations = Array.from(topIndices(scores, n, excluded), (col) => {
      const value = clip(state, valueAt(state, factors, 0, bias, col));
      return { id: colIds[col], score: scorer ? scores[col] : value, value };
    });
    yield { row: item, recommendations };
  }
}
