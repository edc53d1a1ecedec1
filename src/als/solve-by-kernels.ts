import { Block, product, systemsKernels, withSharedJob } from "../wasm/index.js";
import type { RowSystem } from "./row-solver.js";

/** Solves for a row by kernels, with Cholesky. */
export function solveByKernels(
  { gram, observed, ridge }: RowSystem,
  b: Float64Array,
): Float64Array {
  const n = b.length;
  return withSharedJob((job) => {
    const A = Block.put(job, { dtype: "f64", rows: n, cols: n, data: gram });
    const rows = observed.length / n;
    if (rows > 0) {
      const F = Block.put(job, { dtype: "f64", rows, cols: n, data: observed });
      product(F, F, { to: A, transposeA: true, add: true });
    }
    const entries = A.view();
    for (let c = 0; c < n; c++) entries[c * n + c] += ridge;
    const { cholesky, solveTriangular, triangularWorkspace } = job.use(systemsKernels).f64;
    const x = job.put(b);
    const work = job.allocateBytes(triangularWorkspace());
    cholesky(n, A.handle, n, work);
    solveTriangular(1, 1, 0, 1, n, A.handle, n, x, n, work);
    solveTriangular(1, 0, 0, 1, n, A.handle, n, x, n, work);
    return job.read("f64", x, n) as Float64Array;
  });
}
