// LU factorization on a job's handles.
import type { DType, Handle, Job } from "../../wasm/index.js";

/** A P = L U (assembly/lu.ts), in place of A. */
export interface LuHandles {
  readonly factors: Handle;
  /** n column exchanges, i32. */
  readonly pivots: Handle;
  /** Index of the first pivot that is zero, -1 when there is none. */
  readonly singular: number;
}

/** Factors the row-major n x n matrix at `a` in place; the pivots stay allocated. */
export function luInJob(job: Job, dtype: DType, n: number, a: Handle): LuHandles {
  const kernels = job.kernels(dtype);
  const pivots = job.allocate("i32", n);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.triangularWorkspace());
  const singular = kernels.luFactor(n, a, n, pivots, work);
  job.release(mark);
  return { factors: a, pivots, singular };
}

/** Turns the row-major m x n matrix at `b`, right-hand sides as rows, into solutions of A x = b. */
export function luSolveInJob(
  job: Job,
  dtype: DType,
  m: number,
  n: number,
  { factors, pivots }: LuHandles,
  b: Handle,
): void {
  const kernels = job.kernels(dtype);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.triangularWorkspace());
  kernels.luSolve(m, n, factors, n, pivots, b, n, work);
  job.release(mark);
}
