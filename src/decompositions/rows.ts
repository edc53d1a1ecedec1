// Rows of data with their means and scales taken off, some at a time: what is centred is never in
// memory as a whole.

import { spacing } from "../linalg/eps.js";
import type { Matrix } from "../linalg/matrix.js";
import { viewRows } from "../linalg/slices.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { Block, type DType, type FloatArray, newArray, product } from "../wasm/index.js";

/** Rows that are centred at a time. */
export const chunkRows = 1024;

/** What is taken off each column, and what it is divided by. */
export interface ColumnScaling {
  readonly means: FloatArray;
  readonly scales: FloatArray;
}

/** The numbers in a type. */
export function inType(dtype: DType, values: Float64Array): FloatArray {
  const result = newArray(dtype, values.length);
  result.set(values);
  return result;
}

/** The standard deviation; 1 for a column whose entries are equal to rounding. */
export function deviationOf(variance: number, mean: number, dtype: DType): number {
  const deviation = Math.sqrt(variance);
  return deviation > 4 * spacing[dtype] * Math.abs(mean) ? deviation : 1;
}

/**
 * Rows by whose means the others are near theirs. Where these first ones differ most from the others, the variance
 * is what makes them differ: squares are at most eight times as large as about the mean.
 */
const shareForNear = 1 / 8;
/** Of rows that stay in the cache until they have been added. */
const entriesAtOnce = 2 ** 16;

/**
 * Takes numbers near the means of its columns off a block, so that nothing cancels where these are large.
 * Returns the means in f64, and what they are of the block that is left: a row, and a column of ones.
 */
export function takeNearMeans(x: Block): { means: Float64Array; left: Block; ones: Block } {
  const { job, dtype, rows, cols } = x;
  const ones = Block.allocate(job, dtype, rows, 1);
  ones.view().fill(1);
  const [near, left] = [0, 1].map(() => Block.allocate(job, dtype, 1, cols));
  const some = Math.ceil(rows * shareForNear);
  const firstOnes = ones.lines(0, some);
  product(firstOnes, x.lines(0, some), { to: near, transposeA: true, scale: 1 / some });
  const together = Math.ceil(entriesAtOnce / cols);
  for (let first = 0; first < rows; first += together) {
    const count = Math.min(together, rows - first);
    const [one, part] = [ones, x].map((block) => block.lines(first, count));
    product(one, near, { to: part, scale: -1, add: true });
    product(one, part, { to: left, transposeA: true, scale: 1 / rows, add: first > 0 });
  }
  const rest = left.view();
  const means = Float64Array.from(near.view(), (c, j) => c + rest[j]);
  return { means, left, ones };
}

/** (X - means) / scales by chunks of rows, each with the number of its first row. */
export function* scaledChunks(
  X: Matrix,
  { means, scales }: ColumnScaling,
): Generator<{ first: number; chunk: Matrix }> {
  const scaled = scales.some((scale: number) => scale !== 1);
  for (let first = 0; first < X.rows; first += chunkRows) {
    const chunk = viewRows(X, first, Math.min(first + chunkRows, X.rows)).copy();
    const { data, cols } = chunk;
    for (let place = 0; place < data.length; ) {
      for (let j = 0; j < cols; j++, place++) {
        const difference = data[place] - means[j];
        data[place] = scaled ? difference / scales[j] : difference;
      }
    }
    yield { first, chunk };
  }
}

/** (A - 1 means') / scales as a sparse matrix less a row: what is not stored stays so. */
export function scaledSparse(
  A: SparseMatrix,
  { means, scales }: ColumnScaling,
): { scaled: SparseMatrix; center: FloatArray } {
  const values = newArray(A.dtype, A.nonzeros);
  for (let p = 0; p < values.length; p++) values[p] = A.values[p] / scales[A.colIndices[p]];
  const center = means.map((mean: number, j: number) => mean / scales[j]);
  return { scaled: A.withValues(values), center };
}
