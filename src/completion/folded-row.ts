import type { PredictedRow } from "./prediction.js";

/**
 * A row that was not trained on, placed by `MatrixCompletion.foldIn`: give it to `predict` and
 * `recommend` in place of a row's id. Immutable; it belongs to the model that made it.
 */
export class FoldedRow {
  /** @internal */
  constructor(
    /** The model that it belongs to. @internal */
    readonly model: object,
    /** Its factors and bias, and the columns that it was placed by. @internal */
    readonly history: PredictedRow,
    /** Observations left out because the model does not know their column. */
    readonly ignored: number,
    /** The ids of these columns, each once. */
    readonly unknown: readonly string[],
    /** Observations beyond the first of a column. */
    readonly duplicates: number,
  ) {}
}

/** @throws RangeError when a row that was folded in belongs to another model. */
export function checkOwner(name: string, row: { readonly model: object }, model: object): void {
  if (row.model === model) return;
  throw new RangeError(`${name}: the folded row is another model's: fold it into this one`);
}
