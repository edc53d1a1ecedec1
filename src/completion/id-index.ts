// Ids of a model's rows and columns by number, and what is said of one that it does not have.
import { quote } from "../check/describe.js";
import { checkList } from "../check/values.js";
import { type Id, textOf } from "./observations.js";

/** The number of each id. */
export type IdIndex = ReadonlyMap<string, number>;

export function indexIds(ids: readonly string[]): IdIndex {
  return new Map(ids.map((id, number) => [id, number]));
}

/** @throws RangeError when the model was not trained on the row. */
export function rowNumber(name: string, rows: IdIndex, row: Id): number {
  const id = textOf(name, "row", row);
  const number = rows.get(id);
  if (number !== undefined) return number;
  throw new RangeError(
    `${name}: row ${quote(id)} is unknown: it must be one of the ${rows.size} rows ` +
      "trained on, or a folded row",
  );
}

/** The numbers of these rows, or of all. @throws RangeError when the model was not trained on one. */
export function rowNumbers(
  name: string,
  rows: IdIndex,
  some: ArrayLike<Id> | undefined,
): Int32Array {
  if (some === undefined) return Int32Array.from({ length: rows.size }, (_, row) => row);
  checkList(name, "rows", some);
  return Int32Array.from(some, (id) => rowNumber(name, rows, id));
}

/** @throws RangeError when the model was not trained on the column. */
export function colNumber(name: string, cols: IdIndex, colId: Id): number {
  const id = textOf(name, "colId", colId);
  const number = cols.get(id);
  if (number !== undefined) return number;
  throw new RangeError(
    `${name}: column ${quote(id)} is unknown: it must be one of the ${cols.size} ` +
      "columns trained on",
  );
}
