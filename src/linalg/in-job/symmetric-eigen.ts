// The symmetric eigenproblem in a job: tridiagonalize, decompose the tridiagonal matrix, transform
// its vectors back.
import { Block, decompositionsKernels } from "../../wasm/index.js";
import { applyReflections } from "./orthogonal.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** An eigendecomposition. */
export interface EighBlocks {
  /** 1 x n, ascending. */
  readonly values: Block;
  /** n x n, one eigenvector a column; without columns where none are wanted. */
  readonly vectors: Block;
}

/**
 * Eigendecomposition of A, symmetric and finite, of which only the upper triangle is read; it is
 * left unchanged. The result stays allocated, everything else is released.
 */
export function eighInJob(
  A: Block,
  { vectors: wanted = true }: { vectors?: boolean } = {},
): EighBlocks {
  const { job, dtype, kernels, rows: n } = A;
  const values = Block.allocate(job, dtype, 1, n);
  const vectors = Block.allocate(job, dtype, n, wanted ? n : 0);
  if (n === 0) return { values, vectors };
  const mark = job.mark();
  const columns = Block.allocate(job, dtype, n, n);
  A.copyTo(columns);
  const exponent = scaleToSafeRange(columns);
  const d = job.allocate("f64", n);
  const e = job.allocate("f64", n);
  const tau = job.allocate(dtype, n);
  const q = job.allocate("f64", wanted ? n * n : 0);
  const inner = job.mark();
  const work = job.allocateBytes(A.use(decompositionsKernels).tridiagonalizeWorkspace(n));
  A.use(decompositionsKernels).tridiagonalize(n, columns.handle, n, d, e, tau, work);
  job.release(inner);
  const { bidiagonalSvdWorkspace, tridiagonalEigen } = job.use(decompositionsKernels).f64;
  const solverWork = job.allocateBytes(wanted ? bidiagonalSvdWorkspace(n) : 0);
  const status = tridiagonalEigen(n, d, e, wanted ? 1 : 0, q, solverWork);
  job.release(inner);
  // The iterations are bounded; on finite input none has been seen to reach the bound.
  if (status !== 0) throw new Error("eigh: the iteration did not converge");
  kernels.fromDoubles(n, d, values.handle);
  scaleByPowerOfTwo(values, -exponent);
  if (wanted) {
    kernels.fromDoubles(n * n, q, q);
    // Reflection i starts at row i + 1.
    const rows = new Block(job, dtype, n, n, q);
    const reflections = { columns: columns.part(0, 1, n - 1, n - 1), tau };
    applyReflections(reflections, rows.part(0, 1, n, n - 1));
    A.use(decompositionsKernels).fixSigns(n, n, q, n, 0, q, n);
    rows.transposeTo(vectors);
  }
  job.release(mark);
  return { values, vectors };
}
