/** Predictions below `low` and above `high` are moved there. */
export interface ClipRange {
  low: number;
  high: number;
}

/** From the least to the greatest of the values; NaN is left out. */
export function rangeOf(values: ArrayLike<number>): ClipRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let p = 0; p < values.length; p++) {
    if (values[p] < low) low = values[p];
    if (values[p] > high) high = values[p];
  }
  return { low, high };
}
