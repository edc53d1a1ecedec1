// A ≈ Q B with orthonormal Q and B = Q'A, grown by blocks of random directions (Yu, Gu and Li 2018,
// algorithm randQB_EI; one block alone is algorithm 4.4 of Halko, Martinsson and Tropp 2011).
//
// Q B is the projection of A onto the columns of Q, so what is left is orthogonal to it:
// ||A - Q B||² = ||A||² - ||B||² in the Frobenius norm, and for the truncation to r triplets
// ||A - U diag(S) V'||² = ||A - Q B||² + S[r]² + S[r + 1]² + ..., a sum without cancellation.
import { Block, type DType, type Job, product } from "../../wasm/index.js";
import { fillNormal } from "../random.js";
import * as streams from "../streams.js";
import { type SvdBlocks, svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import { orthonormalize } from "./orthogonal.js";
import { energyBound, probeCount } from "./probes.js";

/**
 * Share of ||A||² that rounding may take from ||A||² - ||B||²: gemm, Q's orthogonality and the sums
 * leave a few eps.
 */
const rounding: Record<DType, number> = { f32: 2 ** -19, f64: 2 ** -47 };

/** Some columns of Q and of B'. */
interface Piece {
  readonly q: Block;
  readonly b: Block;
}

export class RandomizedQB {
  /** Columns of Q. */
  columns = 0;
  readonly #pieces: Piece[] = [];
  /** ||B||². */
  #captured = 0;
  /** Images of the probes under A, m x probes; without those parts of them that are in Q. */
  #images: Block | undefined;
  /** Pieces of Q whose parts have been taken out of the images. */
  #piecesTaken = 0;

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
    const q = Block.allocate(job, dtype, m, columns);
    const b = Block.allocate(job, dtype, n, columns);
    fillNormal(b, seed, streams.sketch.first, n * this.columns);
    operator.multiply(b, q);
    this.#orthonormalize(q);
    for (let i = 0; i < this.powerIterations; i++) {
      operator.multiplyTransposed(q, b);
      orthonormalize(b);
      operator.multiply(b, q);
      this.#orthonormalize(q);
    }
    operator.multiplyTransposed(q, b);
    this.#pieces.push({ q, b });
    this.columns += columns;
    this.#captured += b.sumOfSquares();
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

  /** The SVD of B' = U diag(S) V', U n x columns and V columns x columns: A ≈ (Q V) diag(S) U'. */
  svd(): SvdBlocks {
    const { job, operator, columns } = this;
    if (this.#pieces.length === 1) return svdInJob(this.#pieces[0].b);
    const rows = Block.allocate(job, operator.dtype, operator.cols, columns);
    let first = 0;
    for (const { b } of this.#pieces) {
      b.copyTo(rows.columns(first, b.cols));
      first += b.cols;
    }
    return svdInJob(rows);
  }

  /** The first `rank` columns of Q Z, stored by columns. */
  leftVectors(rank: number, Z: Block): Block {
    const { rows: m, dtype } = this.operator;
    const left = Block.zeros(this.job, dtype, rank, m);
    let first = 0;
    for (const { q } of this.#pieces) {
      const z = Z.part(first, 0, q.cols, rank);
      product(z, q, { to: left, transposeA: true, transposeB: true, add: true });
      first += q.cols;
    }
    return left;
  }

  /** Makes Y, m x k, orthonormal and orthogonal to Q. Twice is enough (Kahan, Parlett). */
  #orthonormalize(Y: Block): void {
    for (let pass = 0; pass < 2 && this.#pieces.length > 0; pass++) {
      for (const { q } of this.#pieces) takeOut(q, Y);
      if (pass === 0) orthonormalize(Y);
    }
    orthonormalize(Y);
  }

  /** A bound of ||A - Q B||² from the mean of ||(A - Q B) ω||² over the probes ω. */
  #probedEnergy(): number {
    const { job, operator } = this;
    const { rows: m, cols: n, dtype } = operator;
    if (this.#images === undefined) {
      this.#images = Block.allocate(job, dtype, m, probeCount);
      const mark = job.mark();
      const X = Block.allocate(job, dtype, n, probeCount);
      fillNormal(X, this.seed, streams.probe.first);
      operator.multiply(X, this.#images);
      job.release(mark);
    }
    while (this.#piecesTaken < this.#pieces.length) {
      takeOut(this.#pieces[this.#piecesTaken++].q, this.#images);
    }
    return energyBound(this.#images.sumOfSquares());
  }
}

/** Y <- Y - q q'Y. */
function takeOut(q: Block, Y: Block): void {
  const { job, dtype } = q;
  const mark = job.mark();
  const coordinates = Block.allocate(job, dtype, q.cols, Y.cols);
  product(q, Y, { to: coordinates, transposeA: true });
  product(q, coordinates, { to: Y, scale: -1, add: true });
  job.release(mark);
}
