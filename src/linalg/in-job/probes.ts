// Errors measured along random directions. For a matrix R and a normal vector ω the mean of ||R ω||²
// is ||R||² in the Frobenius norm (Girard 1989), so an approximation is judged by the products of
// its error with a few such probes that it has not been made from (Tropp and others 2019, 6.1).
//
// The mean over q probes falls below x ||R||², x < 1, with probability at most (x e^(1 - x))^(q/2):
// the bound of a chi-square variable of q degrees, attained by R of rank one, which is the worst.

/** Directions taken. */
export const probeCount = 16;
/**
 * A bound of ||R||² that holds with probability 0.993, from the sum of ||R ω||² over the probes:
 * four times their mean, for (e^(3/4) / 4)^8 = 0.0062. The bound of ||R|| is twice too large.
 */
export function energyBound(sum: number): number {
  return (4 * sum) / probeCount;
}
