import { systemsKernels, withSharedJob } from "../wasm/index.js";

/** As `solveDefinite`, by kernels: at rank 64 in a fraction of the time. */
export function solveByKernels(A: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  return withSharedJob((job) => {
    const [L, x] = [job.put(A), job.put(b)];
    const { cholesky, solveTriangular, triangularWorkspace } = job.use(systemsKernels).f64;
    const work = job.allocateBytes(triangularWorkspace());
    cholesky(n, L, n, work);
    solveTriangular(1, 1, 0, 1, n, L, n, x, n, work);
    solveTriangular(1, 0, 0, 1, n, L, n, x, n, work);
    return job.read("f64", x, n) as Float64Array;
  });
}
