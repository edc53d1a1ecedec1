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
