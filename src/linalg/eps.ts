// Machine precision, by its two names.
import type { DType } from "../wasm/index.js";

/** The largest relative error of a rounded number: half of `spacing`. */
export const roundoff: Record<DType, number> = { f32: 2 ** -24, f64: 2 ** -53 };

/** From 1 to the next number: what NumPy and the C library call epsilon. */
export const spacing: Record<DType, number> = { f32: 2 ** -23, f64: 2 ** -52 };
