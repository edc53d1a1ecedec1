// What a model says of its places, by number: an id that it was not trained on has none, or -1.
import type { History } from "../als/history.js";
import { gradeWeights } from "./grades.js";
import type { ModelState, Predictor } from "./model-state.js";
import type { ClipRange } from "./range.js";

/** Places by number: `rows[p]` and `cols[p]`. */
export interface NumberedPlaces {
  readonly rows: Int32Array;
  readonly cols: Int32Array;
}

/** A model as far as it predicts, and where predictions are clipped. */
export type Clipped = Predictor & ClipRange;

/** What a prediction needs to know of a row. */
export interface RowFactors {
  readonly factors: Float32Array | Float64Array;
  readonly bias: number;
}

/** Beside it the columns that it was observed in, for the ranking head with their weights. */
export interface PredictedRow extends RowFactors, History {}

/** The places that a model was trained on, in the order of its pattern. */
export function placesOf({
  rowStart,
  colIndices: cols,
}: Pick<ModelState, "rowStart" | "colIndices">): NumberedPlaces {
  const rows = new Int32Array(cols.length);
  for (let row = 0; row + 1 < rowStart.length; row++) {
    rows.fill(row, rowStart[row], rowStart[row + 1]);
  }
  return { rows, cols };
}

/** Width of the factors; 0 where the biases stand alone. */
export function widthOf({ colFactors, colBias }: Predictor): number {
  return colFactors.length / colBias.length;
}

export function trainedFactors(predictor: Predictor, row: number): RowFactors {
  const width = widthOf(predictor);
  const factors = predictor.rowFactors.subarray(row * width, (row + 1) * width);
  return { factors, bias: predictor.rowBias[row] };
}

export function trainedRow(state: ModelState, row: number): PredictedRow {
  const { head, rowStart, colIndices } = state;
  const [first, last] = [rowStart[row], rowStart[row + 1]];
  return {
    ...trainedFactors(state, row),
    colIndices: colIndices.subarray(first, last),
    weights: head && gradeWeights(head.grades, head.numbers.subarray(first, last)),
  };
}

/** The value of a row in a column before clipping; its factors begin at `factors[at]`. */
export function valueAt(
  state: Predictor,
  factors: Float32Array | Float64Array,
  at: number,
  bias: number,
  col: number,
): number {
  const { mean, scale, colBias, colFactors } = state;
  const width = widthOf(state);
  let product = 0;
  for (let c = 0; c < width; c++) product += factors[at + c] * colFactors[col * width + c];
  return mean + scale * (bias + colBias[col] + product);
}

/** The values of a row in all columns before clipping. */
export function valuesOf(predictor: Predictor, { factors, bias }: RowFactors): Float64Array {
  const values = new Float64Array(predictor.colBias.length);
  for (let col = 0; col < values.length; col++) {
    values[col] = valueAt(predictor, factors, 0, bias, col);
  }
  return values;
}

export function clip({ low, high }: ClipRange, value: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The predictions; where one side is unknown its bias is 0, and there are no factors. */
export function predictionsAt(state: Clipped, { rows, cols }: NumberedPlaces): Float64Array {
  const { rowFactors, rowBias, colBias } = state;
  const width = widthOf(state);
  const predictions = new Float64Array(rows.length);
  for (let p = 0; p < rows.length; p++) {
    const [row, col] = [rows[p], cols[p]];
    const value =
      row < 0 || col < 0
        ? biasesAt(state, rowBias, colBias, row, col)
        : valueAt(state, rowFactors, row * width, rowBias[row], col);
    predictions[p] = clip(state, value);
  }
  return predictions;
}

/** The predictions of the bias model alone. */
export function baselinesAt(state: ModelState, { rows, cols }: NumberedPlaces): Float64Array {
  const { baselineRowBias, baselineColBias } = state;
  const predictions = new Float64Array(rows.length);
  for (let p = 0; p < rows.length; p++) {
    predictions[p] = clip(
      state,
      biasesAt(state, baselineRowBias, baselineColBias, rows[p], cols[p]),
    );
  }
  return predictions;
}

function biasesAt(
  { mean, scale }: Predictor,
  rowBias: Float32Array,
  colBias: Float32Array,
  row: number,
  col: number,
): number {
  const z = (row < 0 ? 0 : rowBias[row]) + (col < 0 ? 0 : colBias[col]);
  return mean + scale * z;
}
