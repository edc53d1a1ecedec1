// The singular value decomposition on a job's handles: bidiagonalize, decompose the bidiagonal
// matrix, transform its vectors back (Golub and Kahan 1965). Matrices clearly longer than wide are
// first reduced to the triangle of their QR factorization (Chan 1982).
import type { DType, Handle, Job } from "../../wasm/index.js";
import { factorColumns, transposed } from "./orthogonal.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** Aspect ratio from which QR first saves work; LAPACK's choice. */
const clearlyLonger = 11 / 6;

/** Handles of a thin SVD, k = min(m, n). */
export interface SvdHandles {
  /** m x k, row-major. */
  readonly U: Handle;
  /** k, descending. */
  readonly S: Handle;
  /** n x k, row-major. */
  readonly V: Handle;
}

/**
 * Thin SVD of the row-major m x n matrix at `a`, which is left unchanged; a must be finite. The
 * result stays allocated, everything else is released. With `vectors` false only S is computed:
 * U and V are then empty.
 */
export function svdInJob(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  a: Handle,
  { vectors = true }: { vectors?: boolean } = {},
): SvdHandles {
  const kernels = job.kernels(dtype);
  const k = Math.min(m, n);
  const S = job.allocate(dtype, k);
  const U = job.allocate(dtype, vectors ? m * k : 0);
  const V = job.allocate(dtype, vectors ? n * k : 0);
  if (k === 0) return { U, S, V };
  const mark = job.mark();
  // Stored by columns and tall: for a wide matrix that is its transpose, which is how memory has
  // it.
  const tall = m >= n;
  const rows = Math.max(m, n);
  let columns: Handle;
  if (tall) {
    columns = transposed(job, dtype, m, n, a);
  } else {
    columns = job.allocate(dtype, m * n);
    kernels.embed(m, n, n, a, n, columns, n);
  }
  const exponent = scaleToSafeRange(job, dtype, m * n, columns);
  const { values, left, right } = decompose(job, dtype, rows, k, columns, vectors);
  kernels.fromDoubles(k, values, S);
  scaleByPowerOfTwo(job, dtype, k, S, -exponent);
  if (vectors) {
    if (tall) kernels.fixSigns(k, rows, left, rows, k, right, k);
    else kernels.fixSigns(k, k, right, k, rows, left, rows);
    kernels.transpose(k, rows, left, rows, tall ? U : V, k);
    kernels.transpose(k, k, right, k, tall ? V : U, k);
  }
  job.release(mark);
  return { U, S, V };
}

/** values in f64; left (n columns of length m) and right (n columns of length n). */
interface ColumnSvd {
  values: Handle;
  left: Handle;
  right: Handle;
}

/** SVD of the matrix of n columns of length m >= n >= 1 at `columns`, which is destroyed. */
function decompose(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  columns: Handle,
  vectors: boolean,
): ColumnSvd {
  const kernels = job.kernels(dtype);
  const reduce = m >= clearlyLonger * n;
  if (!reduce) return decomposeDirectly(job, dtype, m, n, columns, m, vectors);
  const { tau } = factorColumns(job, dtype, m, n, columns);
  const triangle = job.allocate(dtype, n * n);
  kernels.embed(n, n, n, columns, m, triangle, n);
  const entries = job.view(dtype, triangle, n * n);
  for (let j = 0; j < n; j++) entries.fill(0, j * n + j + 1, (j + 1) * n);
  const result = decomposeDirectly(job, dtype, n, n, triangle, m, vectors);
  if (vectors) {
    const work = job.allocateBytes(kernels.applyReflectorsWorkspace(m, n));
    kernels.applyReflectors(0, m, n, n, columns, m, tau, result.left, m, work);
  }
  return result;
}

/** The same without QR first; left vectors are padded with zeros to the length `padded`. */
function decomposeDirectly(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  columns: Handle,
  padded: number,
  vectors: boolean,
): ColumnSvd {
  const kernels = job.kernels(dtype);
  const values = job.allocate("f64", n);
  const off = job.allocate("f64", n);
  const tauQ = job.allocate(dtype, n);
  const tauP = job.allocate(dtype, n);
  const p = job.allocate(dtype, n * n);
  const left = job.allocate(dtype, vectors ? n * padded : 0);
  const right = job.allocate("f64", vectors ? n * n : 0);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.bidiagonalizeWorkspace(m, n));
  kernels.bidiagonalize(m, n, columns, m, values, off, tauQ, p, tauP, work);
  job.release(mark);
  if (!vectors) {
    checkConverged(job.f64.bidiagonalQr(n, values, off, 0, right, n, 0, right, n));
    return { values, left, right };
  }
  const inner = job.allocate("f64", n * n);
  const innerWork = job.allocateBytes(job.f64.bidiagonalSvdWorkspace(n));
  checkConverged(job.f64.bidiagonalSvd(n, values, off, 1, inner, n, right, n, innerWork));
  kernels.fromDoubles(n * n, inner, inner);
  kernels.fromDoubles(n * n, right, right);
  kernels.embed(n, padded, n, inner, n, left, padded);
  const scratch = job.allocateBytes(kernels.applyReflectorsWorkspace(m, n));
  kernels.applyReflectors(0, m, n, n, columns, m, tauQ, left, padded, scratch);
  // Right reflection i starts at row i + 1.
  const next = (handle: Handle) => job.at(dtype, handle, 1);
  kernels.applyReflectors(0, n - 1, n, n - 1, next(p), n, tauP, next(right), n, scratch);
  job.release(mark);
  return { values, left, right };
}

/** The iterations are bounded; on finite input none has been seen to reach the bound. */
function checkConverged(status: number): void {
  if (status !== 0) throw new Error("svd: the iteration did not converge");
}
