// Elementary functions of a number. The hosts' Math.exp, Math.log and Math.pow differ in their last
// bits; these do not, so every path to a result takes them.
import { sharedJob } from "../wasm/index.js";

/** e^x. Error below 1 ulp. */
export function exp(x: number): number {
  return sharedJob().f64.expOf(x);
}

/** Natural logarithm: -Infinity at zero, NaN below. Error below 1 ulp. */
export function log(x: number): number {
  return sharedJob().f64.logOf(x);
}

/**
 * x^exponent for x >= 0, NaN below; 0^0 = 1. By exp(exponent log x): the relative error is about
 * (1 + |exponent log x|) eps, some units in the last place for everyday numbers.
 */
export function power(x: number, exponent: number): number {
  return exponent === 0 ? 1 : exp(exponent * log(x));
}

/** e^x - 1, also where x is small (Kahan). Some units in the last place. */
export function expm1(x: number): number {
  const u = exp(x);
  if (u === 1) return x;
  if (u - 1 === -1 || u === Number.POSITIVE_INFINITY) return u - 1;
  return ((u - 1) * x) / log(u);
}
