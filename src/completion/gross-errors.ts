// Which entries are so far from what is expected of them that they must be mistakes: a rating of 400
// among stars from 1 to 5. Everything else is kept as it is, for the rare and extreme is what data is
// made of: a rule that trims the tails of good data costs accuracy.
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { median } from "../metrics/median.js";
import { cautiousMedian, placesBetween } from "./median-polish.js";

/** Entries that are taken for mistakes. */
export interface GrossErrors {
  /** Their places, increasing. */
  readonly places: Int32Array;
  /** Residuals beyond it are gross, if those of their row and column are not large in general. */
  readonly bound: number;
}

/**
 * The bound is q90 (q90 / q50)^2, of quantiles of the absolute residuals: the step from one half to nine
 * tenths, taken twice more, so that heavy tails make room for themselves. Normal noise stays within it
 * but for one in 10^22 entries, Laplace's but for one in 10^10. A tenth of the entries may be wrong.
 */
const quantile = 0.9;
/**
 * q90 / q50 of normal residuals is the smallest that counts; bounded noise has less. Where half of the
 * residuals are zero, as of stars that are nearly all alike, it says nothing and counts as `ofZeros`.
 */
const ratios = { smallest: 2.44, ofZeros: 6, largest: 12 };
/** However well a model fits, nothing is gross within so many typical residuals of the medians. */
const tolerated = 6;

/** The least bound for the residuals of a model, from what the medians expect. */
export function leastBound(A: SparseMatrix, expected: Float64Array): number {
  return tolerated * medianOfPositive(sizesOf(A, expected));
}

/**
 * Which of A's entries are gross errors, beside what is expected of them in their order. None where
 * there is no spread to measure them by. O(n log n).
 *
 * @param least - the bound is not below it.
 */
export function grossErrors(A: SparseMatrix, expected: Float64Array, least: number): GrossErrors {
  const sizes = sizesOf(A, expected);
  const { outer, ratio } = spreadOf(A, sizes);
  const bound = outer > 0 ? Math.max(least, outer * ratio * ratio) : Number.POSITIVE_INFINITY;
  const wildness = wildnessOf(A, sizes, outer / ratio);
  const places: number[] = [];
  for (let row = 0; row < A.rows; row++) {
    for (let p = A.rowStart[row]; p < A.rowStart[row + 1]; p++) {
      if (sizes[p] > bound && sizes[p] > bound * wildness(row, A.colIndices[p])) places.push(p);
    }
  }
  return { places: Int32Array.from(places), bound };
}

/** q90 of the sizes and what it is in units of the median. */
function spreadOf(A: SparseMatrix, sizes: Float64Array): { outer: number; ratio: number } {
  const sorted = sizes.slice().sort();
  const outer = sorted[Math.floor(quantile * sorted.length)];
  const inner = sorted[sorted.length >> 1];
  if (inner > 0) {
    const ratio = Math.min(ratios.largest, Math.max(ratios.smallest, outer / inner));
    return { outer, ratio };
  }
  if (outer > 0) return { outer, ratio: ratios.ofZeros };
  // Nearly all entries are as expected: the values themselves say how far apart they are.
  const centre = median(A.values);
  const distances = Float64Array.from(A.values, (value) => Math.abs(value - centre));
  return { outer: medianOfPositive(distances), ratio: ratios.ofZeros };
}

/**
 * How many times larger than `typical` the residuals of a row or of a column are in general, at
 * least 1: the values of a column in another unit, or of a row that nothing fits, are not all mistakes.
 */
function wildnessOf(A: SparseMatrix, sizes: Float64Array, typical: number) {
  const columns = A.byColumns();
  const ofRow = new Map<number, number>();
  const ofCol = new Map<number, number>();
  const typicalAt = (places: Int32Array) =>
    cautiousMedian(Float64Array.from(places, (p) => sizes[p]));
  return (row: number, col: number): number => {
    if (!ofRow.has(row)) {
      ofRow.set(row, typicalAt(placesBetween(A.rowStart[row], A.rowStart[row + 1])));
    }
    if (!ofCol.has(col)) {
      const [first, end] = [columns.start[col], columns.start[col + 1]];
      ofCol.set(col, typicalAt(columns.position.subarray(first, end)));
    }
    const largest = Math.max(ofRow.get(row) as number, ofCol.get(col) as number);
    return Math.max(1, largest / typical);
  };
}

/** Distances of the values from what is expected. */
function sizesOf(A: SparseMatrix, expected: Float64Array): Float64Array {
  return expected.map((value, p) => Math.abs(A.values[p] - value));
}

function medianOfPositive(sizes: Float64Array): number {
  return median(sizes.filter((size) => size > 0));
}
