import { type History, unlessOnes } from "../als/history.js";
import { readOptions } from "../check/options.js";
import { checkList } from "../check/values.js";
import type { IdIndex } from "../completion/id-index.js";
import type { Id } from "../completion/observations.js";
import { rowEntries } from "../completion/row-entries.js";
import { checkWeights } from "./interactions.js";
import { settlePolicies } from "./options.js";
import type { RankingState } from "./ranking-state.js";

/** What one row has done: the ids of its columns, or these with weights as in `Interactions`. */
export type RowInteractions =
  | ArrayLike<Id>
  | { colIds: ArrayLike<Id>; weights?: ArrayLike<number> };

/** The row's cells in the order of the columns; see `MatrixRanking.foldIn`. */
export function placeHistory(
  { settings, unit }: RankingState,
  colIndex: IdIndex,
  interactions: RowInteractions,
): { history: History; ignored: number; unknown: string[]; duplicates: number } {
  const { colIds, weights = new Float64Array(colIds.length).fill(1) } = read(interactions);
  const policy = settlePolicies[settings.duplicates];
  const { colIndices, values, ...counts } = rowEntries("foldIn", colIndex, colIds, weights, policy);
  const inUnits = values.map((weight) => weight / unit);
  return { history: { colIndices, weights: unlessOnes(inUnits) }, ...counts };
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
