// A = Q R in a job, with and without column pivoting: what `qr` and `householderQr` share.
import type { Handle, Job } from "../../wasm/index.js";
import { putFinite } from "../check.js";
import { Matrix } from "../matrix.js";
import { diagonalRank } from "../singular-values.js";
import {
  factorAndForm,
  factorColumns,
  orthogonalColumns,
  type Reflections,
  transposed,
} from "./orthogonal.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

export interface QrFactors extends Reflections {
  /** R stands multiplied by 2^exponent. */
  readonly exponent: number;
  /** n column numbers, where columns were exchanged. */
  readonly pivots?: Handle;
}

/** Factors A. @throws RangeError when an entry is not finite, TypeError when A is not a Matrix. */
export function factorQr(job: Job, name: string, A: Matrix, pivoting: boolean): QrFactors {
  const { columns, exponent } = putColumns(job, name, A);
  const { rows: m, cols: n, dtype } = A;
  if (!pivoting) return { ...factorColumns(job, dtype, m, n, columns), exponent };
  const tau = job.allocate(dtype, Math.min(m, n));
  const pivots = job.allocate("i32", n);
  job.kernels(dtype).pivotedQrFactor(m, n, columns, m, tau, pivots);
  return { columns, tau, exponent, pivots };
}

/** Factors A and forms `q`, the first min(m, n) columns of Q, row-major. @throws as `factorQr`. */
export function thinQr(
  job: Job,
  name: string,
  A: Matrix,
  pivoting: boolean,
): QrFactors & { readonly q: Handle } {
  if (pivoting) {
    const factors = factorQr(job, name, A, pivoting);
    const k = Math.min(A.rows, A.cols);
    return { ...factors, q: orthogonalColumns(job, A.dtype, A.rows, k, k, factors) };
  }
  const { columns, exponent } = putColumns(job, name, A);
  const { rows: m, cols: n, dtype } = A;
  const q = job.allocate(dtype, m * Math.min(m, n));
  return { ...factorAndForm(job, dtype, m, n, columns, q), exponent, q };
}

/** A by columns, brought into a safe range. */
function putColumns(job: Job, name: string, A: Matrix): { columns: Handle; exponent: number } {
  const a = putFinite(job, name, "A", A);
  const columns = transposed(job, A.dtype, A.rows, A.cols, a);
  return { columns, exponent: scaleToSafeRange(job, A.dtype, A.rows * A.cols, columns) };
}

/** R, k x n, zeros below its diagonal. @throws RangeError when an entry leaves its type's range. */
export function readTriangle(job: Job, name: string, A: Matrix, factors: QrFactors): Matrix {
  const { rows: m, cols: n, dtype } = A;
  const k = Math.min(m, n);
  const r = job.allocate(dtype, k * n);
  job.kernels(dtype).transpose(n, k, factors.columns, m, r, n);
  const rows = job.view(dtype, r, k * n);
  for (let i = 1; i < k; i++) rows.fill(0, i * n, i * n + i);
  scaleByPowerOfTwo(job, dtype, k * n, r, -factors.exponent);
  checkRepresentable(job, name, "R", dtype, k * n, r);
  return new Matrix(k, n, job.read(dtype, r, k * n));
}

/** Where columns were exchanged: how, and the rank that the diagonal of R shows. */
export interface Pivots {
  /** Column j of Q R is column `permutation[j]` of A. */
  permutation: Int32Array;
  /** Entries of R's diagonal above the tolerance. */
  rank: number;
}

/** Nothing where no columns were exchanged. */
export function readPivots(
  job: Job,
  A: Matrix,
  R: Matrix,
  { pivots }: QrFactors,
  tolerance: number | undefined,
): Pivots | undefined {
  if (!pivots) return undefined;
  const permutation = job.read("i32", pivots, A.cols);
  return { permutation, rank: diagonalRank(A, R, tolerance) };
}
