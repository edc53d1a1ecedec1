import type { Scorer } from "../als/scorer.js";
import { invalidValue } from "../check/describe.js";
import { checkInteger } from "../check/values.js";
import { topIndices } from "../linalg/top-indices.js";
import type { ModelState } from "./model-state.js";
import { clip, type PredictedRow, valueAt, valuesOf } from "./prediction.js";

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

export interface RecommendOptions {
  /** Leave out the columns that the row has been observed in. @defaultValue true */
  excludeRated?: boolean;
  /**
   * Order by what the row would pick next, which needs a model with a ranking head, or by the values
   * that are predicted. @defaultValue "ranking" where the model has a head, otherwise "rating"
   */
  by?: RecommendationOrder;
}

/** How many columns are asked for. @throws RangeError, or TypeError for options in its place. */
export function checkCount(name: string, n: number): void {
  if (typeof n === "object") {
    const wanted = `an integer, before the options: ${name}(row, 10, options)`;
    throw invalidValue(name, "n", n, wanted, TypeError);
  }
  checkInteger(name, "n", n, 0);
}

/**
 * The first `n` columns, as `MatrixCompletion.recommend` says.
 *
 * @param scorer - of the ranking head; without it the predicted values order.
 */
export function recommendColumns(
  state: ModelState,
  row: PredictedRow,
  n: number,
  excludeRated: boolean,
  scorer: Scorer | undefined,
): Recommendation[] {
  const { colIds } = state;
  const scores = scorer ? scorer.scores(row) : valuesOf(state, row);
  const rated = new Uint8Array(scores.length);
  if (excludeRated) for (const col of row.colIndices) rated[col] = 1;
  return Array.from(topIndices(scores, n, rated), (col) => {
    const value = clip(state, valueAt(state, row.factors, 0, row.bias, col));
    return { id: colIds[col], score: scorer ? scores[col] : value, value };
  });
}
