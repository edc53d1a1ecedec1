// The entries of one row that is folded into a model, by column.
import { quote } from "../check/describe.js";
import { type SettlePolicy, settleValues } from "./duplicates.js";
import type { IdIndex } from "./id-index.js";
import { type Id, textAt } from "./observations.js";

export interface RowEntries {
  /** Known columns, increasing, each once. */
  readonly colIndices: Int32Array;
  readonly values: Float64Array;
  /** Entries of columns that the model does not know, and the ids of these, each once. */
  readonly ignored: number;
  readonly unknown: string[];
  /** Entries beyond the first of a column. */
  readonly duplicates: number;
}

/** @throws RangeError where a column has several values and the policy is "error". */
export function rowEntries(
  name: string,
  cols: IdIndex,
  colIds: ArrayLike<Id>,
  values: ArrayLike<number>,
  policy: SettlePolicy,
): RowEntries {
  const byCol = new Map<number, { id: string; values: number[] }>();
  const unknown = new Set<string>();
  let ignored = 0;
  for (let p = 0; p < values.length; p++) {
    const id = textAt(name, "colIds", colIds, p);
    const col = cols.get(id);
    if (col === undefined) {
      ignored += 1;
      unknown.add(id);
      continue;
    }
    const group = byCol.get(col);
    if (group) group.values.push(values[p]);
    else byCol.set(col, { id, values: [values[p]] });
  }
  // A list between: Hermes makes an empty typed array of an iterator.
  const colIndices = Int32Array.from([...byCol.keys()]).sort();
  const settled = Float64Array.from(colIndices, (col) => {
    const group = byCol.get(col) as { id: string; values: number[] };
    if (group.values.length === 1) return group.values[0];
    return settleValues(group.values, policy, () => {
      throw new RangeError(
        `${name}: column ${quote(group.id)} has several values: duplicates is "error"`,
      );
    });
  });
  return {
    colIndices,
    values: settled,
    ignored,
    unknown: [...unknown],
    duplicates: values.length - ignored - colIndices.length,
  };
}
