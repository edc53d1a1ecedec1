// From columns of ids and weights to a sparse matrix that does not depend on the order of the lines.
import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkList } from "../check/values.js";
import { indexIdColumns, settle, sortIds } from "../completion/entries.js";
import type { Id } from "../completion/observations.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
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
}

export interface IndexedInteractions {
  /** Every id once, in increasing order of UTF-16 code units. */
  rowIds: readonly string[];
  colIds: readonly string[];
  /** The weights, f64, sorted by row and column. */
  matrix: SparseMatrix;
  /** Entries beyond the first at their place. */
  duplicates: number;
}

const names: OptionNames<Interactions> = { rowIds: true, colIds: true, weights: true };

/** Products and sums of weights must stay in range. */
const largestWeight = 1e12;

/** Checks the interactions, numbers their ids in increasing order and settles repeated ones. */
export function indexInteractions(
  name: string,
  interactions: Interactions,
  policy: RepeatPolicy,
): IndexedInteractions {
  const { rowIds, colIds, weights } = readInteractions(name, interactions);
  const values =
    weights === undefined ? new Float64Array(rowIds.length).fill(1) : Float64Array.from(weights);
  const entries = sortIds({ ...indexIdColumns(name, rowIds, colIds), values });
  const cells = settle(name, entries, settlePolicies[policy]);
  // Ten million interactions are common: ones take half the memory in f32.
  const ones = weights === undefined && policy === "once";
  const matrix = SparseMatrix.fromSorted(
    entries.colIds.length,
    cells.rowStart,
    cells.colIndices,
    ones ? new Float32Array(cells.values.length).fill(1) : cells.values,
  );
  const duplicates = values.length - cells.values.length;
  return { rowIds: entries.rowIds, colIds: entries.colIds, matrix, duplicates };
}

/** The columns as they are now. Refuses what is not a table of interactions. */
export function readInteractions(name: string, interactions: Interactions): Interactions {
  const wanted = "an object with rowIds and colIds";
  const read = readOptions(name, interactions, names, wanted, "interactions");
  const { rowIds, colIds, weights } = read;
  checkList(name, "rowIds", rowIds);
  checkList(name, "colIds", colIds);
  if (weights !== undefined) checkWeights(name, weights);
  if (
    rowIds.length !== colIds.length ||
    (weights !== undefined && weights.length !== rowIds.length)
  ) {
    const counts = weights === undefined ? "" : ` and weights ${weights.length}`;
    throw new RangeError(
      `${name}: rowIds has ${rowIds.length} entries, colIds ${colIds.length}${counts}: ` +
        "the lengths must be equal",
    );
  }
  return weights === undefined ? { rowIds, colIds } : { rowIds, colIds, weights };
}

/** Every weight a finite number. */
export function checkWeights(name: string, weights: ArrayLike<number>): void {
  checkList(name, "weights", weights);
  for (let i = 0; i < weights.length; i++) {
    if (typeof weights[i] === "number" && Math.abs(weights[i]) <= largestWeight) continue;
    throw new RangeError(
      `${name}: weights[${i}] is ${describe(weights[i])}: every weight must be a finite number, ` +
        `at most ${largestWeight} in size`,
    );
  }
}
