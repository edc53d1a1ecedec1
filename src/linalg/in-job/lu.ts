// LU factorization in a job.
import { type Block, type Handle, systemsKernels } from "../../wasm/index.js";

/** A P = L U (assembly/lu.ts), in place of A. */
export interface LuFactors {
  readonly factors: Block;
  /** n column exchanges, i32. */
  readonly pivots: Handle;
  /** Index of the first pivot that is zero, -1 when there is none. */
  readonly singular: number;
}

/** Factors A, n x n, in place; the pivots stay allocated. */
export function luInJob(A: Block): LuFactors {
  const { job, rows: n } = A;
  const kernels = A.use(systemsKernels);
  const pivots = job.allocate("i32", n);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.triangularWorkspace());
  const singular = kernels.luFactor(n, A.handle, A.stride, pivots, work);
  job.release(mark);
  return { factors: A, pivots, singular };
}

/** Turns the rows of B, right-hand sides, into solutions of A x = b. */
export function luSolveInJob({ factors, pivots }: LuFactors, B: Block): void {
  const { job, rows: m, cols: n } = B;
  const kernels = B.use(systemsKernels);
  const mark = job.mark();
  const work = job.allocateBytes(kernels.triangularWorkspace());
  kernels.luSolve(m, n, factors.handle, factors.stride, pivots, B.handle, B.stride, work);
  job.release(mark);
}
