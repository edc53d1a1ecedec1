/** q90 / q50 of normal residuals is the smallest that counts; bounded noise has less. Where half of the
 * residuals are zero, as of stars that are nearly all alike, it says nothing and counts as `ofZeros`. */
const ratios = { smallest: 2.44, ofZeros: 6, largest: 12 };
const quantile = 0.9;

/** How the absolute values of some numbers are spread. */
export interface Spread {
  /** Their quantile q90. */
  readonly outer: number;
  /** q90 / q50. */
  readonly ratio: number;
}

/** The places, among `count` sizes in increasing order, of the two that give their spread. */
export function placesOfSpread(count: number): { outer: number; inner: number } {
  return { outer: Math.floor(quantile * count), inner: Math.floor(count / 2) };
}

/** The spread of sizes, numbers >= 0, at least one. O(n log n). */
export function spreadOf(sizes: Float64Array): Spread {
  const sorted = sizes.slice().sort();
  const { outer, inner } = placesOfSpread(sorted.length);
  return spreadBetween(sorted[outer], sorted[inner]);
}

/** The spread of sizes, from those at `placesOfSpread`. */
export function spreadBetween(outer: number, inner: number): Spread {
  if (!(inner > 0)) return { outer, ratio: ratios.ofZeros };
  return { outer, ratio: Math.min(ratios.largest, Math.max(ratios.smallest, outer / inner)) };
}

/**
 * What sizes do not exceed unless they are gross errors: q90 (q90 / q50)^2. The step from one half to
 * nine tenths is taken twice more, so that heavy tails make room for themselves. Normal noise
 * stays within it but for one in 10^22, Laplace's but for one in 10^10. A tenth may be errors.
 */
export function tailBound({ outer, ratio }: Spread): number {
  return outer * ratio * ratio;
}
