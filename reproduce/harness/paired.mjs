// Two methods on the same draws: is one better?

/**
 * Gaps a - b of paired values: mean, standard deviation, how often a is above b, and the exact
 * two-sided probability of a mean so far from 0 if the signs of the gaps were fair coins. (With n
 * pairs it cannot be below 2^(1 - n): five pairs never reach 0.05.)
 */
export function pairedGaps(a, b) {
  const gaps = a.map((value, i) => value - b[i]);
  const sum = Math.abs(total(gaps));
  // Equal sums may differ by rounding.
  const limit = sum * (1 - 1e-9);
  let asFar = 0;
  const signs = 2 ** gaps.length;
  for (let code = 0; code < signs; code++) {
    const flipped = gaps.map((gap, i) => ((code >> i) & 1 ? -gap : gap));
    if (Math.abs(total(flipped)) >= limit) asFar++;
  }
  return {
    ...{ mean: mean(gaps), deviation: deviation(gaps), count: gaps.length },
    ...{ wins: gaps.filter((gap) => gap > 0).length, probability: asFar / signs },
  };
}

export function mean(values) {
  return total(values) / values.length;
}

/** Standard deviation of a sample. */
export function deviation(values) {
  const center = mean(values);
  return Math.sqrt(total(values.map((v) => (v - center) ** 2)) / Math.max(1, values.length - 1));
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);
