// Eigenvalues and eigenvectors of a Gram matrix, which is small, by one-sided Jacobi: rotations that make the rows of
// G orthogonal are its eigenvectors, and the rows are then as long as its eigenvalues. `eigh` is faster for large
// matrices; its kernels weigh twenty times as much.
import { Block, type Job, jacobiKernels } from "../../wasm/index.js";
import { Matrix } from "../matrix.js";

/** G = vectors' diag(values) vectors. */
export interface GramEigen {
  /** n eigenvalues, descending. */
  readonly values: Float64Array;
  /** n x n, orthonormal: a row per eigenvalue. */
  readonly vectors: Float64Array;
}

/**
 * Of a symmetric positive semidefinite G, n x n in f64. Eigenvalues that rounding made negative count as positive.
 * About 50 n³ operations. The job's memory is back at its level afterwards.
 */
export function gramEigen(job: Job, G: Float64Array, n: number): GramEigen {
  const mark = job.mark();
  const rows = job.put(G);
  const rotations = Block.put(job, Matrix.identity(n));
  const lengths = job.allocate("f64", n);
  const work = job.allocate("f64", 2 * n);
  const { jacobi } = job.use(jacobiKernels).f64;
  if (jacobi(n, n, rows, n, rotations.handle, n, lengths, work) !== 0) {
    throw new Error("gramEigen: the Jacobi sweeps did not converge");
  }
  const found = {
    values: job.view("f64", lengths, n).slice() as Float64Array,
    vectors: rotations.read() as Float64Array,
  };
  job.release(mark);
  return found;
}
