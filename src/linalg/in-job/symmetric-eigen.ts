// The symmetric eigenproblem in a job: tridiagonalize, decompose the tridiagonal matrix, transform
// its vectors back.
import { Block, decompositionsKernels } from "../../wasm/index.js";
import { applyReflections } from "./orthogonal.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** An eigendecomposition. */
export interface EighBlocks {
  /** 1 x n, ascending. */
  readonly values: Block;
  /** One eigenvector a column, of those that are wanted: n x n, or of the largest values only. */
  readonly vectors: Block;
}

/**
 * Eigendecomposition of A, symmetric and finite, of which only the upper triangle is read; it is
 * left unchanged. The result stays allocated, everything else is released. `largest` is how many
 * vectors are wanted: those of the largest values.
 */
export function eighInJob(A: Block, { largest = A.rows }: { largest?: number } = {}): EighBlocks {
  const { job, dtype, kernels, rows: n } = A;
  const wanted = largest > 0;
  const values = Block.allocate(job, dtype, 1, n);
  const vectors = Block.allocate(job, dtype, n, largest);
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
  const status = tridiagonalEigen(n, d, e, largest, q, solverWork);
  job.release(inner);
  // The iterations are bounded; on finite input none has been seen to reach the bound.
  if (status !== 0) throw new Error("eigh: the iteration did not converge");
  kernels.fromDoubles(n, d, values.handle);
  scaleByPowerOfTwo(values, -exponent);
  if (wanted) {
    kernels.fromDoubles(n * n, q, q);
    const rows = new Block(job, dtype, n, n, q).lines(n - largest, largest);
    // Reflection i starts at row i + 1.
    const reflections = { columns: columns.part(0, 1, n - 1, n - 1), tau };
    applyReflections(reflections, rows.columns(1, n - 1));
    A.use(decompositionsKernels).fixSigns(largest, n, rows.handle, n, 0, rows.handle, n);
    rows.transposeTo(vectors);
  }
  job.release(mark);
  return { values, vectors };
}
