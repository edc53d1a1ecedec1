// From columns of ids and weights to a sparse matrix that does not depend on the order of the lines.
import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkList } from "../check/values.js";
import { indexIdColumns, settle, sortIds } from "../completion/entries.js";
import type { Id } from "../completion/observations.js";
import { columnsOfRecords, type InteractionRecord } from "../completion/records.js";
import { SparseRows } from "../linalg/sparse-rows.js";
import { type FloatArray, newArray } from "../wasm/index.js";
import { type RepeatPolicy, settlePolicies } from "./options.js";

/** What rows have done with columns: entry i is about row `rowIds[i]` and column `colIds[i]`. */
export interface Interactions {
  rowIds: ArrayLike<Id>;
  colIds: ArrayLike<Id>;
  /**
   * How much each one says, such as a number of plays; negative where the row dislikes the column; 0
   * where it has seen it, and nothing follows. Large counts are better given as their logarithm.
   * @defaultValue 1 each
   */
  weights?: ArrayLike<number>;
  /** When each happened, in any unit: for splits by time, and for weights that fall (`halfLife`). */
  times?: ArrayLike<number>;
}

export interface IndexedInteractions {
  /** Every id once, in increasing order of UTF-16 code units. */
  rowIds: readonly string[];
  colIds: readonly string[];
  /** The weights, f64, sorted by row and column. */
  matrix: SparseRows;
  /** Entries beyond the first at their place. */
  duplicates: number;
}

/** Interactions as columns, or as a list of records: `[{ user, item }]`. */
export type InteractionTable = Interactions | readonly InteractionRecord[];

const recordColumns = { user: "rowIds", item: "colIds", weight: "weights", time: "times" };
const requiredFields: readonly (keyof InteractionRecord)[] = ["user", "item"];

const names: OptionNames<Interactions> = {
  ...{ rowIds: true, colIds: true, weights: true, times: true },
};

/** Checks the interactions, numbers their ids in increasing order and settles repeated ones. */
export function indexInteractions(
  name: string,
  interactions: InteractionTable,
  policy: RepeatPolicy,
): IndexedInteractions {
  const { rowIds, colIds, weights } = readInteractions(name, interactions);
  // Ten million interactions are common: ones take half the memory in f32.
  const ones = weights === undefined && policy === "once";
  const values: FloatArray = weights
    ? Float64Array.from(weights)
    : newArray(ones ? "f32" : "f64", rowIds.length).fill(1);
  const entries = sortIds({ ...indexIdColumns(name, rowIds, colIds), values });
  const cells = settle(name, entries, settlePolicies[policy]);
  const matrix = SparseRows.fromSorted(
    entries.colIds.length,
    cells.rowStart,
    cells.colIndices,
    cells.values,
  );
  const duplicates = values.length - cells.values.length;
  return { rowIds: entries.rowIds, colIds: entries.colIds, matrix, duplicates };
}

/** The columns as they are now. Refuses what is not a table of interactions. */
export function readInteractions(name: string, interactions: InteractionTable): Interactions {
  const wanted =
    "an object with rowIds and colIds, or records { user, item }; lowrank train reads files";
  const what = "interactions";
  const given =
    Array.isArray(interactions) && interactions.length > 0
      ? columnsOfRecords<InteractionRecord>(name, what, interactions, recordColumns, requiredFields)
      : interactions;
  const read = readOptions(name, given as Interactions, names, wanted, what);
  const { rowIds, colIds, weights, times } = read;
  checkColumns(name, { rowIds, colIds, weights, times });
  return read;
}

/** Columns as long as the first one, the weights and times among them numbers. */
export function checkColumns(
  name: string,
  columns: { weights?: ArrayLike<number> | undefined; times?: ArrayLike<number> | undefined } & {
    [column: string]: ArrayLike<unknown> | undefined;
  },
): void {
  const { weights, times } = columns;
  const given = Object.entries(columns).filter(
    (entry): entry is [string, ArrayLike<unknown>] =>
      entry[1] !== undefined || /Ids$/.test(entry[0]),
  );
  for (const [what, column] of given) checkList(name, what, column);
  // Products and sums of weights must stay in range. Nanoseconds since 1970 are 1.8e18.
  if (weights !== undefined) checkNumbers(name, "weight", weights, 1e12);
  if (times !== undefined) checkNumbers(name, "time", times, 1e20);
  const [[first, { length }], ...others] = given;
  if (others.every(([, column]) => column.length === length)) return;
  const counts = others.map(([what, column]) => `${what} ${column.length}`);
  const last = counts.pop();
  throw new RangeError(
    `${name}: ${[`${first} has ${length} entries`, ...counts].join(", ")} and ${last}: ` +
      "the lengths must be equal",
  );
}

/** A column of finite numbers, of which one is called `one`. */
function checkNumbers(name: string, one: string, column: ArrayLike<number>, largest: number): void {
  for (let i = 0; i < column.length; i++) {
    if (typeof column[i] === "number" && Math.abs(column[i]) <= largest) continue;
    throw new RangeError(
      `${name}: ${one}s[${i}] is ${describe(column[i])}: every ${one} must be a finite number, ` +
        `at most ${largest} in size`,
    );
  }
}

/** What f32 holds together with its squares and sums. */
const largestInUnits = 1e15;

/** Weights over a model's unit. @throws RangeError for one that is out of all proportion to them. */
export function inUnits(name: string, weights: FloatArray, unit: number): Float64Array {
  return Float64Array.from(weights, (weight) => {
    if (Math.abs(weight / unit) <= largestInUnits) return weight / unit;
    throw new RangeError(
      `${name}: a weight is ${weight} and those of the model are about ${unit}: it must be at most ` +
        `${largestInUnits} times as large`,
    );
  });
}
