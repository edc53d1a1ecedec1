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

/** Columns that somebody has met: what the Gram matrix and the weights are sums over. */
export type MetColumns = Pick<ColumnFactors, "factors" | "cols">;

export class RowSolver {
  /** Those that somebody has met are counted. */
  readonly columns: ColumnFactors;
  readonly #met: MetColumns;
  /** Gram matrix of the columns' factors times `cellWeight`, rank x rank; made on first use. */
  #gramMatrix: Float64Array | undefined;

  /**
   * @param solveSystem - `solveByKernels`, or `solveByScript`, which is slower and weighs less.
   * @param met - `metColumns`, where some columns are cold. @defaultValue all
   */
  constructor(
    columns: ColumnFactors,
    readonly solveSystem: SolveSystem,
    met: MetColumns = columns,
  ) {
    this.#met = met;
    this.columns = { ...columns, cols: met.cols };
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

  /** The row's factors, f64. n rank^2 + rank^3 / 3 operations for n observed cells. */
  factorsOf(history: History): Float64Array {
    return history.rowFactors ?? this.solve(history, pullOf(history, this.columns));
  }

  /** (G + ridge I + sum |w| y y')^-1 b by Cholesky. */
  solve({ colIndices, weights }: History, b: Float64Array): Float64Array {
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

/** b: the sum of the factors of the row's columns, each times its weight. */
export function pullOf(
  { colIndices, weights }: History,
  { factors, rank }: ColumnFactors,
): Float64Array {
  const b = new Float64Array(rank);
  for (let p = 0; p < colIndices.length; p++) {
    const pull = weights === undefined ? 1 : Math.max(weights[p], 0);
    for (let c = 0; c < rank; c++) b[c] += pull * factors[colIndices[p] * rank + c];
  }
  return b;
}

/** F' F, rank x rank, for F with `rank` columns. */
export function gramOf(entries: Float64Array, rank: number): Float64Array {
  const F = new Matrix(rank === 0 ? 0 : entries.length / rank, rank, entries);
  return matmul(F, F, { transposeA: true }).data as Float64Array;
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
