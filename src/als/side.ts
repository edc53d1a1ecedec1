// One side of an alternating fit, in the job: its observed cells, its ridges and its factors.
import { Exchange, type Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { type Block, type Handle, sampledSingles } from "../wasm/index.js";

/** Observed cells by rows, in the job: row i owns start[i] .. start[i + 1] of `indices`. */
export interface Pattern {
  readonly start: Handle;
  /** Columns, ascending inside a row. */
  readonly indices: Handle;
  /** A number per cell; 0 where all are 1. */
  readonly weights: Handle;
}

/** Lines that a shard computes: `count` from `first` on; none, or all, where lines are few. */
export interface OwnLines {
  readonly first: number;
  readonly count: number;
  /** There are other shards. */
  readonly shared: boolean;
}

/** The lines of a shard's blocks. @param edges - the first line of every block, and at last the number of lines. */
export function ownLines(edges: Int32Array, blocks: RowBlocks): OwnLines {
  const { first, end, isWhole } = blocks;
  return { first: edges[first], count: edges[end] - edges[first], shared: !isWhole };
}

export class Side {
  /** A row per row of the matrix. */
  readonly factors: Block;
  readonly #pattern: Pattern;
  readonly #ridges: Handle;

  /** @param own - the lines that are this shard's to improve. */
  constructor(
    pattern: Pattern,
    ridges: Float64Array,
    factors: Block,
    readonly own: OwnLines,
  ) {
    this.factors = factors;
    this.#pattern = pattern;
    this.#ridges = factors.job.put(Float32Array.from(ridges));
  }

  /**
   * Moves the factors towards the solution for those of the other side, `gram` being their Gram
   * matrix times the weight of a cell that is not observed.
   */
  improve(other: Side, gram: Block, steps: number, work: Handle): Sharded<void> {
    const { cols, job } = this.factors;
    const { start, indices, weights } = this.#pattern;
    const { first, count } = this.own;
    // biome-ignore format: the kernel's arguments belong in groups
    job.use(sampledSingles).f32.conjugateGradientRows(
      count, cols, steps, 0, job.at("i32", start, first), indices, weights,
      gram.handle, job.at("f32", this.#ridges, first), other.factors.handle,
      this.factors.lines(first, count).handle, work,
    );
    return gather(this.factors, this.own);
  }
}

/** Takes in the lines that the other shards have computed: f32, bit by bit. */
export function* gather({ job, handle, rows, cols }: Block, own: OwnLines): Sharded<void> {
  if (!own.shared) return;
  const bits = job.view("i32", handle, rows * cols);
  const [first, count] = [own.first * cols, own.count * cols];
  bits.fill(0, 0, first).fill(0, first + count);
  yield new Exchange(bits, { first, count });
}
