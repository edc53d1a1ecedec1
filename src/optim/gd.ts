import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkNonNegative } from "../check/values.js";
import { descentKernels } from "../wasm/index.js";
import { bindRule, checkLearningRate, type LearningRate, type Optimizer } from "./optimizer.js";

export interface GdOptions {
  /** Left out, the trainer chooses a fixed stable one. */
  learningRate?: LearningRate;
  /** Adds weightDecay * x to the gradient. @defaultValue 0 */
  weightDecay?: number;
}

const checks: OptionChecks<GdOptions> = {
  learningRate: checkLearningRate,
  weightDecay: checkNonNegative,
};

/**
 * Gradient descent: x <- x - rate (g + weightDecay x).
 *
 * @throws RangeError when an option is out of range, TypeError when one is unknown.
 * @example
 * ```ts
 * gd({ learningRate: 0.01 }).name; // "gd"
 * ```
 */
export function gd(options: GdOptions = {}): Optimizer {
  const { learningRate, weightDecay = 0 } = checkedOptions("gd", options, checks);
  return Object.freeze<Optimizer>({
    name: "gd",
    learningRate,
    stability: { beta: 0, limit: 2 },
    bind: (parameters) =>
      bindRule(parameters, {
        buffers: 0,
        update: (x, rate) =>
          x.use(descentKernels).gdStep(x.length, rate, weightDecay, x.gradient.handle, x.handle),
      }),
  });
}
