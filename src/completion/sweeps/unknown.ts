// One of the two unknowns of a linear block, a factor with a line for each row or column, and what
// conjugate gradients keep for it.
import type { BlockNumbers } from "../../shards/block-numbers.js";
import type { RowBlocks } from "../../shards/row-blocks.js";
import { type Block, type Handle, sampledSingles } from "../../wasm/index.js";

/** Work space of an unknown; those of a side share it, for only one is solved for at a time. */
export interface Work {
  readonly residual: Block;
  readonly direction: Block;
  /** H times the direction; after a step z = M^-1 r. */
  readonly image: Block;
}

/** What the preconditioner and the ridges are made of (assembly/conjugate-lines.ts). */
export interface ColumnConstants {
  /** Of each element: mean square of what multiplies it, over the entries. */
  curvature: ArrayLike<number>;
  /** Its part in the ridge of a line. */
  share: ArrayLike<number>;
  /** A ridge of its own, the same for all lines; above 0 where the share is 0. */
  fixed: ArrayLike<number>;
  /** 1, or 0 where it stays as it is. */
  free: ArrayLike<number>;
}

export class Unknown {
  readonly #counts: Handle;
  readonly #ridges: Handle;
  readonly #columns: Handle;

  /**
   * @param counts - entries of each line.
   * @param blocks - of its lines: sums over them are taken block by block.
   */
  constructor(
    readonly x: Block,
    readonly work: Work,
    counts: Handle,
    readonly blocks: RowBlocks,
  ) {
    const { job, rows, cols } = x;
    this.#counts = counts;
    this.#ridges = job.allocate("f32", rows);
    this.#columns = job.allocate("f32", 4 * cols);
  }

  setRidges(ridges: (line: number) => number): void {
    const { job, rows } = this.x;
    job.write(
      this.#ridges,
      Float32Array.from({ length: rows }, (_, line) => ridges(line)),
    );
  }

  setColumns({ curvature, share, fixed, free }: ColumnConstants): void {
    const { job, cols } = this.x;
    const lines = new Float32Array(4 * cols);
    [curvature, share, fixed, free].forEach((line, q) => {
      lines.set(line, q * cols);
    });
    job.write(this.#columns, lines);
  }

  /**
   * Takes `image`, the gradient of half the squared residuals, as the start.
   *
   * @returns r' M^-1 r of each block of lines, as of all methods complete after `meeting.join`.
   */
  begin(meeting: BlockNumbers): Float64Array {
    const { residual, direction } = this.work;
    residual.view().fill(0);
    direction.view().fill(0);
    return this.#step(meeting, 1, this.x, 0);
  }

  /** A step of this length along the direction. @returns r' M^-1 r. */
  step(meeting: BlockNumbers, length: number): Float64Array {
    return this.#step(meeting, length, this.work.direction, this.x.handle);
  }

  #step(meeting: BlockNumbers, length: number, p: Block, x: Handle | 0): Float64Array {
    const { residual, image } = this.work;
    return this.#ofBlocks(meeting, (count, at) =>
      // biome-ignore format: the kernel's arguments belong in groups
      this.x.job.use(sampledSingles).f32.conjugateStep(
        count, this.x.cols, length, at(this.#counts, 1), at(this.#ridges, 1), this.#columns,
        at(p.handle), at(image.handle), x === 0 ? 0 : at(x), at(residual.handle),
      ),
    );
  }

  /** The next direction p = z + beta p. @returns p' D p. */
  turn(meeting: BlockNumbers, beta: number): Float64Array {
    const { image, direction } = this.work;
    return this.#ofBlocks(meeting, (count, at) =>
      // biome-ignore format: the kernel's arguments belong in groups
      this.x.job.use(sampledSingles).f32.conjugateTurn(
        count, this.x.cols, beta, at(this.#ridges, 1), this.#columns, at(image.handle),
        at(direction.handle),
      ),
    );
  }

  #ofBlocks(
    meeting: BlockNumbers,
    ofBlock: (count: number, at: (handle: Handle, width?: number) => Handle) => number,
  ): Float64Array {
    const { job, cols } = this.x;
    return meeting.of(this.blocks, (first, count) =>
      ofBlock(count, (handle, width = cols) => job.at("f32", handle, first * width)),
    );
  }
}
