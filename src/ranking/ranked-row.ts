import type { History } from "../als/history.js";

/**
 * A row by its history, placed by `MatrixRanking.foldIn`: give it to `recommend` and its kin in place
 * of a row's id. Immutable; it belongs to the model that made it.
 */
export class RankedRow {
  /** @internal */
  constructor(
    /** The model that it belongs to. @internal */
    readonly model: object,
    /** Its cells. @internal */
    readonly history: History,
    /** Interactions left out because the model does not know their column. */
    readonly ignored: number,
    /** The ids of these columns, each once. */
    readonly unknown: readonly string[],
    /** Interactions beyond the first of a column. */
    readonly duplicates: number,
  ) {}
}
