// The entries of a sparse matrix as they come, their checks and their order.

import { describe, invalidValue } from "../check/describe.js";
import { type OptionNames, readFields } from "../check/options.js";
import { checkColumns, checkSize } from "../check/values.js";
import { checkFitsJob, newArray } from "../wasm/index.js";

/** Entries of a sparse matrix: value `values[p]` at (`rowIndices[p]`, `colIndices[p]`). */
export interface Triplets {
  rows: number;
  cols: number;
  rowIndices: ArrayLike<number>;
  colIndices: ArrayLike<number>;
  /** A Float32Array makes an f32 matrix, everything else f64. */
  values: ArrayLike<number>;
}

const names: OptionNames<Triplets> = {
  ...{ rows: true, cols: true, rowIndices: true, colIndices: true, values: true },
};

/** Places sorted by key: those with key g are `order[start[g] .. start[g + 1])`. */
interface CompressedIndex {
  readonly start: Int32Array<ArrayBuffer>;
  /** Places 0 .. keys.length - 1, by key, in their old order where keys are equal. */
  readonly order: Int32Array<ArrayBuffer>;
}

/** Stable counting sort of places by integer keys in 0 .. size - 1; O(keys + size). */
export function compressIndex(keys: ArrayLike<number>, size: number): CompressedIndex {
  const start = startsOf(keys, size);
  const next = start.slice();
  const order = newArray("i32", keys.length);
  for (let p = 0; p < keys.length; p++) order[next[keys[p]]++] = p;
  return { start, order };
}

/** Of each key below `size` how many places have smaller ones; at last the number of places. */
function startsOf(keys: ArrayLike<number>, size: number): Int32Array<ArrayBuffer> {
  checkFitsJob("i32", size + 1);
  const start = newArray("i32", size + 1);
  for (let p = 0; p < keys.length; p++) start[keys[p] + 1]++;
  for (let key = 0; key < size; key++) start[key + 1] += start[key];
  return start;
}

/** Places sorted by row, and those of a row by column. */
interface PlaceOrder extends CompressedIndex {
  /** The columns in that order. */
  readonly cols: Int32Array<ArrayBuffer>;
}

/**
 * Stable counting sorts by columns, then by rows; O(places + rows + cols). What the second one needs is moved along
 * by the first: looking it up again, at random, would take most of the time.
 */
export function orderByPlace(
  rowIndices: ArrayLike<number>,
  rows: number,
  colIndices: ArrayLike<number>,
  cols: number,
): PlaceOrder {
  const count = rowIndices.length;
  const nextOfCol = startsOf(colIndices, cols);
  const start = startsOf(rowIndices, rows);
  const room = () => newArray("i32", count);
  const [byCols, rowsByCols, order, sortedCols] = [room(), room(), room(), room()];
  for (let p = 0; p < count; p++) {
    const slot = nextOfCol[colIndices[p]]++;
    byCols[slot] = p;
    rowsByCols[slot] = rowIndices[p];
  }
  const nextOfRow = start.slice();
  // Each column's end is where the next one starts.
  for (let col = 0, slot = 0; col < cols; col++) {
    for (; slot < nextOfCol[col]; slot++) {
      const place = nextOfRow[rowsByCols[slot]]++;
      order[place] = byCols[slot];
      sortedCols[place] = col;
    }
  }
  return { start, order, cols: sortedCols };
}

/** source[order[0]], source[order[1]], ... */
export function gather(order: Int32Array, source: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const result = newArray("i32", order.length);
  for (let p = 0; p < result.length; p++) result[p] = source[order[p]];
  return result;
}

/**
 * The entries as they are now: equal lengths, indices inside the matrix, finite values.
 *
 * @throws RangeError otherwise; TypeError for a field that there is not, such as weights, which
 *   would silently count for nothing.
 */
export function readTriplets(name: string, triplets: Triplets): Triplets {
  const wanted = "an object with rows, cols, rowIndices, colIndices and values";
  const read = readFields(name, triplets, names, wanted, "entries");
  const { rows, cols, rowIndices, colIndices, values } = read;
  checkSize(name, "rows", rows);
  checkSize(name, "cols", cols);
  checkColumns(name, { rowIndices, colIndices, values });
  checkIndices(name, "rowIndices", rowIndices, rows);
  checkIndices(name, "colIndices", colIndices, cols);
  checkValues(name, values);
  return read;
}

function checkIndices(name: string, what: string, indices: ArrayLike<number>, size: number): void {
  for (let p = 0; p < indices.length; p++) {
    if (Number.isInteger(indices[p]) && indices[p] >= 0 && indices[p] < size) continue;
    const range = size === 0 ? "absent, the matrix has none" : `an integer in 0 .. ${size - 1}`;
    throw invalidValue(name, `${what}[${p}]`, indices[p], range);
  }
}

function checkValues(name: string, values: ArrayLike<number>): void {
  for (let p = 0; p < values.length; p++) {
    if (Number.isFinite(values[p])) continue;
    const is = describe(values[p]);
    throw new RangeError(`${name}: values[${p}] is ${is}: every value must be finite`);
  }
}
