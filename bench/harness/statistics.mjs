// What is said about repeated measurements: the middle and the middle half, which a few disturbed
// rounds do not move.

/** The value below which the fraction q of the values lies, interpolated between neighbours. */
export function quantile(values, q) {
  if (values.length === 0) throw new RangeError("quantile: there are no values");
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** Middle of the values, the mean of the middle two where their number is even. */
export function median(values) {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export function summary(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}
