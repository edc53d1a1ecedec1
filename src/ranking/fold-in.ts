import { type History, unlessOnes } from "../als/history.js";
import * as check from "../check/fields.js";
import { readOptions } from "../check/options.js";
import type { IdIndex } from "../completion/id-index.js";
import type { Id } from "../completion/observations.js";
import { rowEntries } from "../completion/row-entries.js";
import { decayed } from "./decay.js";
import { mapped } from "./feature-map.js";
import { checkColumns, type Interactions, inUnits } from "./interactions.js";
import { settlePolicies } from "./options.js";
import type { RankingState } from "./ranking-state.js";

/**
 * What is known of one row: the ids of its columns, or these with weights and times as in `Interactions`,
 * or its features.
 */
export type RowInteractions = ArrayLike<Id> | RowColumns;

/** Columns of equal length, and features. */
export interface RowColumns {
  /** @defaultValue none */
  colIds?: ArrayLike<Id>;
  weights?: ArrayLike<number>;
  /** Used where the model was fitted with `halfLife`: without times, all happened at its latest time. */
  times?: ArrayLike<number>;
  /** Of the row, as `withFeatures` has learnt them: they count where it has liked nothing so far. */
  features?: ArrayLike<number>;
}

/** The row's cells in the order of the columns; see `MatrixRanking.foldIn`. */
export function placeHistory(
  state: RankingState,
  colIndex: IdIndex,
  interactions: RowInteractions,
): { history: History; ignored: number; unknown: string[]; duplicates: number } {
  const { settings, unit, latest } = state;
  const { table, features } = read(interactions);
  const { halfLife } = settings;
  const aged = table.times === undefined ? table : decayed("foldIn", table, { halfLife, latest });
  const { colIds, weights = new Float64Array(colIds.length).fill(1) } = aged;
  const policy = settlePolicies[settings.duplicates];
  const { colIndices, values, ...counts } = rowEntries("foldIn", colIndex, colIds, weights, policy);
  const history = { colIndices, weights: unlessOnes(inUnits("foldIn", values, unit)) };
  if (features === undefined) return { history, ...counts };
  const rowFactors = factorsByFeatures(state, features);
  const liked = values.some((weight) => weight > 0);
  return { history: liked ? history : { ...history, rowFactors }, ...counts };
}

/** A table of one row, whose ids nobody reads, and the row's features. */
function read(given: RowInteractions): {
  table: Interactions;
  features: ArrayLike<number> | undefined;
} {
  const isList = Array.isArray(given) || ArrayBuffer.isView(given);
  const { features, ...columns } = readOptions(
    "foldIn",
    isList ? { colIds: given as ArrayLike<Id> } : (given as RowColumns),
    { colIds: true, weights: true, times: true, features: true },
    "a list of column ids, or an object with colIds or features",
    "interactions",
  );
  const { weights, times } = columns;
  // Features alone will do.
  const colIds = columns.colIds ?? ((features && []) as unknown as ArrayLike<Id>);
  checkColumns("foldIn", { colIds, weights, times });
  return { table: { ...columns, colIds, rowIds: colIds }, features };
}

function factorsByFeatures(
  { rowMap, rank }: RankingState,
  features: ArrayLike<number>,
): Float64Array {
  if (rowMap === undefined) {
    throw new RangeError(
      "foldIn: the model knows no features of rows: give it those of known rows by withFeatures",
    );
  }
  check.list(check.finite)("foldIn", "features", features);
  const count = rowMap.length / rank - 1;
  if (features.length !== count) {
    throw new RangeError(
      `foldIn: there are ${features.length} features: there must be ${count}, as the model has learnt`,
    );
  }
  return mapped(rowMap, rank, features);
}
