// The blocks of lines that sums over lines are taken by, and which of them a shard has. They are a property
// of the matrix: no result depends on which shard has which block. Of rows every shard has some blocks, of
// columns all of them; who has all asks nobody.
import type { SparseRows } from "../linalg/sparse-rows.js";
import { Exchange, type NumberRange, type Sharded } from "./exchange.js";

/**
 * A block has at most so many lines, whose vectors stay in the cache, and so many entries that what it costs
 * for every column is little beside them, but that there are some blocks to share. Part of the result:
 * other numbers give other last bits, and folders of shards (src/shard-files/manifest.ts) another version.
 */
const most = { lines: 4096, entriesOfColumn: 8, shareOfEntries: 1 / 16 };
const leastEntries = 16_384;
/** A row's own vectors cost a sweep about as much as so many entries. */
const entriesOfRow = 16;

/** Blocks for so many of the least size: of many a number that two, three and four shards divide evenly. */
const blockCount = (most: number) => (most < 12 ? Math.ceil(most) || 1 : most - (most % 12));

/** What blocks are made by. */
type Pattern = Pick<SparseRows, "rows" | "cols" | "rowStart" | "nonzeros">;

/** A number of a block: of `count` rows from `first` on, counted from the shard's first row. */
export type BlockNumber = (first: number, count: number, block: number) => number;

export class RowBlocks {
  /**
   * @param starts - the first row of every block of the matrix, and at last the number of its rows.
   * @param first - the first block of this shard.
   * @param end - the one after its last.
   */
  constructor(
    readonly starts: Int32Array,
    readonly first = 0,
    readonly end = starts.length - 1,
  ) {}

  /** The blocks of lines that are not shared out. */
  static ofLines(lines: number): RowBlocks {
    const count = Math.max(1, Math.ceil(lines / most.lines));
    return new RowBlocks(
      Int32Array.from({ length: count + 1 }, (_, b) => Math.min(b * most.lines, lines)),
    );
  }

  /** The blocks of the rows of a sparse matrix. */
  static of({ rows, cols, rowStart, nonzeros }: Pattern): RowBlocks {
    const wanted = Math.min(most.entriesOfColumn * cols, most.shareOfEntries * nonzeros);
    const count = blockCount(nonzeros / Math.max(leastEntries, wanted));
    const size = (nonzeros + entriesOfRow * rows) / count;
    const starts = [0];
    let [first, next] = [0, size];
    for (let row = 1; row < rows; row++) {
      // Up to the middle of the row, so that it goes where most of it belongs.
      const middle = (rowStart[row] + rowStart[row + 1]) / 2 + entriesOfRow * (row + 0.5);
      if (middle < next && row - first < most.lines) continue;
      starts.push(row);
      first = row;
      while (next <= middle) next += size;
    }
    return new RowBlocks(Int32Array.of(...starts, rows));
  }

  /**
   * Shares the blocks of this shard out evenly by what they cost: at most `parts` shards, each with at least one block.
   *
   * @param entriesBefore - entries of the matrix before a block.
   * @param ofRow - the entries that cost as much as what a row costs without its own.
   */
  shares(
    parts: number,
    entriesBefore: (block: number) => number,
    ofRow: number = entriesOfRow,
  ): RowBlocks[] {
    const { starts, first, end: last } = this;
    const before = (block: number) => entriesBefore(block) + ofRow * starts[block];
    const size = Math.min(parts, last - first);
    const [none, all] = [before(first), before(last)];
    const edges = [first];
    for (let part = 1; part < size; part++) {
      // The edge nearest to where the entries say, but a block for everybody.
      const target = none + ((all - none) * part) / size;
      const [least, most] = [edges[part - 1] + 1, last - (size - part)];
      let edge = least;
      const off = (b: number) => Math.abs(before(b) - target);
      while (edge < most && off(edge + 1) <= off(edge)) edge++;
      edges.push(edge);
    }
    edges.push(last);
    return edges.slice(1).map((end, part) => new RowBlocks(starts, edges[part], end));
  }

  /** Blocks of all shards. */
  get count(): number {
    return this.starts.length - 1;
  }

  /** Rows of all shards. */
  get totalRows(): number {
    return this.starts[this.count];
  }

  /** The first row of this shard. */
  get firstRow(): number {
    return this.starts[this.first];
  }

  /** Rows of this shard. */
  get rows(): number {
    return this.starts[this.end] - this.firstRow;
  }

  /** This shard has all blocks. */
  get isWhole(): boolean {
    return this.end - this.first === this.count;
  }

  /** Visits the blocks of this shard: their first row, counted from the shard's, and their rows. */
  forEach(visit: (first: number, count: number, block: number) => void): void {
    for (let block = this.first; block < this.end; block++) {
      const row = this.starts[block];
      visit(row - this.firstRow, this.starts[block + 1] - row, block);
    }
  }

  /** A number of each block of this shard, at its place among those of all; zeros for the others. */
  numbers(of: BlockNumber): Float64Array<ArrayBuffer> {
    const numbers = new Float64Array(this.count);
    this.forEach((first, count, block) => {
      numbers[block] = of(first, count, block);
    });
    return numbers;
  }

  /** Adds what the other shards have at the same places. @param own - see `Exchange`. */
  *join(numbers: Int32Array | Float64Array, own?: NumberRange): Sharded<void> {
    if (!this.isWhole) yield new Exchange(numbers, own);
  }

  /** The sum over the blocks of all shards, in their order. */
  *sum(of: BlockNumber): Sharded<number> {
    const numbers = this.numbers(of);
    yield* this.join(numbers);
    return sumOf(numbers);
  }
}

/** In the order of the blocks. */
export const sumOf = (numbers: Float64Array): number =>
  numbers.reduce((sum, number) => sum + number, 0);

/** Of numbers that are not negative. */
export const largestOf = (numbers: Float64Array): number =>
  numbers.reduce((largest, number) => Math.max(largest, number), 0);
