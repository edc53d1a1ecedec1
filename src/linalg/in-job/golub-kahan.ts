// The singular value decomposition in a job: bidiagonalize, decompose the bidiagonal matrix,
// transform its vectors back (Golub and Kahan 1965). Matrices clearly longer than wide are first
// reduced to the triangle of their QR factorization (Chan 1982).
import { Block, decompositionsKernels, type Handle } from "../../wasm/index.js";
import { applyReflections, factorColumns, triangleColumns } from "./orthogonal.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** Aspect ratio from which QR first saves work; LAPACK's choice. */
const clearlyLonger = 11 / 6;

/** A thin SVD, k = min(m, n). */
export interface SvdBlocks {
  /** m x k. */
  readonly U: Block;
  /** 1 x k, descending. */
  readonly S: Block;
  /** n x k. */
  readonly V: Block;
}

/**
 * Thin SVD of A, m x n and finite, which is left unchanged. The result stays allocated, everything
 * else is released. With `vectors` false only S is computed: U and V have no columns.
 */
export function svdInJob(A: Block, { vectors = true }: { vectors?: boolean } = {}): SvdBlocks {
  const { job, dtype, kernels, rows: m, cols: n } = A;
  const k = Math.min(m, n);
  const S = Block.allocate(job, dtype, 1, k);
  const U = Block.allocate(job, dtype, m, vectors ? k : 0);
  const V = Block.allocate(job, dtype, n, vectors ? k : 0);
  if (k === 0) return { U, S, V };
  const mark = job.mark();
  // Stored by columns and tall: for a wide matrix that is its transpose, which is how memory has
  // it.
  const tall = m >= n;
  const rows = Math.max(m, n);
  const columns = Block.allocate(job, dtype, k, rows);
  if (tall) A.transposeTo(columns);
  else A.copyTo(columns);
  const exponent = scaleToSafeRange(columns);
  const { values, left, right } = decompose(columns, vectors);
  kernels.fromDoubles(k, values, S.handle);
  scaleByPowerOfTwo(S, -exponent);
  if (vectors) {
    const [u, v] = tall ? [left, right] : [right, left];
    A.use(decompositionsKernels).fixSigns(k, m, u.handle, u.stride, n, v.handle, v.stride);
    left.transposeTo(tall ? U : V);
    right.transposeTo(tall ? V : U);
  }
  job.release(mark);
  return { U, S, V };
}

/** Vectors by columns, one per row. */
interface ColumnSvd {
  /** n numbers in f64. */
  values: Handle;
  /** n vectors of length m. */
  left: Block;
  /** n vectors of length n. */
  right: Block;
}

/** SVD of the matrix of n columns of length m >= n >= 1, which are destroyed. */
function decompose(columns: Block, vectors: boolean): ColumnSvd {
  const { rows: n, cols: m } = columns;
  if (m < clearlyLonger * n) return decomposeDirectly(columns, m, vectors);
  const reflections = factorColumns(columns);
  const result = decomposeDirectly(triangleColumns(reflections), m, vectors);
  if (vectors) applyReflections(reflections, result.left);
  return result;
}

/** The same without QR first; left vectors are padded with zeros to the length `padded`. */
function decomposeDirectly(columns: Block, padded: number, vectors: boolean): ColumnSvd {
  const { job, dtype, kernels, rows: n, cols: m } = columns;
  const { bidiagonalQr, bidiagonalSvd, bidiagonalSvdWorkspace } =
    job.use(decompositionsKernels).f64;
  const values = job.allocate("f64", n);
  const off = job.allocate("f64", n);
  const tauQ = job.allocate(dtype, n);
  const tauP = job.allocate(dtype, n);
  const p = Block.allocate(job, dtype, n, n);
  const left = Block.allocate(job, dtype, n, vectors ? padded : 0);
  // Computed in f64 and turned into their type where they are.
  const doubles = job.allocate("f64", vectors ? n * n : 0);
  const right = new Block(job, dtype, n, n, doubles);
  const mark = job.mark();
  const work = job.allocateBytes(columns.use(decompositionsKernels).bidiagonalizeWorkspace(m, n));
  columns
    .use(decompositionsKernels)
    .bidiagonalize(m, n, columns.handle, m, values, off, tauQ, p.handle, tauP, work);
  job.release(mark);
  if (!vectors) {
    checkConverged(bidiagonalQr(n, values, off, 0, doubles, n, 0, doubles, n));
    return { values, left, right };
  }
  const inner = new Block(job, dtype, n, n, job.allocate("f64", n * n));
  const innerWork = job.allocateBytes(bidiagonalSvdWorkspace(n));
  checkConverged(bidiagonalSvd(n, n, values, off, 1, inner.handle, n, doubles, n, innerWork));
  kernels.fromDoubles(n * n, inner.handle, inner.handle);
  kernels.fromDoubles(n * n, doubles, right.handle);
  inner.copyTo(left);
  applyReflections({ columns, tau: tauQ }, left);
  // Right reflection i starts at row i + 1.
  applyReflections({ columns: p.part(0, 1, n - 1, n - 1), tau: tauP }, right.part(0, 1, n, n - 1));
  job.release(mark);
  return { values, left, right };
}

/** The iterations are bounded; on finite input none has been seen to reach the bound. */
function checkConverged(status: number): void {
  if (status !== 0) throw new Error("svd: the iteration did not converge");
}
