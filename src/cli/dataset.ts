// Ratings by index, for what is done with them before the training: duplicates, cores, splits.
import type { Ratings } from "../formats/delimited.js";

/** Entry i says that row `rows[i]` rated column `cols[i]` with `values[i]`. */
export interface Dataset {
  rowIds: readonly string[];
  colIds: readonly string[];
  rows: Int32Array;
  cols: Int32Array;
  values: Float64Array;
}

/** Numbers the ids in the order in which they occur. */
export function indexRatings(ratings: Ratings): Dataset {
  const rows = number(ratings.rowIds);
  const cols = number(ratings.colIds);
  return {
    rowIds: rows.ids,
    colIds: cols.ids,
    rows: rows.indices,
    cols: cols.indices,
    values: ratings.values,
  };
}

/**
 * For each pair of row and column its last rating, in the order of the file. O(n + rows + cols),
 * without a set of pairs.
 */
export function dropDuplicates(dataset: Dataset): Dataset {
  const { rows, cols } = dataset;
  const byRow = groupByRow(dataset);
  // stamps[col] = row + 1: this row's later entry for the column was seen already.
  const stamps = new Int32Array(dataset.colIds.length);
  const keep = new Uint8Array(rows.length);
  for (let k = byRow.length - 1; k >= 0; k--) {
    const entry = byRow[k];
    const stamp = rows[entry] + 1;
    if (stamps[cols[entry]] === stamp) continue;
    stamps[cols[entry]] = stamp;
    keep[entry] = 1;
  }
  return filter(dataset, keep);
}

/**
 * The largest part in which every row and every column has at least `minimum` ratings: rows and
 * columns with fewer are dropped until none is left.
 */
export function coreOf(dataset: Dataset, minimum: number): Dataset {
  const { rows, cols } = dataset;
  const keep = new Uint8Array(rows.length).fill(1);
  for (let dropped = -1; dropped !== 0; ) {
    const rowCounts = new Int32Array(dataset.rowIds.length);
    const colCounts = new Int32Array(dataset.colIds.length);
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
  return filter(dataset, keep);
}

/** The entries of the given numbers, with their ids. */
export function pick(dataset: Dataset, entries: Int32Array): Ratings {
  const { rowIds, colIds, rows, cols, values } = dataset;
  const count = entries.length;
  const picked: Ratings = {
    rowIds: new Array<string>(count),
    colIds: new Array<string>(count),
    values: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    picked.rowIds[i] = rowIds[rows[entries[i]]];
    picked.colIds[i] = colIds[cols[entries[i]]];
    picked.values[i] = values[entries[i]];
  }
  return picked;
}

/** The dataset's entries that are kept, and the ids that they name, numbered anew. */
function filter(dataset: Dataset, keep: Uint8Array): Dataset {
  const count = keep.reduce((sum, kept) => sum + kept, 0);
  if (count === keep.length) return dataset;
  const rowNumbers = new Int32Array(dataset.rowIds.length).fill(-1);
  const colNumbers = new Int32Array(dataset.colIds.length).fill(-1);
  const rowIds: string[] = [];
  const colIds: string[] = [];
  const rows = new Int32Array(count);
  const cols = new Int32Array(count);
  const values = new Float64Array(count);
  let next = 0;
  for (let i = 0; i < keep.length; i++) {
    if (!keep[i]) continue;
    const [row, col] = [dataset.rows[i], dataset.cols[i]];
    if (rowNumbers[row] < 0) rowNumbers[row] = rowIds.push(dataset.rowIds[row]) - 1;
    if (colNumbers[col] < 0) colNumbers[col] = colIds.push(dataset.colIds[col]) - 1;
    rows[next] = rowNumbers[row];
    cols[next] = colNumbers[col];
    values[next++] = dataset.values[i];
  }
  return { rowIds, colIds, rows, cols, values };
}

/** The numbers of the entries, row by row, within a row in the order of the file. */
function groupByRow({ rows, rowIds }: Dataset): Int32Array {
  const next = new Int32Array(rowIds.length + 1);
  for (const row of rows) next[row + 1]++;
  for (let row = 0; row < rowIds.length; row++) next[row + 1] += next[row];
  const entries = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) entries[next[rows[i]]++] = i;
  return entries;
}

function number(names: readonly string[]): { ids: string[]; indices: Int32Array } {
  const ids: string[] = [];
  const numbers = new Map<string, number>();
  const indices = new Int32Array(names.length);
  for (let i = 0; i < names.length; i++) {
    let index = numbers.get(names[i]);
    if (index === undefined) {
      index = ids.push(names[i]) - 1;
      numbers.set(names[i], index);
    }
    indices[i] = index;
  }
  return { ids, indices };
}
