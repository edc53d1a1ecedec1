import { type BlockedIndex, blockedIndex } from "../../linalg/blocked-index.js";
import { gather, readTriplets, type Triplets } from "../../linalg/triplets.js";
import type { DType, Handle, Job } from "../../wasm/index.js";
import type { BoundProblem, Problem } from "./problem.js";
import { flipSigns } from "./random-signs.js";

/** Observed entries sorted for products with R, and indexed for those with R': both gather. */
interface ObservedEntries {
  byRow: BlockedIndex;
  /** Column and value of each entry in the order of `byRow`. */
  cols: Int32Array;
  values: Float64Array;
  /** Leads to the places in that order; with the row of each entry. */
  byCol: BlockedIndex;
  rows: Int32Array;
}

/**
 * Matrix completion: loss(X) = 1/2 sum over the observed (i, j) of (X_ij - value)², gradient the
 * sparse matrix of the errors. An entry that is given twice counts twice.
 *
 * Time and memory follow the observations: O(|observed| width) an evaluation; nothing of size
 * rows x cols is ever formed.
 *
 * @throws RangeError when lengths differ, there are no observations, an index is out of range or a
 * value is not finite; TypeError for a field that there is not, such as weights.
 * @example
 * ```ts
 * const problem = completion({
 *   rows: 2, cols: 2, rowIndices: [0, 0, 1], colIndices: [0, 1, 0], values: [1, 2, 2],
 * });
 * ```
 */
export function completion(data: Triplets): Problem {
  const triplets = readTriplets("completion", data);
  const { rows, cols, values } = triplets;
  if (values.length === 0) {
    throw new RangeError("completion: there are no observations: at least one is needed");
  }
  const sorted = sortEntries(triplets);
  return {
    rows,
    cols,
    measurements: values.length,
    density: values.length / (rows * cols),
    greatestDensity: () => greatestMultiplicity(sorted),
    bind: (job, dtype) => bind(sorted, rows, cols, job, dtype),
  };
}

/** The order of the input does not matter, but for the order of duplicates. */
function sortEntries({ rows, cols, rowIndices, colIndices, values }: Triplets): ObservedEntries {
  const byRow = blockedIndex(rowIndices, rows, colIndices, cols);
  const rowOf = gather(byRow.order, rowIndices);
  const colOf = gather(byRow.order, colIndices);
  const sorted = new Float64Array(values.length);
  for (let p = 0; p < sorted.length; p++) sorted[p] = values[byRow.order[p]];
  const byCol = blockedIndex(colOf, cols, rowOf, rows);
  return { byRow, cols: colOf, values: sorted, byCol, rows: gather(byCol.order, rowOf) };
}

/** How often the entry that was given most often was given: 1 without duplicates. */
function greatestMultiplicity({ byRow: { start }, cols }: ObservedEntries): number {
  let repeats = 1;
  for (let i = 0; i + 1 < start.length; i++) {
    let run = 0;
    for (let p = start[i]; p < start[i + 1]; p++) {
      run = p > start[i] && cols[p] === cols[p - 1] ? run + 1 : 1;
      repeats = Math.max(repeats, run);
    }
  }
  return repeats;
}

function bind(
  { byRow, byCol, ...entries }: ObservedEntries,
  rows: number,
  cols: number,
  job: Job,
  dtype: DType,
): BoundProblem {
  const kernels = job.kernels(dtype);
  const count = entries.values.length;
  const values = job.allocate(dtype, count);
  job.view(dtype, values, count).set(entries.values);
  const colOf = job.put(entries.cols);
  const rowOf = job.put(entries.rows);
  const position = job.put(byCol.order);
  const R = job.allocate(dtype, count);
  const rowStarts = starts(job, byRow, rows);
  const colStarts = starts(job, byCol, cols);
  return {
    residual(width, left, right, out) {
      let loss = 0;
      rowStarts.forEach((start, block) => {
        // biome-ignore format: the kernel's arguments belong in groups
        loss += kernels.residualTimesDense(
          rows, width, start, colOf, left, right, values, R, out, block > 0 ? 1 : 0,
        );
      });
      return loss;
    },
    multiply(width, x, out) {
      rowStarts.forEach((start, block) => {
        kernels.sparseTimesDense(rows, width, start, colOf, R, x, out, block > 0 ? 1 : 0);
      });
    },
    multiplyTransposed(width, x, out) {
      colStarts.forEach((start, block) => {
        // biome-ignore format: the kernel's arguments belong in groups
        kernels.sparseTimesDenseVia(
          cols, width, start, rowOf, position, R, x, out, block > 0 ? 1 : 0,
        );
      });
    },
    randomizeSigns: (seed) => flipSigns(job.view(dtype, R, count), seed),
  };
}

/** Where the starts of each block lie in the job. */
function starts(job: Job, { blocks, start }: BlockedIndex, lines: number): Handle[] {
  const all = job.put(start);
  return Array.from({ length: blocks }, (_, block) => job.at("i32", all, block * lines));
}
