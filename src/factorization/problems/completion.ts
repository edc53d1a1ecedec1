import { type BlockedIndex, blockedIndex } from "../../linalg/blocked-index.js";
import { gather, readTriplets, type Triplets } from "../../linalg/triplets.js";
import {
  type DType,
  type FloatArray,
  type Handle,
  type Job,
  sampledKernels,
  sparseKernels,
} from "../../wasm/index.js";
import { type Loss, type LossOptions, readLoss, withoutPeaks } from "./loss.js";
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
 * sparse matrix of the errors. An entry that is given twice counts twice. Other losses of the errors
 * stand wrong entries.
 *
 * Time and memory follow the observations: O(|observed| width) an evaluation; nothing of size
 * rows x cols is ever formed.
 *
 * @throws RangeError when lengths differ, there are no observations, an index is out of range, a
 * value is not finite or an option is out of range; TypeError for a field or an option that there is
 * not, such as weights, or that is another loss's.
 * @example
 * ```ts
 * const problem = completion({
 *   rows: 2, cols: 2, rowIndices: [0, 0, 1], colIndices: [0, 1, 0], values: [1, 2, 2],
 * });
 * ```
 */
export function completion(data: Triplets, options: LossOptions = {}): Problem {
  const triplets = readTriplets("completion", data);
  const { rows, cols, values } = triplets;
  if (values.length === 0) {
    throw new RangeError("completion: there are no observations: at least one is needed");
  }
  const sorted = sortEntries(triplets);
  const measurements = values.length;
  const loss = readLoss("completion", options, { rows, cols, measurements });
  return {
    rows,
    cols,
    measurements,
    ...(loss && { robust: { curvature: loss.curvature } }),
    density: values.length / (rows * cols),
    greatestDensity: () => greatestMultiplicity(sorted),
    bind: (job, dtype) => bind(sorted, loss, rows, cols, job, dtype),
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
  loss: Loss | undefined,
  rows: number,
  cols: number,
  job: Job,
  dtype: DType,
): BoundProblem {
  const kernels = { ...job.use(sampledKernels)[dtype], ...job.use(sparseKernels)[dtype] };
  const count = entries.values.length;
  const put = (given: Float64Array) => {
    const values = job.allocate(dtype, count);
    job.view(dtype, values, count).set(given);
    return values;
  };
  const values = put(entries.values);
  const colOf = job.put(entries.cols);
  const rowOf = job.put(entries.rows);
  const position = job.put(byCol.order);
  const R = job.allocate(dtype, count);
  const rowStarts = starts(job, byRow, rows);
  const colStarts = starts(job, byCol, cols);
  const ofSquares =
    (values: Handle): BoundProblem["residual"] =>
    (width, left, right, out) => {
      let sum = 0;
      rowStarts.forEach((start, block) => {
        // biome-ignore format: the kernel's arguments belong in groups
        sum += kernels.residualTimesDense(
          rows, width, start, colOf, left, right, values, R, out, block > 0 ? 1 : 0,
        );
      });
      return sum;
    };
  const products: Omit<BoundProblem, "residual"> = {
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
  if (!loss) return { ...products, residual: ofSquares(values) };
  return {
    ...products,
    squares: { ...products, residual: ofSquares(put(withoutPeaks(entries.values))) },
    residual(width, left, right, out) {
      for (const start of rowStarts) {
        kernels.sampledResidual(rows, width, start, colOf, left, right, values, R);
      }
      const sum = loss.derive(job.view(dtype, R, count) as FloatArray);
      products.multiply(width, right, out);
      return sum;
    },
  };
}

/** Where the starts of each block lie in the job. */
function starts(job: Job, { blocks, start }: BlockedIndex, lines: number): Handle[] {
  const all = job.put(start);
  return Array.from({ length: blocks }, (_, block) => job.at("i32", all, block * lines));
}
