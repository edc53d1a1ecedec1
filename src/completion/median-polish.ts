// Tukey's median polish: what a matrix is by its rows and columns when no single entry, however
// wrong, may move the answer. The bias model takes means, which one gross error drags along.
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { median } from "../metrics/median.js";

const sweeps = 2;

/**
 * centre + row effect + column effect for each entry, in their order, each effect the median of what the
 * others leave. A zero joins every row and column: one that has a single entry has the effect 0, so
 * the entry cannot vouch for itself. O(nonzeros log nonzeros).
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

/** The median of numbers and one zero; of two middle ones the nearer to zero. */
export function cautiousMedian(values: Float64Array): number {
  const sorted = new Float64Array(values.length + 1);
  sorted.set(values);
  sorted.sort();
  const [low, high] = [sorted[values.length >> 1], sorted[(values.length + 1) >> 1]];
  if (low > 0) return low;
  return high < 0 ? high : 0;
}

/** first, first + 1, ... up to `end`, which is left out. */
export function placesBetween(first: number, end: number): Int32Array {
  return Int32Array.from({ length: end - first }, (_, i) => first + i);
}
