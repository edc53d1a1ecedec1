// One side of an alternating fit, in the job: its observed cells, its ridges and its factors.
import { type Block, type Handle, sampledKernels } from "../wasm/index.js";

/** Observed cells by rows, in the job: row i owns start[i] .. start[i + 1] of `indices`. */
export interface Pattern {
  readonly start: Handle;
  /** Columns, ascending inside a row. */
  readonly indices: Handle;
  /** A number per cell; 0 where all are 1. */
  readonly weights: Handle;
}

export class Side {
  /** A row per row of the matrix. */
  readonly factors: Block;
  readonly #pattern: Pattern;
  readonly #ridges: Handle;

  constructor(pattern: Pattern, ridges: Float64Array, factors: Block) {
    this.factors = factors;
    this.#pattern = pattern;
    this.#ridges = factors.job.put(Float32Array.from(ridges));
  }

  /**
   * Moves the factors towards the solution for those of the other side, `gram` being their Gram
   * matrix times the weight of a cell that is not observed.
   */
  improve(other: Side, gram: Block, steps: number, work: Handle): void {
    const { rows, cols, handle, job } = this.factors;
    const { start, indices, weights } = this.#pattern;
    // biome-ignore format: the kernel's arguments belong in groups
    job.use(sampledKernels).f32.conjugateGradientRows(
      rows, cols, steps, 0, start, indices, weights,
      gram.handle, this.#ridges, other.factors.handle, handle, work,
    );
  }
}
