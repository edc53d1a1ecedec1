import { type AdamOptions, adamRule } from "./adam.js";
import type { Optimizer } from "./optimizer.js";

export interface AdamwOptions extends AdamOptions {
  /** Multiplies x by 1 - rate * weightDecay before each step. @defaultValue 0.01 */
  weightDecay?: number;
}

/**
 * AdamW (Loshchilov and Hutter 2019): Adam on the plain gradient, and decoupled from it
 * x <- (1 - rate weightDecay) x, so the decay is not divided by the gradient's size.
 *
 * @throws RangeError when an option is out of range, TypeError when one is unknown.
 */
export function adamw(options: AdamwOptions = {}): Optimizer {
  return adamRule("adamw", options, true, 0.01);
}
