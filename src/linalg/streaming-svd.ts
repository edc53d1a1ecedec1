import { type OptionNames, readOptions } from "../check/options.js";
import { checkDType, checkInteger, checkSeed, largestSize } from "../check/values.js";
import { Block, type DType, type FloatArray, Job, product, withSharedJob } from "../wasm/index.js";
import { checkForm, putFinite } from "./check.js";
import { leadingColumns } from "./columns.js";
import { square } from "./elementary.js";
import { energyBound, probeCount } from "./in-job/probes.js";
import { singularTriplets } from "./in-job/singular-triplets.js";
import { lstsq } from "./lstsq.js";
import { matmul } from "./matmul.js";
import { Matrix, readMatrix } from "./matrix.js";
import { qr } from "./qr.js";
import { fillNormal } from "./random.js";
import type { RandomizedSVD } from "./randomized-svd.js";
import { viewRows } from "./slices.js";
import * as streams from "./streams.js";
import { svd } from "./svd.js";

export interface StreamingSvdOptions {
  /** Columns of the matrix. */
  cols: number;
  /** Singular triplets wanted, 1 .. cols. */
  rank: number;
  /** Seed of the random directions: equal seeds and equal blocks, equal bits. @defaultValue 0 */
  seed?: number;
  /** Type of the blocks. @defaultValue "f64" */
  dtype?: DType;
  /**
   * Directions in which rows and columns are sketched, rank .. cols. More come closer to the best
   * approximation where S decays slowly. @defaultValue 4 rank + 1, at most cols
   */
  rangeSize?: number;
  /** Directions of the core sketch, at least rangeSize. @defaultValue 2 rangeSize + 1 */
  coreSize?: number;
}

const names: OptionNames<StreamingSvdOptions> = {
  ...{ cols: true, rank: true, seed: true, dtype: true, rangeSize: true, coreSize: true },
};

/** Rows for which random numbers are made at a time. */
const chunkRows = 1024;

/**
 * The leading singular triplets of a matrix that comes by blocks of rows, each seen once and then
 * forgotten.
 *
 * Tropp, Yurtsever, Udell and Cevher 2019 ("Streaming low-rank matrix approximation with an
 * application to scientific simulation", algorithms 4.1 to 4.3 and section 6): sketches Y = A Ω of
 * the range, X = Υ A of the co-range and Z = Φ A Ψ of the core grow with every block; then
 * A ≈ Q C P', Q = orth(Y), P = orth(X'), C = (ΦQ)⁺ Z (ΨP)⁺'. One pass cannot sharpen the sample as
 * the power iterations of `randomizedSvd` do: use that one where A can be kept.
 *
 * It holds (rows + cols) rangeSize + coreSize² numbers, whatever the blocks; a row costs about
 * 4 cols (rangeSize + coreSize) operations.
 *
 * @example
 * ```ts
 * const stream = new StreamingSvd({ cols: 3, rank: 1, seed: 0 });
 * stream.append(Matrix.from([[1, 2, 2]]));
 * stream.append(Matrix.from([[2, 4, 4], [0, 0, 0]]));
 * stream.svd().S[0]; // 6.708204
 * ```
 */
export class StreamingSvd {
  readonly cols: number;
  readonly rank: number;
  readonly dtype: DType;
  readonly #seed: number;
  readonly #rangeSize: number;
  readonly #coreSize: number;
  readonly #job = new Job();
  /** Ω and Ψ side by side, cols x (rangeSize + coreSize). */
  readonly #directions: Block;
  /** X and, below, the probes of the error: (rangeSize + probes) x cols. */
  readonly #rowSketch: Block;
  /** Z, coreSize x coreSize. */
  readonly #coreSketch: Block;
  /** Y, one piece a block. */
  readonly #rangeSketch: FloatArray[] = [];
  #rows = 0;

  /**
   * @throws RangeError when a size or the seed is not an integer in its range; TypeError for
   * another dtype.
   */
  constructor(options: StreamingSvdOptions) {
    const read = readOptions("StreamingSvd", options, names, "an object with cols and rank");
    const { cols, rank, seed = 0, dtype = "f64" } = read;
    checkInteger("StreamingSvd", "cols", cols, 1, largestSize);
    checkInteger("StreamingSvd", "rank", rank, 1, cols);
    checkSeed("StreamingSvd", seed);
    checkDType("StreamingSvd", "dtype", dtype);
    const { rangeSize = Math.min(4 * rank + 1, cols) } = read;
    checkInteger("StreamingSvd", "rangeSize", rangeSize, rank, cols);
    const { coreSize = 2 * rangeSize + 1 } = read;
    checkInteger("StreamingSvd", "coreSize", coreSize, rangeSize, largestSize);
    this.cols = cols;
    this.rank = rank;
    this.dtype = dtype;
    this.#seed = seed;
    this.#rangeSize = rangeSize;
    this.#coreSize = coreSize;
    const job = this.#job;
    this.#directions = Block.allocate(job, dtype, cols, rangeSize + coreSize);
    fillNormal(this.#directions, seed, streams.sketch.first);
    this.#rowSketch = Block.zeros(job, dtype, rangeSize + probeCount, cols);
    this.#coreSketch = Block.zeros(job, dtype, coreSize, coreSize);
  }

  /** Rows seen so far. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Takes the next rows in.
   *
   * @param block - b x cols, of this one's type; left unchanged and not kept.
   * @throws RangeError when the shape does not fit or an entry is not finite; TypeError when it is
   * no Matrix of that type. What came before stays as it was.
   */
  append(block: Matrix): void {
    const { cols, dtype } = this;
    checkForm("StreamingSvd.append", "block", block, "cols", cols, dtype);
    const [k, s] = [this.#rangeSize, this.#coreSize];
    const job = this.#job;
    const mark = job.mark();
    try {
      const a = putFinite(job, "StreamingSvd.append", "block", block);
      const products = Block.allocate(job, dtype, a.rows, k + s);
      product(a, this.#directions, { to: products });
      const range = leadingColumns(readMatrix(products), k);
      for (const { first, random } of this.#randomRows(job, a.rows, this.#rows)) {
        const added = { transposeA: true, add: true };
        const rows = a.lines(first, random.rows);
        product(random.columns(0, k + probeCount), rows, { to: this.#rowSketch, ...added });
        const right = products.part(first, k, random.rows, s);
        product(random.columns(k + probeCount, s), right, { to: this.#coreSketch, ...added });
      }
      this.#rangeSketch.push(range.data);
      this.#rows += a.rows;
    } finally {
      job.release(mark);
    }
  }

  /**
   * The triplets of all rows seen so far; more may follow.
   *
   * @returns `U` (rows x r), `S` (r) descending, `V` (cols x r), r = min(rank, rows), signs as in
   * `svd`; `errorEstimate`, an upper bound of the Frobenius norm of what is left, from 16 random
   * products, with probability 0.99 and seldom more than three times it.
   * @throws RangeError when no row was seen, or the sketches left the range of their type.
   */
  svd(): RandomizedSVD {
    const { dtype } = this;
    const m = this.#rows;
    if (m === 0) throw new RangeError("StreamingSvd.svd: there are no rows yet: append some first");
    const [k, s] = [this.#rangeSize, this.#coreSize];
    const Y = Matrix.zeros(m, k, { dtype });
    let filled = 0;
    for (const piece of this.#rangeSketch) {
      Y.data.set(piece, filled);
      filled += piece.length;
    }
    const X = readMatrix(this.#rowSketch.lines(0, k));
    const Z = readMatrix(this.#coreSketch);
    const W = readMatrix(this.#rowSketch.lines(k, probeCount));
    const directions = readMatrix(this.#directions);

    const { Q } = qr(Y);
    const P = qr(X.transpose()).Q;
    const sketches = this.#timesRandomRows(Q);
    const left = viewRows(sketches, k + probeCount, k + probeCount + s);
    const right = viewRows(matmul(directions, P, { transposeA: true }), k, k + s);
    const half = lstsq(left, Z).X;
    const core = svd(lstsq(right, half.transpose()).X.transpose());

    const r = Math.min(this.rank, core.S.length);
    const U = matmul(Q, leadingColumns(core.U, r));
    const V = matmul(P, leadingColumns(core.V, r));
    const S = core.S.slice(0, r);
    // W - Θ U diag(S) V'.
    const approximated = matmul(viewRows(sketches, k, k + probeCount), leadingColumns(core.U, r));
    for (let i = 0; i < approximated.data.length; i++) approximated.data[i] *= S[i % r];
    const product = matmul(approximated, V, { transposeB: true });
    let energy = 0;
    for (let i = 0; i < W.data.length; i++) energy += square(W.data[i] - product.data[i]);
    const triplets = withSharedJob((shared) => {
      const found = [U.transpose(), new Matrix(1, r, S), V.transpose()];
      const [left, values, right] = found.map((A) => Block.put(shared, A));
      return singularTriplets("StreamingSvd.svd", { left, values, right }, r);
    });
    return { ...triplets, errorEstimate: Math.sqrt(energyBound(energy)) };
  }

  /** Random numbers of a row: of Υ, of the probes, of Φ. */
  get #rowWidth(): number {
    return this.#rangeSize + probeCount + this.#coreSize;
  }

  /**
   * The random numbers of rows start, start + 1, ..., `count` of them, in chunks whose `first`
   * is counted from start; made again whenever they are needed.
   */
  *#randomRows(job: Job, count: number, start: number) {
    const { first: stream } = streams.sketchRows;
    const room = Block.allocate(job, this.dtype, Math.min(count, chunkRows), this.#rowWidth);
    for (let first = 0; first < count; first += chunkRows) {
      const random = room.lines(0, Math.min(chunkRows, count - first));
      fillNormal(random, this.#seed, stream, (start + first) * this.#rowWidth);
      yield { first, random };
    }
  }

  /** The random rows, transposed, times Q: [Υ; probes; Φ] Q. */
  #timesRandomRows(Q: Matrix): Matrix {
    return withSharedJob((job) => {
      const q = Block.put(job, Q);
      const result = Block.zeros(job, Q.dtype, this.#rowWidth, Q.cols);
      for (const { first, random } of this.#randomRows(job, Q.rows, 0)) {
        product(random, q.lines(first, random.rows), { to: result, transposeA: true, add: true });
      }
      return readMatrix(result);
    });
  }
}
