/**
 * A row that was not trained on, placed by `MatrixCompletion.foldIn`: give it to `predict` and
 * `recommend` in place of a row's id. Immutable; it belongs to the model that made it.
 */
export class FoldedRow {
  /** @internal */
  constructor(
    /** The model that it belongs to. @internal */
    readonly model: object,
    /** Its factors in the model's coordinates. @internal */
    readonly factors: Float64Array,
    /** Its bias, standardised. @internal */
    readonly bias: number,
    /** The columns that it was placed by, increasing. @internal */
    readonly colIndices: Int32Array,
    /** How much each of these says to the ranking head; undefined without one. @internal */
    readonly weights: Float32Array | undefined,
    /** Observations left out because the model does not know their column. */
    readonly ignored: number,
    /** The ids of these columns, each once. */
    readonly unknown: readonly string[],
    /** Observations beyond the first of a column. */
    readonly duplicates: number,
  ) {}
}
