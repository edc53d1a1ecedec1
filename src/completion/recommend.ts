import { topIndices } from "../linalg/top-indices.js";
import type { ModelState } from "./model-state.js";
import { clip, type PredictedRow, valueAt } from "./prediction.js";

export interface Recommendation {
  /** Column id. */
  id: string;
  /** What `predict` says of it. */
  score: number;
}

export interface RecommendOptions {
  /** Leave out the columns that the row has been observed in. @defaultValue true */
  excludeRated?: boolean;
}

/** The `n` columns of the highest predicted values, as `MatrixCompletion.recommend` says. */
export function recommendColumns(
  state: ModelState,
  { factors, bias, colIndices }: PredictedRow,
  n: number,
  excludeRated: boolean,
): Recommendation[] {
  const { colIds } = state;
  const values = new Float64Array(colIds.length);
  for (let col = 0; col < values.length; col++) values[col] = valueAt(state, factors, 0, bias, col);
  const rated = new Uint8Array(values.length);
  if (excludeRated) for (const col of colIndices) rated[col] = 1;
  return Array.from(topIndices(values, n, rated), (col) => ({
    id: colIds[col],
    score: clip(state, values[col]),
  }));
}
