// Tukey's median polish: what a matrix is by its rows and columns when no single entry, however
// wrong, may move the answer. The bias model takes means, which one gross error drags along.
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { median } from "../metrics/median.js";

const sweeps = 2;

/**
 * centre + row effect + column effect for each entry, in their order, each effect the median of what the
 * others leave. Two zeros join every row and column: one of which one or two entries are known has the
 * effect 0, so that these cannot vouch for themselves. O(nonzeros log nonzeros).
 */
export function medianPolish(A: SparseMatrix): Float64Array {
  const { rows, cols, rowStart, values } = A;
  const columns = A.byColumns();
  const expected = new Float64Array(values.length).fill(median(values));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let col = 0; col < cols; col++) {
      addMedian(columns.position.subarray(columns.start[col], columns.start[col + 1]));
    }
    for (let row = 0; row < rows; row++) {
      addMedian(placesBetween(rowStart[row], rowStart[row + 1]));
    }
  }
  return expected;

  function addMedian(places: Int32Array): void {
    const effect = cautiousMedian(Float64Array.from(places, (p) => values[p] - expected[p]));
    if (effect !== 0) for (const p of places) expected[p] += effect;
  }
}

/**
 * Zeros that join every row and column. Of a hundredth of wrong entries all three of some column are
 * wrong once in a million columns; both of two, once in ten thousand, and such columns there are.
 */
const zeros = 2;

/** The median of numbers and two zeros; of two middle ones the nearer to zero. */
export function cautiousMedian(values: Float64Array): number {
  const sorted = new Float64Array(values.length + zeros);
  sorted.set(values);
  sorted.sort();
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low > 0) return low;
  return high < 0 ? high : 0;
}

/** first, first + 1, ... up to `end`, which is left out. */
export function placesBetween(first: number, end: number): Int32Array {
  return Int32Array.from({ length: end - first }, (_, i) => first + i);
}
