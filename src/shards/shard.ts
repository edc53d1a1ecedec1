// A shard: some blocks of the rows of a sparse matrix, and what it knows of the whole. Who computes on it has
// the whole matrix, or the rows of its blocks alone: the shards are the same.
import { SparseRows } from "../linalg/sparse-rows.js";
import type { Sharded } from "./exchange.js";
import { Journal, type KeptNumbers } from "./journal.js";
import type { RowBlocks } from "./row-blocks.js";

export interface Shard {
  /** The rows of the shard, and all columns. */
  readonly matrix: SparseRows;
  readonly blocks: RowBlocks;
  /** Entries of the whole matrix, and those of them that come before the shard's. */
  readonly totalEntries: number;
  readonly firstEntry: number;
  /** Entries of each column of the whole matrix. */
  readonly colCounts: Int32Array;
}

/** Rows of some blocks of a shard; without them all of its rows. */
export type ReadRows = (part?: RowBlocks) => SparseRows;

/** The same, whose rows are read whenever they are needed, and not held meanwhile. */
export interface StoredShard extends Omit<Shard, "matrix"> {
  /** Entries of its rows. */
  readonly entries: number;
  readonly read: ReadRows;
}

export const stored = (
  { matrix, ...others }: Shard,
  read: ReadRows = ({ firstRow, rows } = others.blocks) =>
    rowsFrom(matrix, firstRow - others.blocks.firstRow, rows),
): StoredShard => ({ ...others, entries: matrix.nonzeros, read });

/** Whether a matrix has all rows, and not those of a shard alone. */
const isWhole = ({ rows }: SparseRows, blocks: RowBlocks) => rows === blocks.totalRows;

/**
 * The shard of a matrix that has these blocks.
 *
 * @param A - the whole, or its rows of these blocks: the same in all shards.
 */
export function* shardOf(
  A: SparseRows,
  blocks: RowBlocks,
  journal = new Journal(),
): Sharded<Shard> {
  const { cols, rowStart, colIndices, nonzeros } = A;
  const colCounts = new Int32Array(cols);
  for (let p = 0; p < nonzeros; p++) colCounts[colIndices[p]]++;
  if (!isWhole(A, blocks)) {
    const { shared } = yield* journal.constant(function* () {
      yield* blocks.join(colCounts);
      return {
        shared: [yield* entriesOfBlocks(A, blocks), Float64Array.from(colCounts)],
        ofRows: [],
      };
    });
    const [entries, counts] = shared;
    const [firstEntry, totalEntries] = before(entries, blocks);
    return { matrix: A, blocks, totalEntries, firstEntry, colCounts: Int32Array.from(counts) };
  }
  const firstEntry = rowStart[blocks.firstRow];
  return { matrix: ownRows(A, blocks), blocks, totalEntries: nonzeros, firstEntry, colCounts };
}

/** The rows of these blocks, of a matrix that has them among all rows or alone. */
export function ownRows(A: SparseRows, blocks: RowBlocks): SparseRows {
  return isWhole(A, blocks) ? rowsFrom(A, blocks.firstRow, blocks.rows) : A;
}

/** `count` rows from `row` on; not a copy where these are all. */
function rowsFrom(A: SparseRows, row: number, count: number): SparseRows {
  if (count === A.rows) return A;
  const { cols, rowStart, colIndices, values } = A;
  const end = row + count;
  const [firstEntry, lastEntry] = [rowStart[row], rowStart[end]];
  return SparseRows.fromSorted(
    cols,
    rowStart.slice(row, end + 1).map((start) => start - firstEntry),
    colIndices.slice(firstEntry, lastEntry),
    values.slice(firstEntry, lastEntry),
  );
}

/** Entries before those of a matrix that is the whole or the rows of these blocks, and all there are. */
export function* entriesOf(A: SparseRows, blocks: RowBlocks): Sharded<[number, number]> {
  if (isWhole(A, blocks)) return [0, A.nonzeros];
  return before(yield* entriesOfBlocks(A, blocks), blocks);
}

function* entriesOfBlocks(A: SparseRows, blocks: RowBlocks): Sharded<Float64Array> {
  const counts = blocks.numbers((first, count) => A.rowStart[first + count] - A.rowStart[first]);
  yield* blocks.join(counts);
  return counts;
}

/** Entries before those of a shard, and all there are. */
function before(entries: KeptNumbers, { first }: RowBlocks): [number, number] {
  const sumOf = (some: KeptNumbers) => Array.from(some).reduce((sum, count) => sum + count, 0);
  return [sumOf(entries.subarray(0, first)), sumOf(entries)];
}

/** The whole matrix, in every shard, from the rows of each: for what cannot be shared out by rows. */
export function* gather(A: SparseRows, blocks: RowBlocks): Sharded<SparseRows> {
  if (isWhole(A, blocks)) return A;
  const [firstEntry, totalEntries] = yield* entriesOf(A, blocks);
  const rowStart = new Int32Array(blocks.totalRows + 1);
  for (let row = 0; row < A.rows; row++) {
    rowStart[blocks.firstRow + row + 1] = firstEntry + A.rowStart[row + 1];
  }
  yield* blocks.join(rowStart);
  const own = { first: firstEntry, count: A.nonzeros };
  const cols = new Int32Array(totalEntries);
  cols.set(A.colIndices, firstEntry);
  yield* blocks.join(cols, own);
  const values = new Float64Array(totalEntries);
  values.set(A.values, firstEntry);
  yield* blocks.join(values, own);
  return SparseRows.fromSorted(A.cols, rowStart, cols, values);
}
