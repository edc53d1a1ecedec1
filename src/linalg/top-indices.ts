// The first few of many: by score, then by index, without sorting all of them.

/**
 * The indices of the `n` highest scores among those that are not `excluded`, highest first, ties by
 * the lower index. A heap of n: O(scores log n) at worst, about O(scores) where few enter it.
 */
export function topIndices(scores: ArrayLike<number>, n: number, excluded: Uint8Array): Int32Array {
  const size = Math.min(n, scores.length);
  const heap = new Int32Array(size);
  let filled = 0;
  /** Whether j comes before i. */
  const behind = (i: number, j: number) =>
    scores[i] < scores[j] || (scores[i] === scores[j] && i > j);
  const sink = (place: number) => {
    const index = heap[place];
    for (let child = 2 * place + 1; child < filled; child = 2 * place + 1) {
      if (child + 1 < filled && behind(heap[child + 1], heap[child])) child++;
      if (!behind(heap[child], index)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = index;
  };
  for (let i = 0; i < scores.length && size > 0; i++) {
    if (excluded[i] !== 0) continue;
    if (filled < size) {
      heap[filled++] = i;
      if (filled === size) for (let place = size >> 1; place-- > 0; ) sink(place);
    } else if (behind(heap[0], i)) {
      heap[0] = i;
      sink(0);
    }
  }
  return heap.subarray(0, filled).sort((i, j) => (behind(i, j) ? 1 : -1));
}

/**
 * The place of each of `indices` in the order of `topIndices`, among those that are not excluded:
 * places from 0 on, increasing. O(scores log indices).
 *
 * @param limit - places from here on need not be right, only this large: where all are, that is soon
 *   seen.
 */
export function placesOf(
  scores: ArrayLike<number>,
  indices: ArrayLike<number>,
  excluded: Uint8Array,
  limit = Number.POSITIVE_INFINITY,
): Int32Array {
  const before = (i: number, j: number) =>
    scores[i] > scores[j] || (scores[i] === scores[j] && i < j);
  const sorted = Int32Array.from(indices).sort((i, j) => (before(i, j) ? -1 : 1));
  /** ahead[t]: indices between sorted[t - 1] and sorted[t]. */
  const ahead = new Int32Array(sorted.length + 1);
  // The last ones are left out as soon as their places are seen to be beyond the limit.
  let count = sorted.length;
  let counted = 0;
  let lowest = scores[sorted[count - 1]];
  for (let i = 0; i < scores.length; i++) {
    // Most are behind all of them, which takes one comparison to see.
    if (scores[i] < lowest || excluded[i] !== 0) continue;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(sorted[middle], i)) low = middle + 1;
      else high = middle;
    }
    if (low === count) continue;
    // An index is not before itself.
    ahead[low]++;
    counted++;
    while (counted > limit && count > 0) {
      count--;
      counted -= ahead[count];
      lowest = count > 0 ? scores[sorted[count - 1]] : Number.POSITIVE_INFINITY;
    }
    if (count === 0) break;
  }
  let place = -1;
  return sorted.map((_, t) => (place += ahead[t]));
}
