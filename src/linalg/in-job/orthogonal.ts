// QR in a job. Here `columns` is a matrix stored by columns, as the kernels take it: the block of
// its transpose, one column a row.
import { Block, decompositionsKernels, type Handle } from "../../wasm/index.js";
import { scaleToSafeRange } from "./scaling.js";

/** A = Q R, m x n, as reflections. */
export interface Reflections {
  /** n x m: R on and above the diagonal of A's columns, reflections below. */
  readonly columns: Block;
  /** min(m, n) factors. */
  readonly tau: Handle;
}

/** Factors the matrix of these columns in place; the factors go to `tau`, new unless given. */
export function factorColumns(columns: Block, tau = roomForTau(columns)): Reflections {
  const { job, rows: n, cols: m } = columns;
  const kernels = columns.use(decompositionsKernels);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.qrWorkspace(m, n));
  kernels.qrFactor(m, n, columns.handle, columns.stride, tau, work);
  job.release(mark);
  return { columns, tau };
}

function roomForTau({ job, dtype, rows, cols }: Block): Handle {
  return job.allocate(dtype, Math.min(rows, cols));
}

/** C <- Q C, or Q'C, for columns of length m, which are the rows of C. */
export function applyReflections(
  { columns, tau }: Reflections,
  C: Block,
  { transpose = false }: { transpose?: boolean } = {},
): void {
  const { job, rows: n, cols: m } = columns;
  const kernels = columns.use(decompositionsKernels);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.applyReflectorsWorkspace(m, C.rows));
  // biome-ignore format: the kernel's arguments belong in groups
  kernels.applyReflectors(transpose ? 1 : 0, m, C.rows, Math.min(m, n),
    columns.handle, columns.stride, tau, C.handle, C.stride, work);
  job.release(mark);
}

/** R, k x n. */
export function triangleOf({ columns }: Reflections): Block {
  const R = columns.part(0, 0, columns.rows, Math.min(columns.rows, columns.cols)).transposed();
  R.zeroBelow();
  return R;
}

/** R by columns, where it is square. */
export function triangleColumns({ columns }: Reflections): Block {
  const { job, dtype, rows: n } = columns;
  const R = Block.allocate(job, dtype, n, n);
  columns.part(0, 0, n, n).copyTo(R);
  R.zeroAbove();
  return R;
}

/** The first `count` columns of the m x m matrix Q of the k reflections, m x count. */
export function orthogonalColumns({ columns, tau }: Reflections, count?: number): Block {
  const { job, dtype, cols: m } = columns;
  const kernels = columns.use(decompositionsKernels);
  const k = Math.min(m, columns.rows);
  const Q = Block.allocate(job, dtype, m, count ?? k);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.qrWorkspace(m, Q.cols));
  kernels.formQ(m, Q.cols, k, columns.handle, columns.stride, tau, Q.handle, Q.stride, work);
  job.release(mark);
  return Q;
}

/**
 * A and, beside it, an orthonormal basis of what is orthogonal to its columns, which are orthonormal:
 * m x m. The reflections that factor A take its columns to those of I.
 */
export function completed(A: Block): Block {
  const { job, dtype, rows: m, cols: k } = A;
  if (m === k) return A;
  const result = Block.allocate(job, dtype, m, m);
  const mark = job.mark();
  const Q = orthogonalColumns(factorColumns(A.transposed()), m);
  A.copyTo(result.columns(0, k));
  Q.columns(k, m - k).copyTo(result.columns(k, m - k));
  job.release(mark);
  return result;
}

/** `factorColumns` and then `orthogonalColumns` into Q, m x min(m, n), sooner than both. */
export function factorAndForm(columns: Block, Q: Block): Reflections {
  const { job, rows: n, cols: m } = columns;
  const kernels = columns.use(decompositionsKernels);
  const tau = roomForTau(columns);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.qrWorkspace(m, n));
  kernels.thinQr(m, n, columns.handle, columns.stride, tau, Q.handle, Q.stride, work);
  job.release(mark);
  return { columns, tau };
}

/**
 * Replaces A, m x k with m >= k, by an orthonormal basis of a space that contains its columns (Q of
 * its thin QR). Rank deficiency does no harm. The job's memory is back at its level afterwards.
 * 4mk² - 4/3 k³ operations.
 */
export function orthonormalize(A: Block): void {
  const { job, rows: m, cols: k } = A;
  if (m < k) {
    throw new RangeError(`orthonormalize: the block is ${m} x ${k}: it must have rows >= columns`);
  }
  const mark = job.mark();
  const columns = A.transposed();
  scaleToSafeRange(columns);
  factorAndForm(columns, A);
  job.release(mark);
}
