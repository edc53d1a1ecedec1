import type { IndexedEntries } from "../completion/entries.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import { mae } from "../metrics/mae.js";
import { rmse } from "../metrics/rmse.js";

/** How well a model predicts ratings. */
export interface Evaluation {
  rmse: number;
  /** Of mean and biases alone. */
  baselineRmse: number;
  mae: number;
  /** In the order of the ratings. */
  ratings: Float64Array;
  predictions: Float64Array;
}

/** There must be at least one rating. */
export function evaluate(model: MatrixCompletion, ratings: IndexedEntries): Evaluation {
  const { values } = ratings;
  const places = model.placesOf(ratings);
  const predictions = model.predictAt(places);
  return {
    rmse: rmse(values, predictions),
    baselineRmse: rmse(values, model.baselineAt(places)),
    mae: mae(values, predictions),
    ratings: values,
    predictions,
  };
}
