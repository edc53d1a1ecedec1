import { newArray } from "../linalg/matrix.js";
import { checkTriplets, compressIndex, gather, type Triplets } from "../linalg/triplets.js";
import type { DType, Job } from "../wasm/index.js";
import type { BoundProblem, Problem } from "./problem.js";

/** Observed entries sorted by row and indexed by column, so that both gradients gather. */
interface ObservedEntries {
  rowStart: Int32Array;
  cols: Int32Array;
  values: Float64Array;
  colStart: Int32Array;
  rows: Int32Array;
  /** The values once more, sorted by column. */
  valuesByCol: Float64Array;
  /** Place in the row-sorted order of each column-sorted entry. */
  position: Int32Array;
}

/**
 * Matrix completion: loss(X) = 1/2 sum over the observed (i, j) of (X_ij - value)², gradient the
 * sparse matrix of the errors. An entry that is given twice counts twice.
 *
 * Time and memory follow the observations: O(|observed| width) an evaluation; nothing of size
 * rows x cols is ever formed.
 *
 * @throws RangeError when lengths differ, there are no observations, an index is out of range or a
 * value is not finite.
 * @example
 * ```ts
 * const problem = completion({
 *   rows: 2, cols: 2, rowIndices: [0, 0, 1], colIndices: [0, 1, 0], values: [1, 2, 2],
 * });
 * ```
 */
export function completion(data: Triplets): Problem {
  const { rows, cols, values } = data;
  checkTriplets("completion", data);
  if (values.length === 0) {
    throw new RangeError("completion: there are no observations: at least one is needed");
  }
  const sorted = sortEntries(data);
  return {
    rows,
    cols,
    measurements: values.length,
    density: values.length / (rows * cols),
    greatestDensity: () => greatestMultiplicity(sorted),
    bind: (job, dtype) => bind(sorted, rows, cols, job, dtype),
  };
}

/** By rows and inside a row by columns, so that the order of the input does not matter. */
function sortEntries({ rows, cols, rowIndices, colIndices, values }: Triplets): ObservedEntries {
  const first = compressIndex(colIndices, cols);
  const byRow = compressIndex(gather(first.order, rowIndices), rows);
  const order = gather(byRow.order, first.order);
  const rowOf = gather(order, rowIndices);
  const colOf = gather(order, colIndices);
  const sorted = new Float64Array(values.length);
  for (let p = 0; p < sorted.length; p++) sorted[p] = values[order[p]];
  const byCol = compressIndex(colOf, cols);
  return {
    rowStart: byRow.start,
    cols: colOf,
    values: sorted,
    colStart: byCol.start,
    rows: gather(byCol.order, rowOf),
    valuesByCol: sorted.map((_, p) => sorted[byCol.order[p]]),
    position: byCol.order,
  };
}

/** How often the entry that was given most often was given: 1 without duplicates. */
function greatestMultiplicity({ rowStart, cols }: ObservedEntries): number {
  let most = 1;
  for (let i = 0; i + 1 < rowStart.length; i++) {
    let run = 0;
    for (let p = rowStart[i]; p < rowStart[i + 1]; p++) {
      run = p > rowStart[i] && cols[p] === cols[p - 1] ? run + 1 : 1;
      most = Math.max(most, run);
    }
  }
  return most;
}

function bind(
  entries: ObservedEntries,
  rows: number,
  cols: number,
  job: Job,
  dtype: DType,
): BoundProblem {
  const kernels = job.kernels(dtype);
  const count = entries.values.length;
  const putTyped = (values: Float64Array) => {
    const typed = newArray(dtype, count);
    typed.set(values);
    return job.put(typed);
  };
  const values = putTyped(entries.values);
  const valuesByCol = putTyped(entries.valuesByCol);
  const rowStart = job.put(entries.rowStart);
  const colOf = job.put(entries.cols);
  const colStart = job.put(entries.colStart);
  const rowOf = job.put(entries.rows);
  const position = job.put(entries.position);
  const R = job.allocate(dtype, count);
  let longest = 0;
  for (let j = 0; j < cols; j++) {
    longest = Math.max(longest, entries.colStart[j + 1] - entries.colStart[j]);
  }
  const scratch = job.allocate(dtype, longest);
  return {
    residual: (width, left, right) =>
      kernels.sampledResidual(rows, width, rowStart, colOf, left, right, values, R),
    multiply: (width, x, out) => kernels.sparseTimesDense(rows, width, rowStart, colOf, R, x, out),
    multiplyTransposed: (width, x, out) =>
      kernels.sparseTimesDenseVia(cols, width, colStart, rowOf, position, R, x, out),
    // To make R anew by columns is cheaper than to pick its entries from all over it.
    gradientForRight: (width, left, right, out) =>
      // biome-ignore format: the kernel's arguments belong in groups
      kernels.residualTimesDense(
        cols, width, colStart, rowOf, right, left, valuesByCol, scratch, out,
      ),
  };
}
