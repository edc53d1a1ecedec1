// Observed entries by number: what is done with them between the ids and the training. The command
// and the estimator share it, so ids are texts once on the way in and once on the way out.

import { quote } from "../check/describe.js";
import { IdNumbers } from "../formats/id-numbers.js";
import type { Ratings } from "../formats/rating-list.js";
import { SparseRows } from "../linalg/sparse-rows.js";
import { gather, orderByPlace } from "../linalg/triplets.js";
import { type DType, elementTypeOf, type FloatArray, newArray } from "../wasm/index.js";
import { type SettlePolicy, settleValues } from "./duplicates.js";
import { type Id, type RatingTable, readColumns, textAt } from "./observations.js";

/** Entries by number, as files of ratings give them too. */
export type IndexedEntries = Ratings;

/** The same with values of another type. */
type EntriesOf<V> = Omit<IndexedEntries, "values"> & { readonly values: V };

/** One value per place, compressed by rows. */
interface Settled<V> {
  /** The entry that stands for each place: the last one there. */
  readonly entries: Int32Array;
  readonly rowStart: Int32Array<ArrayBuffer>;
  readonly colIndices: Int32Array<ArrayBuffer>;
  readonly values: V;
}

/** Checks the observations and numbers their ids. */
export function index(name: string, observations: RatingTable): IndexedEntries {
  const { rowIds, colIds, values } = readColumns(name, observations);
  return { ...indexIdColumns(name, rowIds, colIds), values };
}

/** Checks two columns of ids and numbers them. */
export function indexIdColumns(
  name: string,
  rowIds: ArrayLike<Id>,
  colIds: ArrayLike<Id>,
): Omit<IndexedEntries, "values"> {
  const row = numberIds(name, "rowIds", rowIds);
  const col = numberIds(name, "colIds", colIds);
  return { rowIds: row.ids, colIds: col.ids, rows: row.numbers, cols: col.numbers };
}

/** The same entries, the numbers of the ids in increasing order of their UTF-16 code units. */
export function sortIds<V>(entries: EntriesOf<V>): EntriesOf<V> {
  const row = increasing(entries.rowIds);
  const col = increasing(entries.colIds);
  const rows = gather(entries.rows, row.places);
  const cols = gather(entries.cols, col.places);
  return { rowIds: row.ids, colIds: col.ids, rows, cols, values: entries.values };
}

/**
 * Sorts the entries by place and gives every place one value. Independent of the order of the
 * entries, except that "last" is about it. Two counting sorts.
 *
 * @throws RangeError where a place has several values and the policy is "error".
 */
export function settle<V extends FloatArray>(
  name: string,
  entries: EntriesOf<V>,
  policy: SettlePolicy,
): Settled<V> {
  const { rowIds, colIds, rows, cols, values } = entries;
  // Stable: entries at one place keep their order.
  const { start, order, cols: colIndices } = orderByPlace(rows, rowIds.length, cols, colIds.length);
  const rowStart = new Int32Array(rowIds.length + 1);
  const settled = newArray(elementTypeOf(values) as DType, order.length);
  let size = 0;
  for (let row = 0; row < rowIds.length; row++) {
    const rowEnd = start[row + 1];
    for (let first = start[row], end = first; first < rowEnd; first = end) {
      const col = colIndices[first];
      for (end = first + 1; end < rowEnd && colIndices[end] === col; end++);
      const last = order[end - 1];
      settled[size] = values[last];
      // The last one has its place already, without a list of the others.
      if (end - first > 1 && policy !== "last") {
        const group = Array.from(order.subarray(first, end), (entry) => values[entry]);
        settled[size] = settleValues(group, policy, () => {
          throw new RangeError(
            `${name}: row ${quote(rowIds[row])} and column ${quote(colIds[col])} have ` +
              `${group.length} values: duplicates is "error"`,
          );
        });
      }
      colIndices[size] = col;
      order[size++] = last;
    }
    rowStart[row + 1] = size;
  }
  return {
    entries: order.subarray(0, size),
    rowStart,
    colIndices: colIndices.subarray(0, size),
    values: settled.subarray(0, size) as V,
  };
}

/** One entry per place, the last one of each, in the order in which they came. */
export function withoutDuplicates(entries: IndexedEntries): IndexedEntries {
  const keep = new Uint8Array(entries.values.length);
  for (const entry of settle("withoutDuplicates", entries, "last").entries) keep[entry] = 1;
  return select(entries, keep, 1);
}

/**
 * The largest part in which every row and every column has at least `minimum` entries: rows and
 * columns with fewer are dropped until none is left.
 */
export function core(entries: IndexedEntries, minimum: number): IndexedEntries {
  const { rows, cols } = entries;
  const keep = new Uint8Array(rows.length).fill(1);
  for (let dropped = -1; dropped !== 0; ) {
    const rowCounts = new Int32Array(entries.rowIds.length);
    const colCounts = new Int32Array(entries.colIds.length);
    for (let i = 0; i < keep.length; i++) {
      rowCounts[rows[i]] += keep[i];
      colCounts[cols[i]] += keep[i];
    }
    dropped = 0;
    for (let i = 0; i < keep.length; i++) {
      if (keep[i] && (rowCounts[rows[i]] < minimum || colCounts[cols[i]] < minimum)) {
        keep[i] = 0;
        dropped++;
      }
    }
  }
  return select(entries, keep, 1);
}

/** The entries that are not held out, and those that are; each with the ids that occur in it. */
export function split(
  entries: IndexedEntries,
  heldOut: Uint8Array,
): { train: IndexedEntries; test: IndexedEntries } {
  return { train: select(entries, heldOut, 0), test: select(entries, heldOut, 1) };
}

/** The entries i with marks[i] = mark, in their order, and the ids that occur, numbered anew. */
export function select(entries: IndexedEntries, marks: Uint8Array, mark: 0 | 1): IndexedEntries {
  const count = countOf(marks, mark);
  if (count === marks.length) return entries;
  const rowNumbers = new Int32Array(entries.rowIds.length).fill(-1);
  const colNumbers = new Int32Array(entries.colIds.length).fill(-1);
  const rowIds: string[] = [];
  const colIds: string[] = [];
  const rows = new Int32Array(count);
  const cols = new Int32Array(count);
  const values = new Float64Array(count);
  for (let i = 0, next = 0; i < marks.length; i++) {
    if (marks[i] !== mark) continue;
    const [row, col] = [entries.rows[i], entries.cols[i]];
    if (rowNumbers[row] < 0) rowNumbers[row] = rowIds.push(entries.rowIds[row]) - 1;
    if (colNumbers[col] < 0) colNumbers[col] = colIds.push(entries.colIds[col]) - 1;
    rows[next] = rowNumbers[row];
    cols[next] = colNumbers[col];
    values[next++] = entries.values[i];
  }
  return { rowIds, colIds, rows, cols, values };
}

/** The entries of a matrix with this mark, in a matrix of the same shape. */
export function selectSlots(A: SparseRows, marks: Uint8Array, mark: 0 | 1): SparseRows {
  const rowStart = new Int32Array(A.rows + 1);
  const colIndices = new Int32Array(countOf(marks, mark));
  const values = newArray(A.dtype, colIndices.length);
  let next = 0;
  for (let row = 0; row < A.rows; row++) {
    for (let p = A.rowStart[row]; p < A.rowStart[row + 1]; p++) {
      if (marks[p] !== mark) continue;
      colIndices[next] = A.colIndices[p];
      values[next++] = A.values[p];
    }
    rowStart[row + 1] = next;
  }
  return SparseRows.fromSorted(A.cols, rowStart, colIndices, values);
}

function countOf(marks: Uint8Array, mark: 0 | 1): number {
  let ones = 0;
  for (let i = 0; i < marks.length; i++) ones += marks[i];
  return mark === 1 ? ones : marks.length - ones;
}

function numberIds(name: string, what: string, column: ArrayLike<Id>) {
  const found = new IdNumbers();
  const numbers = new Int32Array(column.length);
  // A table of as many integers as there are ids costs no more than their numbers.
  const limit = numbers.length + 1024;
  for (let i = 0; i < numbers.length; i++) {
    const id = column[i];
    numbers[i] = Number.isSafeInteger(id)
      ? found.ofInteger(id as number, limit)
      : found.of(textAt(name, what, column, i));
  }
  return { ids: found.ids, numbers };
}

/** The ids in increasing order, and the place there of each. */
export function increasing(ids: readonly string[]): { ids: string[]; places: Int32Array } {
  const order = Array.from(ids.keys()).sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
  const places = new Int32Array(ids.length);
  for (let place = 0; place < order.length; place++) places[order[place]] = place;
  return { ids: order.map((number) => ids[number]), places };
}
