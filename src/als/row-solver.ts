// The factors of a row from its history: the exact minimum, the columns' factors given.
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import type { History } from "./history.js";

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

/** Columns whose factors are in f64 at once, for the Gram matrix. */
const gramBatch = 65_536;

/** (gram + F'F + ridge I) x = b, for x of `rank` numbers. */
export interface RowSystem {
  readonly gram: Float64Array;
  /** F, by rows of `rank` numbers. */
  readonly observed: Float64Array;
  readonly ridge: number;
}

export type SolveSystem = (system: RowSystem, b: Float64Array) => Float64Array;

export class RowSolver {
  /** Those that somebody has met are counted. */
  readonly columns: ColumnFactors;
  readonly #met: { factors: Float32Array; cols: number };
  /** Gram matrix of the columns' factors times `cellWeight`, rank x rank; made on first use. */
  #gramMatrix: Float64Array | undefined;

  /** @param solveSystem - `solveByKernels`, or `solveByScript`, which is slower and weighs less. */
  constructor(
    columns: ColumnFactors,
    readonly solveSystem: SolveSystem,
  ) {
    this.#met = withoutCold(columns);
    this.columns = { ...columns, cols: this.#met.cols };
  }

  /** cols rank^2 operations, once. */
  get gram(): Float64Array {
    const { rank, cellWeight } = this.columns;
    const { factors, cols } = this.#met;
    if (this.#gramMatrix === undefined) {
      const gram = new Float64Array(rank * rank);
      for (let first = 0; first < cols; first += gramBatch) {
        const last = Math.min(first + gramBatch, cols);
        const part = gramOf(Float64Array.from(factors.subarray(first * rank, last * rank)), rank);
        for (let p = 0; p < gram.length; p++) gram[p] += cellWeight * part[p];
      }
      this.#gramMatrix = gram;
    }
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
      const { rank, cols, cellWeight, threshold } = this.columns;
      for (let c = 0; c < rank; c++) {
        b[c] += threshold * cellWeight * cols * prior[c];
        for (let k = 0; k < rank; k++) b[c] += this.gram[c * rank + k] * prior[k];
      }
    }
    return this.#solve(history, b);
  }

  /**
   * What each observed cell of the row adds to its score at a column: the parts add up to it, since
   * the row's factors are linear in the targets.
   */
  partsOf(history: History, col: number): Float64Array {
    const { factors, rank } = this.columns;
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
    const { factors, rank } = this.columns;
    const b = new Float64Array(rank);
    for (let p = 0; p < colIndices.length; p++) {
      const pull = weights === undefined ? 1 : Math.max(weights[p], 0);
      for (let c = 0; c < rank; c++) b[c] += pull * factors[colIndices[p] * rank + c];
    }
    return b;
  }

  /** (G + ridge I + sum |w| y y')^-1 b by Cholesky. */
  #solve({ colIndices, weights }: History, b: Float64Array): Float64Array {
    const { factors, rank, cols, cellWeight, threshold } = this.columns;
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
    return this.solveSystem({ gram: this.gram, observed, ridge: threshold * rowWeight }, b);
  }
}

/** F' F, rank x rank, for F with `rank` columns. */
export function gramOf(entries: Float64Array, rank: number): Float64Array {
  const F = new Matrix(rank === 0 ? 0 : entries.length / rank, rank, entries);
  return matmul(F, F, { transposeA: true }).data as Float64Array;
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
