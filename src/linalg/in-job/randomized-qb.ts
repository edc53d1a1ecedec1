// A ≈ Q B with orthonormal Q and B = Q'A, grown by blocks of random directions (Yu, Gu and Li 2018,
// algorithm randQB_EI; one block alone is algorithm 4.4 of Halko, Martinsson and Tropp 2011).
//
// Q B is the projection of A onto the columns of Q, so what is left is orthogonal to it:
// ||A - Q B||² = ||A||² - ||B||² in the Frobenius norm, and for the truncation to r triplets
// ||A - U diag(S) V'||² = ||A - Q B||² + S[r]² + S[r + 1]² + ..., a sum without cancellation.
import type { DType, Handle, Job } from "../../wasm/index.js";
import { fillNormal } from "../random.js";
import { streams } from "../streams.js";
import { svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import { orthonormalize } from "./orthogonal.js";
import { energyBound, probes } from "./probes.js";

/**
 * Share of ||A||² that rounding may take from ||A||² - ||B||²: gemm, Q's orthogonality and the sums
 * leave a few eps.
 */
const rounding: Record<DType, number> = { f32: 2 ** -19, f64: 2 ** -47 };

/** `columns` columns of Q (m x columns) and of B' (n x columns), both row-major. */
interface Block {
  readonly columns: number;
  readonly q: Handle;
  readonly b: Handle;
}

/** The SVD of B: of Q Z S W', with the left vectors still in the basis Q. */
export interface ProjectedSvd {
  /** n x columns, row-major. */
  readonly W: Handle;
  /** columns, descending. */
  readonly S: Handle;
  /** columns x columns, row-major. */
  readonly Z: Handle;
}

export class RandomizedQB {
  /** Columns of Q. */
  columns = 0;
  readonly #blocks: Block[] = [];
  /** ||B||². */
  #captured = 0;
  /** Images of the probes under A, m x probes; without those parts of them that lie in Q. */
  #images: Handle | undefined;
  /** Blocks of Q whose parts have been taken out of the images. */
  #blocksTaken = 0;

  constructor(
    readonly job: Job,
    readonly operator: BlockOperator,
    readonly powerIterations: number,
    readonly seed: number,
  ) {}

  /** Adds columns; at most min(m, n) in all. */
  grow(columns: number): void {
    const { job, operator, seed } = this;
    const { rows: m, cols: n, dtype } = operator;
    const [q, b] = [job.allocate(dtype, m * columns), job.allocate(dtype, n * columns)];
    fillNormal(job, dtype, n * columns, seed, streams.sketch.first, b, n * this.columns);
    operator.multiply(columns, b, q);
    this.#orthonormalize(columns, q);
    for (let i = 0; i < this.powerIterations; i++) {
      operator.multiplyTransposed(columns, q, b);
      orthonormalize(job, dtype, n, columns, b);
      operator.multiply(columns, b, q);
      this.#orthonormalize(columns, q);
    }
    operator.multiplyTransposed(columns, q, b);
    this.#blocks.push({ columns, q, b });
    this.columns += columns;
    this.#captured += job.kernels(dtype).sumOfSquares(n * columns, b);
  }

  /**
   * An upper bound of ||A - Q B||²: where the entries of A are known and rounding is less than a
   * percent of it, the difference itself, else by probes.
   */
  residualEnergy(): number {
    const { energy, dtype } = this.operator;
    if (energy !== undefined) {
      const left = energy - this.#captured;
      const lost = rounding[dtype] * energy;
      if (left > 100 * lost) return left + lost;
    }
    return this.#probedEnergy();
  }

  /** Whether ||A - Q B|| is at most `tolerance` times ||A||. */
  within(tolerance: number): boolean {
    const residual = this.residualEnergy();
    return residual <= tolerance * tolerance * (this.#captured + residual);
  }

  svd(): ProjectedSvd {
    const { job, operator, columns } = this;
    const { cols: n, dtype } = operator;
    const kernels = job.kernels(dtype);
    const rows = job.allocate(dtype, n * columns);
    let first = 0;
    for (const block of this.#blocks) {
      const to = job.at(dtype, rows, first);
      kernels.embed(n, block.columns, block.columns, block.b, block.columns, to, columns);
      first += block.columns;
    }
    const { U: W, S, V: Z } = svdInJob(job, dtype, n, columns, rows);
    return { W, S, Z };
  }

  /** The first `rank` columns of Q Z, stored by columns. */
  leftVectors(rank: number, Z: Handle): Handle {
    const { job, operator, columns } = this;
    const { rows: m, dtype } = operator;
    const { gemm } = job.kernels(dtype);
    const left = job.allocateZeros(dtype, rank * m);
    let first = 0;
    for (const { columns: k, q } of this.#blocks) {
      gemm(1, 1, rank, m, k, 1, job.at(dtype, Z, first * columns), columns, q, k, 1, left, m);
      first += k;
    }
    return left;
  }

  /** Makes the m x k block at y orthonormal and orthogonal to Q. Twice is enough (Kahan, Parlett). */
  #orthonormalize(k: number, y: Handle): void {
    const { rows: m, dtype } = this.operator;
    for (let pass = 0; pass < 2 && this.#blocks.length > 0; pass++) {
      for (const block of this.#blocks) this.#takeOut(block, k, y);
      if (pass === 0) orthonormalize(this.job, dtype, m, k, y);
    }
    orthonormalize(this.job, dtype, m, k, y);
  }

  /** y <- y - Q_i Q_i'y for the m x k block at y. */
  #takeOut({ columns, q }: Block, k: number, y: Handle): void {
    const { job, operator } = this;
    const { rows: m, dtype } = operator;
    const { gemm } = job.kernels(dtype);
    const mark = job.mark();
    const coordinates = job.allocate(dtype, columns * k);
    gemm(1, 0, columns, k, m, 1, q, columns, y, k, 0, coordinates, k);
    gemm(0, 0, m, k, columns, -1, q, columns, coordinates, k, 1, y, k);
    job.release(mark);
  }

  /** A bound of ||A - Q B||² from the mean of ||(A - Q B) ω||² over the probes ω. */
  #probedEnergy(): number {
    const { job, operator } = this;
    const { rows: m, cols: n, dtype } = operator;
    if (this.#images === undefined) {
      this.#images = job.allocate(dtype, m * probes);
      const mark = job.mark();
      const x = job.allocate(dtype, n * probes);
      fillNormal(job, dtype, n * probes, this.seed, streams.probe.first, x);
      operator.multiply(probes, x, this.#images);
      job.release(mark);
    }
    while (this.#blocksTaken < this.#blocks.length) {
      this.#takeOut(this.#blocks[this.#blocksTaken++], probes, this.#images);
    }
    return energyBound(job.kernels(dtype).sumOfSquares(m * probes, this.#images));
  }
}
