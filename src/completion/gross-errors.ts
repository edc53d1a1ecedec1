// Which entries are so far from what is expected of them that they must be mistakes: a rating of 400
// among stars from 1 to 5. Everything else is kept as it is, for the rare and extreme is what data is
// made of: a rule that trims the tails of good data costs accuracy.
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { type Spread, spreadOf, tailBound } from "../linalg/tail-bound.js";
import { median } from "../metrics/median.js";
import { cautiousMedian, placesBetween } from "./median-polish.js";

/** Entries that are taken for mistakes. */
export interface GrossErrors {
  /** Their places, increasing. */
  readonly places: Int32Array;
  /** Residuals beyond it are gross, if those of their row and column are not large in general. */
  readonly bound: number;
}

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
  const spread = spreadBeside(A, sizes);
  const { outer, ratio } = spread;
  const bound = outer > 0 ? Math.max(least, tailBound(spread)) : Number.POSITIVE_INFINITY;
  const wildness = wildnessOf(A, sizes, outer / ratio);
  const places: number[] = [];
  for (let row = 0; row < A.rows; row++) {
    for (let p = A.rowStart[row]; p < A.rowStart[row + 1]; p++) {
      if (sizes[p] > bound && sizes[p] > bound * wildness(row, A.colIndices[p])) places.push(p);
    }
  }
  return { places: Int32Array.from(places), bound };
}

/** The spread of the residuals, and where nearly all are as expected, of the values. */
function spreadBeside(A: SparseMatrix, sizes: Float64Array): Spread {
  const spread = spreadOf(sizes);
  if (spread.outer > 0) return spread;
  const centre = median(A.values);
  const distances = Float64Array.from(A.values, (value) => Math.abs(value - centre));
  return { ...spread, outer: medianOfPositive(distances) };
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
