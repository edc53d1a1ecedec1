import type { MatrixCompletion } from "../completion/matrix-completion.js";
import type { Ratings } from "../formats/delimited.js";

/** How well a model predicts ratings that it has not seen. */
export interface Evaluation {
  rmse: number;
  /** Of mean and biases alone. */
  baselineRmse: number;
  /** Prediction minus rating, in the order of the ratings. */
  errors: Float64Array;
}

/** Null when there are no ratings to compare with. */
export function evaluate(model: MatrixCompletion, ratings: Ratings): Evaluation | null {
  if (ratings.values.length === 0) return null;
  const errors = model.predictEach(ratings).map((value, i) => value - ratings.values[i]);
  return { rmse: model.rmse(ratings), baselineRmse: model.baselineRmse(ratings), errors };
}
