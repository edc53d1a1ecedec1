// What is said about repeated measurements: the middle and the middle half, which a few disturbed
// rounds do not move.

/** The value that a fraction q of the values is below, interpolated between neighbours. */
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

/**
 * How many times the rate of `other` that of `one` is: the median over the rounds in which both ran,
 * side by side, so that what slows the machine for a while cancels. NaN where one is missing.
 */
export function timesTheRate(one, other) {
  if (!one || !other) return Number.NaN;
  const work = (one.operations ?? 1) / (other.operations ?? 1);
  if (!one.times || !other.times) return (work * other.seconds.median) / one.seconds.median;
  // Whoever has fewer rounds has the first ones.
  const both = Math.min(one.times.length, other.times.length);
  return work * median(one.times.slice(0, both).map((time, round) => other.times[round] / time));
}
