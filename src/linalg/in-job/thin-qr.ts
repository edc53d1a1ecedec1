// A = Q R in a job, with and without column pivoting: what `qr` and `householderQr` share.
import {
  Block,
  decompositionsKernels,
  type Handle,
  type Job,
  withSharedJob,
} from "../../wasm/index.js";
import { putFinite } from "../check.js";
import { type Matrix, readMatrix } from "../matrix.js";
import { diagonalRank } from "../singular-values.js";
import {
  factorAndForm,
  factorColumns,
  orthogonalColumns,
  type Reflections,
  triangleOf,
} from "./orthogonal.js";
import { checkRepresentable, scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

export interface QrFactors extends Reflections {
  /** R is there multiplied by 2^exponent. */
  readonly exponent: number;
  /** n column numbers, where columns were exchanged. */
  readonly pivots?: Handle;
}

/** Factors A. @throws RangeError when an entry is not finite, TypeError when A is not a Matrix. */
export function factorQr(job: Job, name: string, A: Matrix, pivoting: boolean): QrFactors {
  const { columns, exponent } = putColumns(job, name, A);
  if (!pivoting) return { ...factorColumns(columns), exponent };
  const { dtype, rows: n, cols: m } = columns;
  const kernels = columns.use(decompositionsKernels);
  const tau = job.allocate(dtype, Math.min(m, n));
  const pivots = job.allocate("i32", n);
  kernels.pivotedQrFactor(m, n, columns.handle, m, tau, pivots);
  return { columns, tau, exponent, pivots };
}

/** Factors A and forms Q, its first min(m, n) columns. @throws as `factorQr`. */
export function thinQr(
  job: Job,
  name: string,
  A: Matrix,
  pivoting: boolean,
): QrFactors & { readonly Q: Block } {
  if (pivoting) {
    const factors = factorQr(job, name, A, pivoting);
    return { ...factors, Q: orthogonalColumns(factors) };
  }
  const { columns, exponent } = putColumns(job, name, A);
  const Q = Block.allocate(job, A.dtype, A.rows, Math.min(A.rows, A.cols));
  return { ...factorAndForm(columns, Q), exponent, Q };
}

/** A by columns, brought into a safe range. */
function putColumns(job: Job, name: string, A: Matrix): { columns: Block; exponent: number } {
  const columns = putFinite(job, name, "A", A).transposed();
  return { columns, exponent: scaleToSafeRange(columns) };
}

/** R, k x n. @throws RangeError when an entry leaves its type's range. */
export function readTriangle(name: string, factors: QrFactors): Matrix {
  const R = triangleOf(factors);
  scaleByPowerOfTwo(R, -factors.exponent);
  checkRepresentable(name, "R", R);
  return readMatrix(R);
}

/** R alone, k x n. @throws RangeError as `factorQr` and `readTriangle`. */
export const triangularFactor = (name: string, A: Matrix): Matrix =>
  withSharedJob((job) => readTriangle(name, factorQr(job, name, A, false)));

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
