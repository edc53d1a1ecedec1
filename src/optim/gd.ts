import { checkNonNegative, checkPositive } from "./check.js";
import { bindRule, type Optimizer } from "./optimizer.js";

export interface GdOptions {
  /** Step size, for the loss as a sum over entries. Left out, the trainer chooses a stable one. */
  learningRate?: number;
  /** Adds weightDecay * x to the gradient. @defaultValue 0 */
  weightDecay?: number;
}

/**
 * Gradient descent: x <- x - rate (g + weightDecay x).
 *
 * @throws RangeError when an option is out of range.
 * @example
 * ```ts
 * gd({ learningRate: 0.01 }).name; // "gd"
 * ```
 */
export function gd({ learningRate, weightDecay = 0 }: GdOptions = {}): Optimizer {
  if (learningRate !== undefined) checkPositive("gd", "learningRate", learningRate);
  checkNonNegative("gd", "weightDecay", weightDecay);
  return Object.freeze<Optimizer>({
    name: "gd",
    learningRate,
    bind(job, dtype, parameters) {
      const { gdStep } = job.kernels(dtype);
      return bindRule(job, dtype, parameters, {
        buffers: 0,
        update: (length, rate, gradient, _, x) => gdStep(length, rate, weightDecay, gradient, x),
      });
    },
  });
}
