// Models that grow: ids that are joined, and what belongs to columns at their new places.
import type { RankingState } from "./ranking-state.js";

/** All ids of two increasing lists, increasing, and the places there of either's. */
export function union(first: readonly string[], second: readonly string[]) {
  const known = new Set(first);
  const ids = [...first, ...second.filter((id) => !known.has(id))].sort((a, b) => (a < b ? -1 : 1));
  const places = new Map(ids.map((id, place) => [id, place]));
  const of = (list: readonly string[]) => Int32Array.from(list, (id) => places.get(id) as number);
  return { ids, first: of(first), second: of(second) };
}

/** The factors at their columns' new places, 0 for new columns. */
export function placed({ factors, rank }: RankingState, places: Int32Array, cols: number) {
  const moved = new Float32Array(cols * rank);
  places.forEach((place, col) => {
    moved.set(factors.subarray(col * rank, (col + 1) * rank), place * rank);
  });
  return moved;
}
