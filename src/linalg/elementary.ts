// Elementary functions of a number. The hosts' Math.exp, Math.log and Math.pow differ in their last
// bits; these do not, so every path to a result takes them.
import { elementaryKernels, sharedJob } from "../wasm/index.js";

/** e^x. Error below 1 ulp. */
export function exp(x: number): number {
  return sharedJob().use(elementaryKernels).f64.expOf(x);
}

/** Natural logarithm: -Infinity at zero, NaN below. Error below 1 ulp. */
export function log(x: number): number {
  return sharedJob().use(elementaryKernels).f64.logOf(x);
}

/**
 * x^exponent for x >= 0, NaN below; 0^0 = 1. By exp(exponent log x): the relative error is about
 * (1 + |exponent log x|) eps, some units in the last place for everyday numbers.
 */
export function power(x: number, exponent: number): number {
  return exponent === 0 ? 1 : exp(exponent * log(x));
}

/** x²; the `**` of engines differs in its last bits. */
export function square(x: number): number {
  return x * x;
}

/** e^x - 1, also where x is small (Kahan). Some units in the last place. */
export function expm1(x: number): number {
  const u = exp(x);
  if (u === 1) return x;
  if (u - 1 === -1 || u === Number.POSITIVE_INFINITY) return u - 1;
  return ((u - 1) * x) / log(u);
}

/** cos x for 0 <= x <= pi, by its series, where a kernel would weigh a KiB; the error is below 1e-15. */
export function cos(x: number): number {
  let sum = 1;
  for (let n = 36; n > 0; n -= 2) sum = 1 - ((x * x) / (n * (n - 1))) * sum;
  return sum;
}

/**
 * The angle of (cosine, sine) for sine >= 0, in [0, π]: halved five times, which takes square roots
 * only, then the series of the arctangent.
 */
export function angle(cosine: number, sine: number): number {
  let [c, s] = [cosine, sine];
  for (let half = 0; half < 5; half++) {
    // The larger of the two is the one that loses no digits.
    if (c >= 0) {
      const next = Math.sqrt((1 + c) / 2);
      s /= 2 * next;
      c = next;
    } else {
      const next = Math.sqrt((1 - c) / 2);
      c = s / (2 * next);
      s = next;
    }
  }
  const t = s / c;
  let sum = 0;
  for (let power = 21; power >= 1; power -= 2) {
    sum = 1 / power - t * t * sum;
  }
  return 32 * t * sum;
}
