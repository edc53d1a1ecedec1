// One side of an alternating fit, in the job: its observed cells, its ridges and its factors.
import { Block, type Handle, type Job } from "../wasm/index.js";

/** Observed cells by rows: row i owns start[i] .. start[i + 1] of `indices`, columns ascending. */
export interface Pattern {
  readonly start: Int32Array;
  readonly indices: Int32Array;
  /** A number per cell; undefined where all are 1. */
  readonly weights: Float32Array | undefined;
}

export class Side {
  /** A row per row of the matrix. */
  readonly factors: Block;
  readonly #start: Handle;
  readonly #indices: Handle;
  readonly #weights: Handle;
  readonly #ridges: Handle;

  constructor(job: Job, pattern: Pattern, ridges: Float64Array, factors: Float32Array) {
    const rows = ridges.length;
    this.factors = new Block(job, "f32", rows, factors.length / rows, job.put(factors));
    this.#start = job.put(pattern.start);
    this.#indices = job.put(pattern.indices);
    this.#weights = pattern.weights === undefined ? (0 as Handle) : job.put(pattern.weights);
    this.#ridges = job.put(Float32Array.from(ridges));
  }

  /**
   * Moves the factors towards the solution for those of the other side, `gram` being their Gram
   * matrix times the weight of a cell that is not observed.
   */
  improve(other: Side, gram: Block, steps: number, work: Handle): void {
    const { rows, cols, handle, job } = this.factors;
    // biome-ignore format: the kernel's arguments belong in groups
    job.f32.conjugateGradientRows(
      rows, cols, steps, 0, this.#start, this.#indices, this.#weights,
      gram.handle, this.#ridges, other.factors.handle, handle, work,
    );
  }
}
