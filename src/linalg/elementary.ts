// Elementary functions of a few numbers. The hosts' Math.exp, Math.log and Math.pow differ in their
// last bits; these do not, so every path to a result takes them.
import { withSharedJob } from "../wasm/index.js";

/** exp of every value. Error below 1 ulp. */
export function exp(values: Float64Array): Float64Array {
  return map("exp", values);
}

/** Natural logarithm of every value: -Infinity at zero, NaN below. Error below 1 ulp. */
export function log(values: Float64Array): Float64Array {
  return map("log", values);
}

/**
 * value^exponent for values >= 0, NaN below; 0^0 = 1. By exp(exponent log value): the relative error
 * is about (1 + |exponent log value|) eps, some units in the last place for everyday values.
 */
export function power(values: Float64Array, exponent: number): Float64Array {
  if (exponent === 0) return new Float64Array(values.length).fill(1);
  return exp(log(values).map((logarithm) => exponent * logarithm));
}

function map(kernel: "exp" | "log", values: Float64Array): Float64Array {
  return withSharedJob((job) => {
    const x = job.put(values);
    job.f64[kernel](values.length, x, x);
    return job.read("f64", x, values.length);
  });
}
