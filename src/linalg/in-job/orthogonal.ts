// QR on a job's handles. The kernels store matrices by columns, which is the row-major transpose.
import type { DType, Handle, Job } from "../../wasm/index.js";
import { scaleToSafeRange } from "./scaling.js";

/** A row-major n x m copy of the transpose of the row-major m x n matrix at `a`. */
export function transposed(job: Job, dtype: DType, m: number, n: number, a: Handle): Handle {
  const result = job.allocate(dtype, m * n);
  job.kernels(dtype).transpose(m, n, a, n, result, m);
  return result;
}

/** A = Q R, stored by columns: R on and above the diagonal, reflections below, factors in `tau`. */
export interface Reflections {
  readonly columns: Handle;
  readonly tau: Handle;
}

/** Factors, in place, the m x n matrix whose columns lie at `columns`. */
export function factorColumns(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  columns: Handle,
): Reflections {
  const kernels = job.kernels(dtype);
  const tau = job.allocate(dtype, Math.min(m, n));
  const mark = job.mark();
  kernels.qrFactor(m, n, columns, m, tau, job.allocateBytes(kernels.qrWorkspace(m, n)));
  job.release(mark);
  return { columns, tau };
}

/** The first n columns of the m x m matrix Q of k reflections: m x n, row-major. */
export function orthogonalColumns(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  k: number,
  { columns, tau }: Reflections,
): Handle {
  const kernels = job.kernels(dtype);
  const q = job.allocate(dtype, m * n);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.qrWorkspace(m, n));
  kernels.formQ(m, n, k, columns, m, tau, q, n, work);
  job.release(mark);
  return q;
}

/** `factorColumns` and then the first min(m, n) of `orthogonalColumns` at `q`, sooner than both. */
export function factorAndForm(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  columns: Handle,
  q: Handle,
): Reflections {
  const kernels = job.kernels(dtype);
  const k = Math.min(m, n);
  const tau = job.allocate(dtype, k);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.qrWorkspace(m, n));
  kernels.thinQr(m, n, columns, m, tau, q, k, work);
  job.release(mark);
  return { columns, tau };
}

/**
 * Replaces the row-major m x k block at `a`, m >= k, by an orthonormal basis of a space that
 * contains its columns (Q of its thin QR). Rank deficiency does no harm. The job's memory is
 * back at its level afterwards. 4mk² - 4/3 k³ operations.
 */
export function orthonormalize(job: Job, dtype: DType, m: number, k: number, a: Handle): void {
  if (m < k) {
    throw new RangeError(`orthonormalize: the block is ${m} x ${k}: it must have rows >= columns`);
  }
  const mark = job.mark();
  const columns = transposed(job, dtype, m, k, a);
  scaleToSafeRange(job, dtype, m * k, columns);
  factorAndForm(job, dtype, m, k, columns, a);
  job.release(mark);
}
