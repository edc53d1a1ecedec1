import { type OptionNames, readOptions } from "../check/options.js";
import { checkDType, checkInteger, checkSeed, largestSize } from "../check/values.js";
import { type DType, type FloatArray, type Handle, Job, withSharedJob } from "../wasm/index.js";
import { checkMatrix, putFinite } from "./check.js";
import { energyBound, probes } from "./in-job/probes.js";
import { leadingColumns } from "./leading-columns.js";
import { lstsq } from "./lstsq.js";
import { matmul } from "./matmul.js";
import { Matrix } from "./matrix.js";
import { qr } from "./qr.js";
import { fillNormal } from "./random.js";
import { type RandomizedSVD, singularTriplets } from "./randomized-svd.js";
import { streams } from "./streams.js";
import { svd } from "./svd.js";

export interface StreamingSvdOptions {
  /** Columns of the matrix. */
  cols: number;
  /** Singular triplets wanted, 1 .. cols. */
  rank: number;
  /** Seed of the random directions: equal seeds and equal blocks, equal bits. */
  seed: number;
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
  readonly #directions: Handle;
  /** X and, below, the probes of the error: (rangeSize + probes) x cols. */
  readonly #rowSketch: Handle;
  /** Z, coreSize x coreSize. */
  readonly #coreSketch: Handle;
  /** Y, one piece a block. */
  readonly #rangeSketch: FloatArray[] = [];
  #rows = 0;

  /**
   * @throws RangeError when a size or the seed is not an integer in its range; TypeError for
   * another dtype.
   */
  constructor(options: StreamingSvdOptions) {
    const read = readOptions("StreamingSvd", options, names, "an object with cols, rank and seed");
    const { cols, rank, seed, dtype = "f64" } = read;
    checkInteger("StreamingSvd", "cols", cols, 1, largestSize);
    checkInteger("StreamingSvd", "rank", rank, 1, cols);
    checkSeed("StreamingSvd", seed);
    checkDType("StreamingSvd", dtype);
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
    const directions = cols * (rangeSize + coreSize);
    this.#directions = job.allocate(dtype, directions);
    fillNormal(job, dtype, directions, seed, streams.sketch.first, this.#directions);
    this.#rowSketch = job.allocateZeros(dtype, (rangeSize + probes) * cols);
    this.#coreSketch = job.allocateZeros(dtype, coreSize * coreSize);
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
    const { cols: n, dtype } = this;
    checkMatrix("StreamingSvd.append", "block", block);
    if (block.cols !== n || block.dtype !== dtype) {
      throw new (block.dtype === dtype ? RangeError : TypeError)(
        `StreamingSvd.append: block is ${block.rows} x ${block.cols} ${block.dtype}: ` +
          `it must have ${n} columns and be ${dtype}`,
      );
    }
    const [k, s, b] = [this.#rangeSize, this.#coreSize, block.rows];
    const job = this.#job;
    const { gemm } = job.kernels(dtype);
    const mark = job.mark();
    try {
      const a = putFinite(job, "StreamingSvd.append", "block", block);
      const products = job.allocate(dtype, b * (k + s));
      gemm(0, 0, b, k + s, n, 1, a, n, this.#directions, k + s, 0, products, k + s);
      const range = leadingColumns(new Matrix(b, k + s, job.read(dtype, products, b * (k + s))), k);
      const width = this.#rowWidth;
      const random = job.allocate(dtype, Math.min(b, chunkRows) * width);
      for (let i = 0; i < b; i += chunkRows) {
        const rows = Math.min(chunkRows, b - i);
        this.#randomRows(job, this.#rows + i, rows, random);
        const part = job.at(dtype, a, i * n);
        gemm(1, 0, k + probes, n, rows, 1, random, width, part, n, 1, this.#rowSketch, n);
        const core = job.at(dtype, random, k + probes);
        const right = job.at(dtype, products, i * (k + s) + k);
        gemm(1, 0, s, s, rows, 1, core, width, right, k + s, 1, this.#coreSketch, s);
      }
      this.#rangeSketch.push(range.data);
      this.#rows += b;
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
    const { cols: n, dtype } = this;
    const m = this.#rows;
    if (m === 0) throw new RangeError("StreamingSvd.svd: there are no rows yet: append some first");
    const [k, s] = [this.#rangeSize, this.#coreSize];
    const job = this.#job;
    const Y = Matrix.zeros(m, k, { dtype });
    let filled = 0;
    for (const piece of this.#rangeSketch) {
      Y.data.set(piece, filled);
      filled += piece.length;
    }
    const X = new Matrix(k, n, job.read(dtype, this.#rowSketch, k * n));
    const Z = new Matrix(s, s, job.read(dtype, this.#coreSketch, s * s));
    const probed = job.at(dtype, this.#rowSketch, k * n);
    const W = new Matrix(probes, n, job.read(dtype, probed, probes * n));
    const directions = new Matrix(n, k + s, job.read(dtype, this.#directions, n * (k + s)));

    const { Q } = qr(Y);
    const P = qr(X.transpose()).Q;
    const sketches = this.#timesRandomRows(Q);
    const left = rowsOf(sketches, k + probes, s);
    const right = rowsOf(matmul(directions, P, { transposeA: true }), k, s);
    const half = lstsq(left, Z).X;
    const core = svd(lstsq(right, half.transpose()).X.transpose());

    const r = Math.min(this.rank, core.S.length);
    const U = matmul(Q, leadingColumns(core.U, r));
    const V = matmul(P, leadingColumns(core.V, r));
    const S = core.S.slice(0, r);
    // W - Θ U diag(S) V'.
    const approximated = matmul(rowsOf(sketches, k, probes), leadingColumns(core.U, r));
    for (let i = 0; i < approximated.data.length; i++) approximated.data[i] *= S[i % r];
    const product = matmul(approximated, V, { transposeB: true });
    let energy = 0;
    for (let i = 0; i < W.data.length; i++) energy += square(W.data[i] - product.data[i]);
    const triplets = withSharedJob((shared) =>
      singularTriplets(
        shared,
        "StreamingSvd.svd",
        { rows: m, cols: n, dtype, exponent: 0 },
        r,
        shared.put(U.transpose().data),
        shared.put(S),
        shared.put(V.transpose().data),
      ),
    );
    return { ...triplets, errorEstimate: Math.sqrt(energyBound(energy)) };
  }

  /** Random numbers of a row: of Υ, of the probes, of Φ. */
  get #rowWidth(): number {
    return this.#rangeSize + probes + this.#coreSize;
  }

  /** The random numbers of rows first, first + 1, ...: made again whenever they are needed. */
  #randomRows(job: Job, first: number, rows: number, to: Handle): void {
    const width = this.#rowWidth;
    const { first: stream } = streams.sketchRows;
    fillNormal(job, this.dtype, rows * width, this.#seed, stream, to, first * width);
  }

  /** The random rows, transposed, times Q: [Υ; probes; Φ] Q. */
  #timesRandomRows(Q: Matrix): Matrix {
    const width = this.#rowWidth;
    const { rows: m, cols: k, dtype } = Q;
    return withSharedJob((job) => {
      const { gemm } = job.kernels(dtype);
      const q = job.put(Q.data);
      const result = job.allocateZeros(dtype, width * k);
      const random = job.allocate(dtype, Math.min(m, chunkRows) * width);
      for (let i = 0; i < m; i += chunkRows) {
        const rows = Math.min(chunkRows, m - i);
        this.#randomRows(job, i, rows, random);
        gemm(1, 0, width, k, rows, 1, random, width, job.at(dtype, q, i * k), k, 1, result, k);
      }
      return new Matrix(width, k, job.read(dtype, result, width * k));
    });
  }
}

const square = (x: number) => x * x;

/** Rows first .. first + count - 1, a view. */
function rowsOf({ cols, data }: Matrix, first: number, count: number): Matrix {
  return new Matrix(count, cols, data.subarray(first * cols, (first + count) * cols));
}
