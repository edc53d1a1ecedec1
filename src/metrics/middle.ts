/** The mean of values; where they are equal, no more than that one. A value not below it counts as liked. */
export function middleOf(values: ArrayLike<number>): number {
  let [sum, largest] = [0, Number.NEGATIVE_INFINITY];
  for (let p = 0; p < values.length; p++) {
    sum += values[p];
    largest = Math.max(largest, values[p]);
  }
  return Math.min(sum / values.length, largest);
}
