import { Block, type DType, type FloatArray, Job, product, withSharedJob } from "../wasm/index.js";
import type { ByBlocks } from "./by-blocks.js";
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

/** Sizes, as they were checked. */
export interface SketchSizes {
  readonly cols: number;
  readonly rank: number;
  readonly dtype: DType;
  readonly seed: number;
  readonly rangeSize: number;
  readonly coreSize: number;
}

/** What the sketches of all rows get from a block: plain arrays, which a thread can send. */
export interface SketchPart {
  /** b x rangeSize. */
  readonly range: FloatArray;
  readonly rowSketch: FloatArray;
  readonly coreSketch: FloatArray;
}

/** Rows for which random numbers are made at a time. */
const chunkRows = 1024;

/**
 * The sketches of a matrix by blocks of rows, and its leading singular triplets from them.
 *
 * Tropp, Yurtsever, Udell and Cevher 2019, algorithms 4.1 to 4.3 and section 6.
 */
export class SvdSketch implements ByBlocks<SketchPart> {
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

  constructor({ cols, rank, dtype, seed, rangeSize, coreSize }: SketchSizes) {
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

  partOf(block: Matrix, firstRow: number, name: string): SketchPart {
    const { cols, dtype } = this;
    checkForm(name, "block", block, "cols", cols, dtype);
    const [k, s] = [this.#rangeSize, this.#coreSize];
    const job = this.#job;
    const mark = job.mark();
    try {
      const a = putFinite(job, name, "block", block);
      const products = Block.allocate(job, dtype, a.rows, k + s);
      product(a, this.#directions, { to: products });
      const range = leadingColumns(readMatrix(products), k).data;
      const rowSketch = Block.zeros(job, dtype, k + probeCount, cols);
      const coreSketch = Block.zeros(job, dtype, s, s);
      for (const { first, random } of this.#randomRows(job, a.rows, firstRow)) {
        const added = { transposeA: true, add: true };
        const rows = a.lines(first, random.rows);
        product(random.columns(0, k + probeCount), rows, { to: rowSketch, ...added });
        const right = products.part(first, k, random.rows, s);
        product(random.columns(k + probeCount, s), right, { to: coreSketch, ...added });
      }
      return { range, rowSketch: rowSketch.read(), coreSketch: coreSketch.read() };
    } finally {
      job.release(mark);
    }
  }

  take({ range, rowSketch, coreSketch }: SketchPart): void {
    addTo(this.#rowSketch.view(), rowSketch);
    addTo(this.#coreSketch.view(), coreSketch);
    this.#rangeSketch.push(range);
    this.#rows += range.length / this.#rangeSize;
  }

  svd(name: string): RandomizedSVD {
    const { dtype } = this;
    const m = this.#rows;
    if (m === 0) throw new RangeError(`${name}: there are no rows yet: append some first`);
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
      return singularTriplets(name, { left, values, right }, r);
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

function addTo(sums: FloatArray, part: FloatArray): void {
  for (let i = 0; i < sums.length; i++) sums[i] += part[i];
}
