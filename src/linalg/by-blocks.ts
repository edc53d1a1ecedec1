// What is computed of a tall matrix by blocks of its rows: of each block apart, on whatever thread, and taken in in the
// order of the blocks. So the bits depend on the blocks, and not on who computed what when.
import type { DType } from "../wasm/index.js";
import type { Matrix } from "./matrix.js";

export interface ByBlocks<Part> {
  /** Of a block that begins with this row: it depends on nothing that came before. `name` is for
   * messages. */
  partOf(block: Matrix, firstRow: number, name: string): Part;
  /** Takes the part of the next block in. */
  take(part: Part): void;
}

/** A matrix that is read by blocks of rows, each time from the first on. */
export interface RowsByBlocks {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: DType;
  /** Its rows in order, this many at a time, finite. */
  blocks(rows: number): Iterable<Matrix>;
}
