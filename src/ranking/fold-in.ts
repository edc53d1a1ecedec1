import { readOptions } from "../check/options.js";
import { checkList } from "../check/values.js";
import { settleValues } from "../completion/duplicates.js";
import { type Id, textAt } from "../completion/observations.js";
import { checkWeights } from "./interactions.js";
import type { RankingState } from "./ranking-state.js";
import type { History } from "./row-solver.js";

/** What one row has done: the ids of its columns, or these with weights as in `Interactions`. */
export type RowInteractions =
  | ArrayLike<Id>
  | { colIds: ArrayLike<Id>; weights?: ArrayLike<number> };

/** The row's cells in the order of the columns; see `MatrixRanking.foldIn`. */
export function placeHistory(
  { settings, unit }: RankingState,
  colIndex: ReadonlyMap<string, number>,
  interactions: RowInteractions,
): { history: History; ignored: number; unknown: string[]; duplicates: number } {
  const { colIds, weights } = read(interactions);
  const byCol = new Map<number, number[]>();
  const unknown = new Set<string>();
  let ignored = 0;
  for (let p = 0; p < colIds.length; p++) {
    const id = textAt("foldIn", "colIds", colIds, p);
    const col = colIndex.get(id);
    const weight = weights === undefined ? 1 : weights[p];
    if (col === undefined) {
      ignored++;
      unknown.add(id);
    } else if (byCol.has(col)) byCol.get(col)?.push(weight);
    else byCol.set(col, [weight]);
  }
  const colIndices = Int32Array.from(byCol.keys()).sort();
  const policy = settings.duplicates === "sum" ? "sum" : "last";
  const settled = Float32Array.from(colIndices, (col) => {
    const group = byCol.get(col) as number[];
    return (group.length > 1 ? settleValues(group, policy, never) : group[0]) / unit;
  });
  const plain = settled.every((weight) => weight === 1);
  return {
    history: { colIndices, weights: plain ? undefined : settled },
    ignored,
    unknown: [...unknown],
    duplicates: colIds.length - ignored - colIndices.length,
  };
}

function read(given: RowInteractions): { colIds: ArrayLike<Id>; weights?: ArrayLike<number> } {
  const isList = Array.isArray(given) || ArrayBuffer.isView(given);
  const interactions = isList ? { colIds: given as ArrayLike<Id> } : given;
  const wanted = "a list of column ids, or an object with colIds and weights";
  const { colIds, weights } = readOptions(
    "foldIn",
    interactions as { colIds: ArrayLike<Id>; weights?: ArrayLike<number> },
    { colIds: true, weights: true },
    wanted,
    "interactions",
  );
  checkList("foldIn", "colIds", colIds);
  if (weights === undefined) return { colIds };
  checkWeights("foldIn", weights);
  if (weights.length === colIds.length) return { colIds, weights };
  throw new RangeError(
    `foldIn: colIds has ${colIds.length} entries and weights ${weights.length}: ` +
      "the lengths must be equal",
  );
}

/** "last" and "sum" refuse nothing. */
function never(): never {
  throw new TypeError("foldIn: duplicates were refused");
}
