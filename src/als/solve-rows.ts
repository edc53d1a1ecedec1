// The factors of many rows at once, by conjugate gradients.
import { Block, type Handle, sampledDoubles, withSharedJob } from "../wasm/index.js";
import { type Histories, historyOf } from "./history.js";
import type { RowSolver } from "./row-solver.js";

/** Rows that are solved for together: their factors are in the job, those of all rows need not be. */
const batch = 4096;
/** Residual at which a row is solved for, over its first one. */
const tolerance = 1e-8;

/**
 * The factors of many rows, rows x rank: those of `factorsOf` to 1e-6, by conjugate gradients, in
 * half of the time. Batches with a row that does not come near enough, as without regularization, are
 * solved for by `factorsOf` itself.
 */
export function solveRows(solver: RowSolver, histories: Histories): Float32Array<ArrayBuffer> {
  const { factors, rank, cellWeight, threshold, cols } = solver.columns;
  const { rowStart, colIndices, weights } = histories;
  const rows = rowStart.length - 1;
  const all = new Float32Array(rows * rank);
  withSharedJob((job) => {
    const { conjugateGradientRows, conjugateGradientWorkspace } = job.use(sampledDoubles).f64;
    const gram = job.put(solver.gram);
    const Y = job.put(Float64Array.from(factors));
    const work = job.allocateBytes(conjugateGradientWorkspace(rank));
    for (let row = 0; row < rows; row += batch) {
      const mark = job.mark();
      const count = Math.min(batch, rows - row);
      const [first, last] = [rowStart[row], rowStart[row + count]];
      const start = rowStart.slice(row, row + count + 1).map((slot) => slot - first);
      const sizes = weights && Float64Array.from(weights.subarray(first, last));
      const ridges = Float64Array.from({ length: count }, (_, u) => {
        let rowWeight = cellWeight * cols;
        for (let p = start[u]; p < start[u + 1]; p++) rowWeight += Math.abs(sizes?.[p] ?? 1);
        return threshold * rowWeight;
      });
      const X = Block.zeros(job, "f64", count, rank);
      // biome-ignore format: the kernel's arguments belong in groups
      const left = conjugateGradientRows(
        count, rank, rank, tolerance, job.put(start), job.put(colIndices.subarray(first, last)),
        sizes === undefined ? (0 as Handle) : job.put(sizes),
        gram, job.put(ridges), Y, X.handle, work,
      );
      all.set(X.view(), row * rank);
      job.release(mark);
      for (let u = row; left > 0 && u < row + count; u++) {
        all.set(solver.factorsOf(historyOf(histories, u)), u * rank);
      }
    }
  });
  return all;
}
