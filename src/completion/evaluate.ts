import { mae } from "../metrics/mae.js";
import { rmse } from "../metrics/rmse.js";
import type { IndexedEntries } from "./entries.js";
import type { MatrixCompletion } from "./matrix-completion.js";
import type { Outlier } from "./outliers.js";

/** How well a model predicts ratings. Those that look like mistakes say nothing of it. */
export interface Evaluation {
  rmse: number;
  /** Of mean and biases alone. */
  baselineRmse: number;
  mae: number;
  /** In the order of the ratings, without those that look like mistakes. */
  ratings: Float64Array;
  predictions: Float64Array;
  /** By mean and biases alone. */
  baselines: Float64Array;
  /** Who rated. */
  users: string[];
  /** Ratings as far off as those that the model has taken for mistakes; none where it has none. */
  outliers: Outlier[];
}

/** There must be at least one rating. */
export function evaluate(model: MatrixCompletion, given: IndexedEntries): Evaluation {
  const places = model.placesOf(given);
  const predicted = model.predictAt(places);
  const marks = model.outlierMarks(given.values, predicted);
  const { rowIds, colIds, rows, cols, values } = given;
  const outliers = Array.from(marks.keys())
    .filter((p) => marks[p] === 1)
    .map((p) => ({
      rowId: rowIds[rows[p]],
      colId: colIds[cols[p]],
      value: values[p],
      expected: predicted[p],
    }));
  // Where nothing else is left, they are judged on after all.
  const all = outliers.length === marks.length;
  const sound = (column: Float64Array) => column.filter((_, p) => all || marks[p] === 0);
  const [ratings, predictions] = [sound(values), sound(predicted)];
  const baselines = sound(model.baselineAt(places));
  return {
    rmse: rmse(ratings, predictions),
    baselineRmse: rmse(ratings, baselines),
    mae: mae(ratings, predictions),
    ...{ ratings, predictions, baselines },
    users: Array.from(rows.keys())
      .filter((p) => all || marks[p] === 0)
      .map((p) => rowIds[rows[p]]),
    outliers: all ? [] : outliers,
  };
}
