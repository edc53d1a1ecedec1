// Block Lanczos on A'A with Rayleigh-Ritz and thick restarts (Wu and Simon 2000; for the singular
// value problem Baglama and Reichel 2005).
//
// A basis of `width` right vectors grows by blocks orth(A'A V); of all that it spans, the best
// `width` vectors (Ritz vectors) remain, and the next block is their residual: the space stays a
// Krylov space and no product is lost at a restart. New blocks are orthogonalized by Householder
// reflections of the whole basis (Walker 1988), so the basis is orthonormal also when the space is
// exhausted: where A has lower rank, arbitrary directions fill it up and do no harm.
//
// Bases are stored by columns, one vector a row, as the reflections need them; blocks for products
// have vectors as columns.
import { Block, type Job, product } from "../../wasm/index.js";
import { fillNormal } from "../random.js";
import * as streams from "../streams.js";
import { svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import {
  applyReflections,
  factorColumns,
  orthonormalize,
  type Reflections,
  triangleColumns,
} from "./orthogonal.js";
import type { ColumnTriplets } from "./singular-triplets.js";

/**
 * Blocks in the basis between restarts, where memory allows. Of 3, 4, 5, 6 and 8, 8 took the fewest
 * products on masked matrices of rank 5 to 48 (15, 15 and 43, against 15, 25 and 99 with 3).
 */
const maxBlocks = 8;
/** Bytes that the basis, its image under A and their reflections may take. */
const basisBytes = 2 ** 29;

export class BlockLanczos implements ColumnTriplets {
  /** Left Ritz vectors, width x m. */
  readonly left: Block;
  /** Ritz values, 1 x width, descending. */
  readonly values: Block;
  /** The basis V; after a restart its first `width` rows are the right Ritz vectors. */
  readonly right: Block;
  /** Pairs of products with A and A'. */
  iterations = 0;

  readonly #capacity: number;
  /** A V. */
  readonly #image: Block;
  /** Vectors of V in use. */
  #used: number;
  /** What the next block is made of, width x n. */
  readonly #next: Block;
  /** Blocks for products: n x width and m x width. */
  readonly #x: Block;
  readonly #y: Block;

  /** Starts from A' times random vectors. */
  constructor(
    readonly job: Job,
    readonly operator: BlockOperator,
    readonly width: number,
    seed: number,
  ) {
    const { rows: m, cols: n, dtype } = operator;
    const longer = Math.max(m, n);
    const blockBytes = (m + n + longer) * Math.max(width, 1) * 8;
    const blocks = Math.min(maxBlocks, Math.max(2, Math.floor(basisBytes / blockBytes)));
    const capacity = Math.min(blocks * width, m, n);
    this.#capacity = capacity;
    this.left = Block.allocate(job, dtype, width, m);
    this.values = Block.allocate(job, dtype, 1, width);
    this.right = Block.allocate(job, dtype, capacity, n);
    this.#image = Block.allocate(job, dtype, capacity, m);
    this.#next = Block.allocate(job, dtype, width, n);
    this.#x = Block.allocate(job, dtype, n, width);
    this.#y = Block.allocate(job, dtype, m, width);
    this.#used = width;
    if (width === 0) return;
    fillNormal(this.#y, seed, streams.sketch.first);
    operator.multiplyTransposed(this.#y, this.#x);
    orthonormalize(this.#x);
    this.#x.transposeTo(this.right);
    this.#multiply(0, width);
    this.restart();
  }

  /** Whether the space can hold more than the Ritz vectors. */
  get canGrow(): boolean {
    return this.#capacity > this.width;
  }

  /**
   * ‖A'U - V diag(S)‖_F / S[0] over the first `rank` Ritz triplets. The product serves the next
   * block as well: call it once after each restart.
   */
  residual(rank: number): number {
    const { width, operator, left, right } = this;
    if (width === 0) return 0;
    left.transposeTo(this.#y);
    operator.multiplyTransposed(this.#y, this.#x);
    this.#x.transposeTo(this.#next);
    const values = this.values.read();
    let squares = 0;
    for (let j = 0; j < width; j++) {
      const vector = this.#next.lines(j);
      vector.kernels.axpy(vector.length, -values[j], right.lines(j).handle, vector.handle);
      if (j < rank) squares += vector.sumOfSquares();
    }
    return values[0] === 0 ? 0 : Math.sqrt(squares) / values[0];
  }

  /** Adds blocks until the space is full or `maxIterations` is reached. */
  grow(maxIterations: number): void {
    const { job, width, operator, right } = this;
    const mark = job.mark();
    const columns = Block.allocate(job, operator.dtype, this.#capacity, operator.cols);
    right.lines(0, width).copyTo(columns);
    const tau = job.allocate(operator.dtype, this.#capacity);
    factorColumns(columns.lines(0, width), tau);
    let count = width;
    while (this.#used < this.#capacity && this.iterations < maxIterations) {
      if (this.#used > width) {
        const x = narrower(this.#x, count);
        operator.multiplyTransposed(narrower(this.#y, count), x);
        x.transposeTo(this.#next);
      }
      count = Math.min(width, this.#capacity - this.#used);
      this.#orthogonalize({ columns, tau }, count);
      this.#multiply(this.#used, count);
      this.#used += count;
    }
    job.release(mark);
  }

  /** Rayleigh-Ritz: the best `width` vectors of the space take its place. */
  restart(): void {
    const { job, width, left, right } = this;
    const used = this.#used;
    const image = this.#image.lines(0, width);
    const mark = job.mark();
    // A V = Q R and R' = P S Z': the Ritz triplets are Q Z, S, V P.
    const columns = Block.allocate(job, right.dtype, used, image.cols);
    this.#image.lines(0, used).copyTo(columns);
    const reflections = factorColumns(columns);
    const { U: P, S, V: Z } = svdInJob(triangleColumns(reflections));
    S.columns(0, width).copyTo(this.values);
    Z.transposed().lines(0, width).copyTo(left);
    applyReflections(reflections, left);
    product(P.columns(0, width), right.lines(0, used), { to: this.#next, transposeA: true });
    this.#next.copyTo(right);
    left.copyTo(image);
    const values = this.values.read();
    for (let j = 0; j < width; j++) {
      const vector = image.lines(j);
      vector.kernels.scal(vector.length, values[j], vector.handle);
    }
    this.#used = width;
    job.release(mark);
  }

  /** The next `count` basis vectors: what is left of `next` beyond the space so far. */
  #orthogonalize({ columns, tau }: Reflections, count: number): void {
    const { job, right } = this;
    const { dtype, cols: n } = right;
    const used = this.#used;
    const next = this.#next.lines(0, count);
    applyReflections({ columns: columns.lines(0, used), tau }, next, { transpose: true });
    next.copyTo(columns.lines(used, count));
    factorColumns(columns.part(used, used, count, n - used), job.at(dtype, tau, used));
    const vectors = right.lines(used, count);
    const entries = vectors.view().fill(0);
    for (let j = 0; j < count; j++) entries[j * n + used + j] = 1;
    applyReflections({ columns: columns.lines(0, used + count), tau }, vectors);
  }

  /** The image of the basis vectors first .. first + count - 1; it also stays in y. */
  #multiply(first: number, count: number): void {
    const [x, y] = [narrower(this.#x, count), narrower(this.#y, count)];
    this.right.lines(first, count).transposeTo(x);
    this.operator.multiply(x, y);
    y.transposeTo(this.#image.lines(first, count));
    this.iterations++;
  }
}

/** The room of a block for fewer columns. */
function narrower({ job, dtype, rows, handle }: Block, cols: number): Block {
  return new Block(job, dtype, rows, cols, handle);
}
