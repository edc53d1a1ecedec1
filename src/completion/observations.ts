// From columns of ids and values to a sparse matrix that does not depend on the order of the lines.

import { quote } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkList } from "../check/values.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import { compressIndex, gather } from "../linalg/triplets.js";

/**
 * An id of a row or a column. A number stands for its decimal text: 7 and "7" are one id. It must be
 * a safe integer: larger ones are rounded, so that two ids may be one number.
 */
export type Id = string | number;

/** Observed entries as columns of equal length: entry i is `values[i]` at row and column i. */
export interface Observations {
  rowIds: ArrayLike<Id>;
  colIds: ArrayLike<Id>;
  values: ArrayLike<number>;
}

const names: OptionNames<Observations> = { rowIds: true, colIds: true, values: true };

/** What happens to several values at one place: the last one wins, their mean, or an error. */
export type DuplicatePolicy = "last" | "mean" | "error";

/** Observations by index. */
export interface IndexedObservations {
  /** Every id once, in increasing order of UTF-16 code units. */
  rowIds: string[];
  colIds: string[];
  /** The values, f64, sorted by row and column. */
  matrix: SparseMatrix;
  /** Entries beyond the first at their place. */
  duplicates: number;
}

/** Squares and their sums must stay in range. */
const largestValue = 1e150;

/**
 * Checks the observations, numbers their ids in increasing order and settles the duplicates.
 * Independent of the order of the entries, except that "last" is about it. O(entries) + sorts of
 * the distinct ids.
 */
export function indexObservations(
  name: string,
  observations: Observations,
  policy: DuplicatePolicy,
): IndexedObservations {
  const read = readColumns(name, observations);
  const rows = numberIds(name, "rowIds", read.rowIds);
  const cols = numberIds(name, "colIds", read.colIds);
  const { rowIndices, colIndices, values, duplicates } = settleDuplicates(
    name,
    rows,
    cols,
    read.values,
    policy,
  );
  const matrix = SparseMatrix.fromTriplets({
    rows: rows.ids.length,
    cols: cols.ids.length,
    rowIndices,
    colIndices,
    values,
  });
  return { rowIds: rows.ids, colIds: cols.ids, matrix, duplicates };
}

/** The columns as they are now. Refuses what is not a table of observations. */
export function readColumns(name: string, observations: Observations): Observations {
  const wanted = "an object with rowIds, colIds and values";
  const { rowIds, colIds, values } = readOptions(name, observations, names, wanted, "observations");
  const columns = { rowIds, colIds, values };
  for (const [what, column] of Object.entries(columns)) checkList(name, what, column);
  if (rowIds.length !== values.length || colIds.length !== values.length) {
    throw new RangeError(
      `${name}: rowIds has ${rowIds.length} entries, colIds ${colIds.length} and ` +
        `values ${values.length}: the lengths must be equal`,
    );
  }
  checkValues(name, values);
  return { rowIds, colIds, values };
}

/** Every value a number that can be squared and summed. */
export function checkValues(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number") {
      throw new TypeError(`${name}: values[${i}] is of type ${typeof value}: it must be a number`);
    }
    if (!(Math.abs(value) <= largestValue)) {
      throw new RangeError(
        `${name}: values[${i}] is ${value}: every value must be finite and at most ` +
          `${largestValue} in size`,
      );
    }
  }
}

/**
 * The text of an id.
 *
 * @throws TypeError when it is neither a string nor a number, RangeError when it is a number and not
 *   a safe integer.
 */
export function textOf(name: string, what: string, id: Id): string {
  if (typeof id === "string") return id;
  if (typeof id === "number") {
    if (Number.isSafeInteger(id)) return String(id);
    throw new RangeError(
      `${name}: ${what} is ${id}: an id that is a number must be a safe integer, ` +
        "at most 2^53 - 1 in size: pass it as a string",
    );
  }
  throw new TypeError(`${name}: ${what} is of type ${typeof id}: it must be a string or a number`);
}

/** The text of entry i of a column of ids; its place is only spelled out for a complaint. */
export function textAt(name: string, what: string, column: ArrayLike<Id>, i: number): string {
  const id = column[i];
  return typeof id === "string" ? id : textOf(name, `${what}[${i}]`, id);
}

/** Index of each id. */
export function indexIds(ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id, index) => [id, index]));
}

interface NumberedIds {
  /** Distinct ids, increasing. */
  ids: string[];
  /** Index of each entry's id. */
  indices: Int32Array;
}

function numberIds(name: string, what: string, column: ArrayLike<Id>): NumberedIds {
  const numbers = new Map<string, number>();
  const indices = new Int32Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const id = textAt(name, what, column, i);
    let number = numbers.get(id);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(id, number);
    }
    indices[i] = number;
  }
  const found = [...numbers.keys()];
  const ids = found.slice().sort();
  const place = indexIds(ids);
  const renumbered = Int32Array.from(found, (id) => place.get(id) as number);
  for (let i = 0; i < indices.length; i++) indices[i] = renumbered[indices[i]];
  return { ids, indices };
}

/** One value a place, sorted by rows and then columns. */
function settleDuplicates(
  name: string,
  rows: NumberedIds,
  cols: NumberedIds,
  values: ArrayLike<number>,
  policy: DuplicatePolicy,
) {
  const count = values.length;
  const byCols = compressIndex(cols.indices, cols.ids.length).order;
  // Stable: entries at one place keep their order.
  const byRows = compressIndex(gather(byCols, rows.indices), rows.ids.length).order;
  const order = gather(byRows, byCols);
  const rowIndices = new Int32Array(count);
  const colIndices = new Int32Array(count);
  const settled = new Float64Array(count);
  let size = 0;
  for (let first = 0; first < count; ) {
    const [row, col] = [rows.indices[order[first]], cols.indices[order[first]]];
    let last = first + 1;
    while (last < count && rows.indices[order[last]] === row && cols.indices[order[last]] === col) {
      last += 1;
    }
    if (last - first > 1 && policy === "error") {
      throw new RangeError(
        `${name}: row ${quote(rows.ids[row])} and column ` +
          `${quote(cols.ids[col])} have ${last - first} values: duplicates is "error"`,
      );
    }
    rowIndices[size] = row;
    colIndices[size] = col;
    settled[size++] =
      policy === "mean" ? meanOf(values, order, first, last) : values[order[last - 1]];
    first = last;
  }
  return {
    rowIndices: rowIndices.subarray(0, size),
    colIndices: colIndices.subarray(0, size),
    values: settled.slice(0, size),
    duplicates: count - size,
  };
}

/** Mean of values[order[first .. last)], added in increasing order: the lines' order is nothing. */
function meanOf(values: ArrayLike<number>, order: Int32Array, first: number, last: number) {
  const group = Float64Array.from(order.subarray(first, last), (entry) => values[entry]).sort();
  return group.reduce((sum, value) => sum + value, 0) / group.length;
}
