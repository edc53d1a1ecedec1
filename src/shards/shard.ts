// A shard: some blocks of the rows of a sparse matrix, and what it knows of the whole.
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import type { RowBlocks } from "./row-blocks.js";

export interface Shard {
  /** The rows of the shard, and all columns. */
  readonly matrix: SparseMatrix;
  readonly blocks: RowBlocks;
  /** Entries of the whole matrix, and those of them that come before the shard's. */
  readonly totalEntries: number;
  readonly firstEntry: number;
  /** Entries of each column of the whole matrix. */
  readonly colCounts: Int32Array;
}

/** The shard of a matrix that has these blocks; the matrix itself where they are all. */
export function shardOf(whole: SparseMatrix, blocks: RowBlocks): Shard {
  const { cols, rowStart, colIndices, values, nonzeros } = whole;
  const colCounts = new Int32Array(cols);
  for (let p = 0; p < nonzeros; p++) colCounts[colIndices[p]]++;
  const [row, end] = [blocks.firstRow, blocks.firstRow + blocks.rows];
  const [firstEntry, lastEntry] = [rowStart[row], rowStart[end]];
  const isWhole = blocks.rows === whole.rows;
  const matrix = isWhole
    ? whole
    : SparseMatrix.fromSorted(
        cols,
        rowStart.slice(row, end + 1).map((start) => start - firstEntry),
        colIndices.slice(firstEntry, lastEntry),
        values.slice(firstEntry, lastEntry),
      );
  return { matrix, blocks, totalEntries: nonzeros, firstEntry, colCounts };
}
