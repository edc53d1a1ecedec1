import { log } from "../linalg/elementary.js";

// How good an order of items is, judged by where the relevant ones are. All of them count
// items from the first place on; a list that is shorter than k has nothing on its other places.

/** Where the relevant items of one list are: places from 0 on, increasing. */
export type Places = ArrayLike<number>;

/** How many of the relevant items are among the first k. */
function hits(places: Places, k: number): number {
  let count = 0;
  while (count < places.length && places[count] < k) count++;
  return count;
}

/** Share of the first k places that hold a relevant item. */
export function precisionAt(places: Places, k: number): number {
  return hits(places, k) / k;
}

/** Share of the relevant items, of k where there are more, that are among the first k. */
export function recallAt(places: Places, k: number): number {
  return hits(places, k) / Math.min(k, places.length);
}

/** 1 where a relevant item is among the first k, otherwise 0. */
export function hitRateAt(places: Places, k: number): number {
  return hits(places, k) > 0 ? 1 : 0;
}

/** 1 / (1 + place) of the first relevant item; 0 beyond the first k. */
export function reciprocalRankAt(places: Places, k: number): number {
  return hits(places, k) > 0 ? 1 / (1 + places[0]) : 0;
}

/** Mean of the precision at every relevant item among the first k, over min(k, relevant items). */
export function averagePrecisionAt(places: Places, k: number): number {
  const count = hits(places, k);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (i + 1) / (1 + places[i]);
  return sum / Math.min(k, places.length);
}

/**
 * Normalized discounted cumulative gain of the first k places, with gains 0 and 1: the sum of
 * 1 / log2(2 + place) over the relevant items there, divided by that of the best order.
 */
export function ndcgAt(places: Places, k: number, discounts: Float64Array): number {
  let gain = 0;
  for (let i = 0, count = hits(places, k); i < count; i++) gain += discounts[places[i]];
  let best = 0;
  for (let i = 0, count = Math.min(k, places.length); i < count; i++) best += discounts[i];
  return gain / best;
}

/** 1 / log2(2 + place) for the places 0 .. count - 1, as `ndcgAt` takes them. */
export function discountsOf(count: number): Float64Array {
  const two = log(2);
  return Float64Array.from({ length: count }, (_, place) => two / log(2 + place));
}
