// The factors of a row from its history: the exact minimum, the columns' factors given.
import {
  Block,
  type Handle,
  product,
  sampledKernels,
  systemsKernels,
  withSharedJob,
} from "../wasm/index.js";
import { type Histories, type History, historyOf } from "./history.js";

/** The columns' factors, and what the objective says of cells that are not observed. */
export interface ColumnFactors {
  /** cols x rank. */
  readonly factors: Float32Array;
  readonly cols: number;
  readonly rank: number;
  readonly cellWeight: number;
  readonly threshold: number;
  /** Increasing: columns that nobody has met, which are scored and say nothing of a row. */
  readonly cold?: Int32Array;
}

/** Rows that are solved for together: their factors are in the job, those of all rows need not be. */
const batch = 4096;
/** Columns whose factors are in the job at once, in f64, for the Gram matrix. */
const gramBatch = 65_536;
/** Residual at which a row is solved for, over its first one. */
const tolerance = 1e-8;

export class RowSolver {
  readonly #columns: ColumnFactors;
  readonly #met: { factors: Float32Array; cols: number };
  /** Gram matrix of the columns' factors times `cellWeight`, rank x rank, f64; made on first use. */
  #gramMatrix: Float64Array | undefined;

  constructor(columns: ColumnFactors) {
    this.#met = withoutCold(columns);
    this.#columns = { ...columns, cols: this.#met.cols };
  }

  /** cols rank^2 operations, once. */
  get #gram(): Float64Array {
    const { rank, cellWeight } = this.#columns;
    const { factors, cols } = this.#met;
    this.#gramMatrix ??= withSharedJob((job) => {
      const gram = Block.zeros(job, "f64", rank, rank);
      for (let first = 0; first < cols; first += gramBatch) {
        const mark = job.mark();
        const count = Math.min(gramBatch, cols - first);
        const data = Float64Array.from(factors.subarray(first * rank, (first + count) * rank));
        const Y = Block.put(job, { dtype: "f64", rows: count, cols: rank, data });
        product(Y, Y, { to: gram, transposeA: true, scale: cellWeight, add: first > 0 });
        job.release(mark);
      }
      return gram.read() as Float64Array;
    });
    return this.#gramMatrix;
  }

  /**
   * The row's factors, f64. n rank^2 + rank^3 / 3 operations for n observed cells.
   *
   * @param prior - what is known of the row beside its cells: cells that are not observed pull to the
   *   scores that it gives instead of 0, and the ridge that does not grow with the cells to itself. It is
   *   the answer where there are no cells, and fades as there are more.
   */
  factorsOf(history: History, prior?: ArrayLike<number>): Float64Array {
    if (history.rowFactors !== undefined) return history.rowFactors;
    const b = this.#pullOf(history);
    if (prior !== undefined) {
      const { rank, cols, cellWeight, threshold } = this.#columns;
      for (let c = 0; c < rank; c++) {
        b[c] += threshold * cellWeight * cols * prior[c];
        for (let k = 0; k < rank; k++) b[c] += this.#gram[c * rank + k] * prior[k];
      }
    }
    return this.#solve(history, b);
  }

  /**
   * The factors of many rows, rows x rank: those of `factorsOf` to 1e-6, by conjugate gradients, in
   * half of the time. Batches with a row that does not come near enough, as without regularization, are
   * solved for by `factorsOf` itself.
   */
  factorsOfAll(histories: Histories): Float32Array<ArrayBuffer> {
    const { factors, rank, cellWeight, threshold, cols } = this.#columns;
    const { rowStart, colIndices, weights } = histories;
    const rows = rowStart.length - 1;
    const all = new Float32Array(rows * rank);
    withSharedJob((job) => {
      const { conjugateGradientRows, conjugateGradientWorkspace } = job.use(sampledKernels).f64;
      const gram = job.put(this.#gram);
      const Y = job.put(Float64Array.from(factors));
      const work = job.allocateBytes(conjugateGradientWorkspace(rank));
      for (let row = 0; row < rows; row += batch) {
        const mark = job.mark();
        const count = Math.min(batch, rows - row);
        const [first, last] = [rowStart[row], rowStart[row + count]];
        const start = rowStart.slice(row, row + count + 1).map((slot) => slot - first);
        const sizes = weights && Float64Array.from(weights.subarray(first, last));
        const ridges = Float64Array.from({ length: count }, (_, u) => {
          let rowWeight = cellWeight * cols;
          for (let p = start[u]; p < start[u + 1]; p++) rowWeight += Math.abs(sizes?.[p] ?? 1);
          return threshold * rowWeight;
        });
        const X = Block.zeros(job, "f64", count, rank);
        // biome-ignore format: the kernel's arguments belong in groups
        const left = conjugateGradientRows(
          count, rank, rank, tolerance, job.put(start), job.put(colIndices.subarray(first, last)),
          sizes === undefined ? (0 as Handle) : job.put(sizes),
          gram, job.put(ridges), Y, X.handle, work,
        );
        all.set(X.view(), row * rank);
        job.release(mark);
        for (let u = row; left > 0 && u < row + count; u++) {
          all.set(this.factorsOf(historyOf(histories, u)), u * rank);
        }
      }
    });
    return all;
  }

  /**
   * What each observed cell of the row adds to its score at a column: the parts add up to it, since
   * the row's factors are linear in the targets.
   */
  partsOf(history: History, col: number): Float64Array {
    const { factors, rank } = this.#columns;
    const target = Float64Array.from(factors.subarray(col * rank, (col + 1) * rank));
    const direction = this.#solve(history, target);
    const { colIndices, weights } = history;
    return Float64Array.from(colIndices, (observed, p) => {
      const pull = weights === undefined ? 1 : Math.max(weights[p], 0);
      return pull * dot(factors, observed * rank, direction);
    });
  }

  /** b: the sum of the factors of the row's columns, each times its weight. */
  #pullOf({ colIndices, weights }: History): Float64Array {
    const { factors, rank } = this.#columns;
    const b = new Float64Array(rank);
    for (let p = 0; p < colIndices.length; p++) {
      const pull = weights === undefined ? 1 : Math.max(weights[p], 0);
      for (let c = 0; c < rank; c++) b[c] += pull * factors[colIndices[p] * rank + c];
    }
    return b;
  }

  /** (G + ridge I + sum |w| y y')^-1 b by Cholesky. */
  #solve({ colIndices, weights }: History, b: Float64Array): Float64Array {
    const { factors, rank, cols, cellWeight, threshold } = this.#columns;
    const count = colIndices.length;
    const observed = new Float64Array(count * rank);
    let rowWeight = cellWeight * cols;
    for (let p = 0; p < count; p++) {
      const weight = weights === undefined ? 1 : Math.abs(weights[p]);
      const root = Math.sqrt(weight);
      rowWeight += weight;
      const from = colIndices[p] * rank;
      for (let c = 0; c < rank; c++) observed[p * rank + c] = root * factors[from + c];
    }
    return withSharedJob((job) => {
      const A = Block.put(job, { dtype: "f64", rows: rank, cols: rank, data: this.#gram });
      const F = Block.put(job, { dtype: "f64", rows: count, cols: rank, data: observed });
      if (count > 0) product(F, F, { to: A, transposeA: true, add: true });
      const entries = A.view();
      for (let c = 0; c < rank; c++) entries[c * rank + c] += threshold * rowWeight;
      const { cholesky, solveTriangular, triangularWorkspace } = job.use(systemsKernels).f64;
      const work = job.allocateBytes(triangularWorkspace());
      cholesky(rank, A.handle, rank, work);
      const x = job.put(b);
      solveTriangular(1, 1, 0, 1, rank, A.handle, rank, x, rank, work);
      solveTriangular(1, 0, 0, 1, rank, A.handle, rank, x, rank, work);
      return job.read("f64", x, rank);
    });
  }
}

/** The columns that somebody has met. */
function withoutCold({ factors, cols, rank, cold }: ColumnFactors) {
  if (cold === undefined || cold.length === 0) return { factors, cols };
  const out = new Set(cold);
  const met = Int32Array.from({ length: cols }, (_, col) => col).filter((col) => !out.has(col));
  const kept = new Float32Array(met.length * rank);
  met.forEach((col, place) => {
    kept.set(factors.subarray(col * rank, (col + 1) * rank), place * rank);
  });
  return { factors: kept, cols: met.length };
}

/** factors[from ..] . x, four sums at a time. */
export function dot(factors: Float32Array | Float64Array, from: number, x: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const rank = x.length;
  let q = 0;
  for (; q + 4 <= rank; q += 4) {
    a += factors[from + q] * x[q];
    b += factors[from + q + 1] * x[q + 1];
    c += factors[from + q + 2] * x[q + 2];
    d += factors[from + q + 3] * x[q + 3];
  }
  for (; q < rank; q++) a += factors[from + q] * x[q];
  return a + b + (c + d);
}
