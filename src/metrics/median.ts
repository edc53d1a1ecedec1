/** The middle one of the numbers in increasing order, the larger of two; 0 of none. O(n log n). */
export function median(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : Float64Array.from(values).sort()[Math.floor(values.length / 2)];
}
