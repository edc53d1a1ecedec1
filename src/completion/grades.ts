// How much an entry says about what its row would pick: the share of all entries whose values are not
// larger. The lowest ratings say little more than that somebody met the column, the highest ones count in
// full. It follows from the order of the values alone, so it knows no scale and no threshold of liking,
// and where all values are equal every entry counts in full.
import type { SparseRows } from "../linalg/sparse-rows.js";

/** The values of a model in at most 256 grades. */
export interface Grades {
  /** The lowest value of each grade, increasing, in the unit of the values. */
  readonly levels: Float64Array;
  /** The share of the entries in this grade or below: in (0, 1], increasing to 1. */
  readonly shares: Float32Array;
}

/** Grades have numbers of one byte. */
export const maximumGrades = 256;

/** The grades of some values, not empty: their distinct quantiles. O(n log n). */
export function gradesOf(values: ArrayLike<number>): Grades {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  const starts = [0];
  for (let q = 1; q < maximumGrades; q++) {
    let first = Math.floor((q * last) / (maximumGrades - 1));
    const level = sorted[first];
    if (!(level > sorted[starts[starts.length - 1]])) continue;
    while (sorted[first - 1] === level) first--;
    starts.push(first);
  }
  const ends = [...starts.slice(1), sorted.length];
  return {
    levels: Float64Array.from(starts, (start) => sorted[start]),
    shares: Float32Array.from(ends, (end) => end / sorted.length),
  };
}

/** The number of the grade of each value; what is below the first level is in the first grade. */
export function gradeEach({ levels }: Grades, values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const numbers = new Uint8Array(values.length);
  for (let p = 0; p < numbers.length; p++) {
    let low = 0;
    for (let high = levels.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (levels[middle] <= values[p]) low = middle;
      else high = middle;
    }
    numbers[p] = low;
  }
  return numbers;
}

/** The weights of entries by their grades. */
export function gradeWeights({ shares }: Grades, grades: Uint8Array): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(grades.length);
  for (let p = 0; p < weights.length; p++) weights[p] = shares[grades[p]];
  return weights;
}

/** The same entries, with their weights as values, and their grades. */
export function graded(A: SparseRows): {
  grades: Grades;
  numbers: Uint8Array;
  weights: SparseRows;
} {
  const grades = gradesOf(A.values);
  const numbers = gradeEach(grades, A.values);
  const weights = A.withValues(gradeWeights(grades, numbers));
  return { grades, numbers, weights };
}
