// The symmetric eigenproblem on a job's handles: tridiagonalize, decompose the tridiagonal matrix,
// transform its vectors back.
import type { DType, Handle, Job } from "../../wasm/index.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** Handles of an eigendecomposition. */
export interface EighHandles {
  /** n, ascending. */
  readonly values: Handle;
  /** n x n, row-major, one eigenvector a column; empty without vectors. */
  readonly vectors: Handle;
}

/**
 * Eigendecomposition of the symmetric n x n matrix at `a`, of which only the upper triangle is
 * read; `a` is left unchanged and must be finite. The result stays allocated, everything else is
 * released.
 */
export function eighInJob(
  job: Job,
  dtype: DType,
  n: number,
  a: Handle,
  { vectors: wanted = true }: { vectors?: boolean } = {},
): EighHandles {
  const kernels = job.kernels(dtype);
  const values = job.allocate(dtype, n);
  const vectors = job.allocate(dtype, wanted ? n * n : 0);
  if (n === 0) return { values, vectors };
  const mark = job.mark();
  const columns = job.allocate(dtype, n * n);
  kernels.embed(n, n, n, a, n, columns, n);
  const exponent = scaleToSafeRange(job, dtype, n * n, columns);
  const d = job.allocate("f64", n);
  const e = job.allocate("f64", n);
  const tau = job.allocate(dtype, n);
  const q = job.allocate("f64", wanted ? n * n : 0);
  const inner = job.mark();
  const work = job.allocateBytes(kernels.tridiagonalizeWorkspace(n));
  kernels.tridiagonalize(n, columns, n, d, e, tau, work);
  job.release(inner);
  const solverWork = job.allocateBytes(wanted ? job.f64.bidiagonalSvdWorkspace(n) : 0);
  const status = job.f64.tridiagonalEigen(n, d, e, wanted ? 1 : 0, q, solverWork);
  job.release(inner);
  // The iterations are bounded; on finite input none has been seen to reach the bound.
  if (status !== 0) throw new Error("eigh: the iteration did not converge");
  kernels.fromDoubles(n, d, values);
  scaleByPowerOfTwo(job, dtype, n, values, -exponent);
  if (wanted) {
    kernels.fromDoubles(n * n, q, q);
    // Reflection i starts at row i + 1.
    const next = (handle: Handle) => job.at(dtype, handle, 1);
    const scratch = job.allocateBytes(kernels.applyReflectorsWorkspace(n, n));
    kernels.applyReflectors(0, n - 1, n, n - 1, next(columns), n, tau, next(q), n, scratch);
    kernels.fixSigns(n, n, q, n, 0, q, n);
    kernels.transpose(n, n, q, n, vectors, n);
  }
  job.release(mark);
  return { values, vectors };
}
