// The factors of many rows at once, by conjugate gradients.
import {
  Block,
  type Handle,
  type Job,
  type SampledKernels,
  sampledDoubles,
  sampledSingles,
  withSharedJob,
} from "../wasm/index.js";
import { type Histories, historyOf } from "./history.js";
import type { RowSolver } from "./row-solver.js";

/** Rows that are solved for together: their factors are in the job, those of all rows need not be. */
const batch = 4096;

/** What rows are solved for in. */
export interface Precision {
  readonly dtype: "f32" | "f64";
  /** Residual at which a row is solved for, over its first one. */
  readonly tolerance: number;
  /** Where a row does not come so near, as without regularization, its batch is solved for by `factorsOf` itself. */
  readonly fallsBack: boolean;
  readonly kernels: (job: Job) => SampledKernels;
}

/** The factors of `factorsOf` to 1e-6, in half of the time. */
export const inDoubles: Precision = {
  dtype: "f64",
  tolerance: 1e-8,
  fallsBack: true,
  kernels: (job) => job.use(sampledDoubles).f64,
};

/** Near enough to put columns in order. A row's bits do not depend on those that are solved for with it. */
export const inSingles: Precision = {
  dtype: "f32",
  tolerance: 1e-5,
  fallsBack: false,
  kernels: (job) => job.use(sampledSingles).f32,
};

/** The factors of many rows, rows x rank, by conjugate gradients. */
export function solveRows(
  solver: RowSolver,
  histories: Histories,
  { dtype, tolerance, fallsBack, kernels }: Precision,
): Float32Array<ArrayBuffer> {
  const { factors, rank, cellWeight, threshold, cols } = solver.columns;
  const { rowStart, colIndices, weights } = histories;
  const rows = rowStart.length - 1;
  const all = new Float32Array(rows * rank);
  withSharedJob((job) => {
    const { conjugateGradientRows, conjugateGradientWorkspace } = kernels(job);
    const putNumbers = (numbers: ArrayLike<number>) =>
      job.put((dtype === "f32" ? Float32Array : Float64Array).from(numbers));
    const gram = putNumbers(solver.gram);
    const Y = putNumbers(factors);
    // In exact numbers `rank` are enough; who has nothing to fall back on takes more.
    const steps = fallsBack ? rank : 2 * rank;
    const work = job.allocateBytes(conjugateGradientWorkspace(rank));
    for (let row = 0; row < rows; row += batch) {
      const mark = job.mark();
      const count = Math.min(batch, rows - row);
      const [first, last] = [rowStart[row], rowStart[row + count]];
      const start = rowStart.slice(row, row + count + 1).map((slot) => slot - first);
      const sizes = weights?.subarray(first, last);
      const ridges = Float64Array.from({ length: count }, (_, u) => {
        let rowWeight = cellWeight * cols;
        for (let p = start[u]; p < start[u + 1]; p++) rowWeight += Math.abs(sizes?.[p] ?? 1);
        return threshold * rowWeight;
      });
      const X = Block.zeros(job, dtype, count, rank);
      // biome-ignore format: the kernel's arguments belong in groups
      const left = conjugateGradientRows(
        count, rank, steps, tolerance, job.put(start), job.put(colIndices.subarray(first, last)),
        sizes === undefined ? (0 as Handle) : putNumbers(sizes),
        gram, putNumbers(ridges), Y, X.handle, work,
      );
      all.set(X.view(), row * rank);
      job.release(mark);
      if (left === 0 || !fallsBack) continue;
      for (let u = row; u < row + count; u++) {
        all.set(solver.factorsOf(historyOf(histories, u)), u * rank);
      }
    }
  });
  return all;
}
