// Block Lanczos on A'A with Rayleigh-Ritz and thick restarts (Wu and Simon 2000; for the singular
// value problem Baglama and Reichel 2005).
//
// A basis of `width` right vectors grows by blocks orth(A'A V); of all that it spans, the best
// `width` vectors (Ritz vectors) remain, and the next block is their residual: the space stays a
// Krylov space and no product is lost at a restart. New blocks are orthogonalized by Householder
// reflections of the whole basis (Walker 1988), so the basis is orthonormal also when the space is
// exhausted: where A has lower rank, arbitrary directions fill it up and do no harm.
//
// Bases are stored by columns, as the reflections need them; blocks for products are row-major.
import type { DType, Handle, Job, Kernels } from "../../wasm/index.js";
import { fillNormal } from "../random.js";
import { streams } from "../streams.js";
import { svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import { orthonormalize, transposed } from "./orthogonal.js";

/**
 * Blocks in the basis between restarts, where memory allows. Of 3, 4, 5, 6 and 8, 8 took the fewest
 * products on masked matrices of rank 5 to 48 (15, 15 and 43, against 15, 25 and 99 with 3).
 */
const mostBlocks = 8;
/** Bytes that the basis, its image under A and their reflections may take. */
const basisBytes = 2 ** 29;

export class BlockLanczos {
  /** Left Ritz vectors: `width` columns of length m. */
  readonly left: Handle;
  /** Ritz values, descending. */
  readonly values: Handle;
  /** The basis V; after a restart its first `width` columns are the right Ritz vectors. */
  readonly right: Handle;
  /** Pairs of products with A and A'. */
  iterations = 0;

  readonly #kernels: Kernels;
  readonly #dtype: DType;
  readonly #capacity: number;
  /** A V. */
  readonly #image: Handle;
  /** Vectors of V in use. */
  #used: number;
  /** What the next block is made of: `width` columns of length n. */
  readonly #next: Handle;
  readonly #reflections: Handle;
  readonly #tau: Handle;
  readonly #work: Handle;
  /** Blocks for products: n x width and m x width. */
  readonly #x: Handle;
  readonly #y: Handle;

  /** Starts from A' times random vectors. */
  constructor(
    readonly job: Job,
    readonly operator: BlockOperator,
    readonly width: number,
    seed: number,
  ) {
    const { rows: m, cols: n, dtype } = operator;
    const kernels = job.kernels(dtype);
    const longer = Math.max(m, n);
    const blockBytes = (m + n + longer) * Math.max(width, 1) * 8;
    const blocks = Math.min(mostBlocks, Math.max(2, Math.floor(basisBytes / blockBytes)));
    const capacity = Math.min(blocks * width, m, n);
    this.#kernels = kernels;
    this.#dtype = dtype;
    this.#capacity = capacity;
    this.left = job.allocate(dtype, m * width);
    this.values = job.allocate(dtype, width);
    this.right = job.allocate(dtype, n * capacity);
    this.#image = job.allocate(dtype, m * capacity);
    this.#next = job.allocate(dtype, n * width);
    this.#reflections = job.allocate(dtype, longer * capacity);
    this.#tau = job.allocate(dtype, capacity);
    this.#work = job.allocateBytes(
      Math.max(
        kernels.qrWorkspace(longer, capacity),
        kernels.applyReflectorsWorkspace(longer, width),
      ),
    );
    this.#x = job.allocate(dtype, n * width);
    this.#y = job.allocate(dtype, m * width);
    this.#used = width;
    if (width === 0) return;
    fillNormal(job, dtype, m * width, seed, streams.sketch.first, this.#y);
    operator.multiplyTransposed(width, this.#y, this.#x);
    orthonormalize(job, dtype, n, width, this.#x);
    kernels.transpose(n, width, this.#x, width, this.right, n);
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
    const { width, operator, job } = this;
    const { rows: m, cols: n } = operator;
    const kernels = this.#kernels;
    if (width === 0) return 0;
    kernels.transpose(width, m, this.left, m, this.#y, width);
    operator.multiplyTransposed(width, this.#y, this.#x);
    kernels.transpose(n, width, this.#x, width, this.#next, n);
    const values = job.read(this.#dtype, this.values, width);
    let squares = 0;
    for (let j = 0; j < width; j++) {
      const column = this.#column(this.#next, n, j);
      kernels.axpy(n, -values[j], this.#column(this.right, n, j), column);
      if (j < rank) squares += kernels.sumOfSquares(n, column);
    }
    return values[0] === 0 ? 0 : Math.sqrt(squares) / values[0];
  }

  /** Adds blocks until the space is full or `maxIterations` is reached. */
  grow(maxIterations: number): void {
    const { width, operator } = this;
    const { cols: n } = operator;
    const kernels = this.#kernels;
    kernels.embed(width, n, n, this.right, n, this.#reflections, n);
    kernels.qrFactor(n, width, this.#reflections, n, this.#tau, this.#work);
    let block = width;
    while (this.#used < this.#capacity && this.iterations < maxIterations) {
      if (this.#used > width) {
        operator.multiplyTransposed(block, this.#y, this.#x);
        kernels.transpose(n, block, this.#x, block, this.#next, n);
      }
      block = Math.min(width, this.#capacity - this.#used);
      this.#orthogonalize(block);
      this.#multiply(this.#used, block);
      this.#used += block;
    }
  }

  /** Rayleigh-Ritz: the best `width` vectors of the space take its place. */
  restart(): void {
    const { job, width, operator } = this;
    const { rows: m, cols: n } = operator;
    const kernels = this.#kernels;
    const dtype = this.#dtype;
    const used = this.#used;
    const mark = job.mark();
    // A V = Q R and R' = P S Z': the Ritz triplets are Q Z, S, V P.
    const [v, tau, work] = [this.#reflections, this.#tau, this.#work];
    kernels.embed(used, m, m, this.#image, m, v, m);
    kernels.qrFactor(m, used, v, m, tau, work);
    const triangle = job.allocate(dtype, used * used);
    kernels.embed(used, used, used, v, m, triangle, used);
    const entries = job.view(dtype, triangle, used * used);
    for (let j = 0; j < used; j++) entries.fill(0, j * used + j + 1, (j + 1) * used);
    const { U: P, S, V: Z } = svdInJob(job, dtype, used, used, triangle);
    kernels.embed(1, width, width, S, width, this.values, width);
    const columnsOfZ = transposed(job, dtype, used, used, Z);
    kernels.embed(width, m, used, columnsOfZ, used, this.left, m);
    kernels.applyReflectors(0, m, width, used, v, m, tau, this.left, m, work);
    kernels.gemm(1, 0, width, n, used, 1, P, used, this.right, n, 0, this.#next, n);
    kernels.embed(width, n, n, this.#next, n, this.right, n);
    kernels.embed(width, m, m, this.left, m, this.#image, m);
    const values = job.read(dtype, this.values, width);
    for (let j = 0; j < width; j++) kernels.scal(m, values[j], this.#column(this.#image, m, j));
    this.#used = width;
    job.release(mark);
  }

  /** The next `block` basis vectors: what is left of `next` beyond the space so far. */
  #orthogonalize(block: number): void {
    const { cols: n } = this.operator;
    const kernels = this.#kernels;
    const used = this.#used;
    const [v, tau, work] = [this.#reflections, this.#tau, this.#work];
    kernels.applyReflectors(1, n, block, used, v, n, tau, this.#next, n, work);
    kernels.embed(block, n, n, this.#next, n, this.#column(v, n, used), n);
    const corner = this.job.at(this.#dtype, v, used * n + used);
    kernels.qrFactor(n - used, block, corner, n, this.job.at(this.#dtype, tau, used), work);
    const columns = this.#column(this.right, n, used);
    const entries = this.job.view(this.#dtype, columns, block * n).fill(0);
    for (let j = 0; j < block; j++) entries[j * n + used + j] = 1;
    kernels.applyReflectors(0, n, block, used + block, v, n, tau, columns, n, work);
  }

  /** The image of the basis vectors first .. first + count - 1; it also stays in y. */
  #multiply(first: number, count: number): void {
    const { rows: m, cols: n } = this.operator;
    const kernels = this.#kernels;
    kernels.transpose(count, n, this.#column(this.right, n, first), n, this.#x, count);
    this.operator.multiply(count, this.#x, this.#y);
    kernels.transpose(m, count, this.#y, count, this.#column(this.#image, m, first), m);
    this.iterations++;
  }

  #column(columns: Handle, length: number, j: number): Handle {
    return this.job.at(this.#dtype, columns, j * length);
  }
}
