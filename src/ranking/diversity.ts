// A list whose columns differ from each other: maximal marginal relevance (Carbonell and Goldstein
// 1998). The next column is the one with the largest (1 - d) score - d times the cosine to the most
// similar column chosen so far, scores over the largest one.
import { type ColumnFactors, dot } from "../als/row-solver.js";
import { topIndices } from "../linalg/top-indices.js";

/** Columns that are considered, for each one that is chosen; and at least so many. */
const candidatesPerPlace = 5;
const minimumCandidates = 50;

/** n of the best columns, chosen one by one. O(candidates n rank). */
export function diversified(
  { factors, rank }: ColumnFactors,
  scores: Float32Array,
  n: number,
  excluded: Uint8Array,
  diversity: number,
): Int32Array {
  const count = Math.max(minimumCandidates, candidatesPerPlace * n);
  const candidates = Array.from(topIndices(scores, count, excluded));
  const units = new Map(
    candidates.map((col) => {
      const y = Float64Array.from(factors.subarray(col * rank, (col + 1) * rank));
      const length = Math.sqrt(dot(y, 0, y));
      return [col, length > 0 ? y.map((value) => value / length) : y];
    }),
  );
  const largest = candidates.length > 0 ? Math.max(Math.abs(scores[candidates[0]]), 1e-300) : 1;
  const nearest = new Map(candidates.map((col) => [col, 0]));
  const chosen: number[] = [];
  while (chosen.length < n && candidates.length > 0) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    candidates.forEach((col, place) => {
      const near = nearest.get(col) as number;
      const value = (1 - diversity) * (scores[col] / largest) - diversity * near;
      if (value > bestValue) [best, bestValue] = [place, value];
    });
    const [col] = candidates.splice(best, 1);
    chosen.push(col);
    const unit = units.get(col) as Float64Array;
    for (const other of candidates) {
      const cosine = dot(units.get(other) as Float64Array, 0, unit);
      nearest.set(other, Math.max(nearest.get(other) as number, cosine));
    }
  }
  return Int32Array.from(chosen);
}
