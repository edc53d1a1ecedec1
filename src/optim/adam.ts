import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkNonNegative, checkPositive } from "../check/values.js";
import { adamKernels } from "../wasm/index.js";
import { bindRule, checkDecayFactor, type Optimizer } from "./optimizer.js";

export interface AdamOptions {
  /** Step size. @defaultValue 1e-3 */
  learningRate?: number;
  /** Decay of the mean gradient, in [0, 1). @defaultValue 0.9 */
  beta1?: number;
  /** Decay of the mean squared gradient, in [0, 1). @defaultValue 0.999 */
  beta2?: number;
  /** Added to the root, so that small gradients make small steps. @defaultValue 1e-8 */
  epsilon?: number;
  /** Adds weightDecay * x to the gradient. @defaultValue 0 */
  weightDecay?: number;
}

const checks: OptionChecks<AdamOptions> = {
  learningRate: checkPositive,
  beta1: checkDecayFactor,
  beta2: checkDecayFactor,
  epsilon: checkPositive,
  weightDecay: checkNonNegative,
};

/**
 * Adam (Kingma and Ba 2015), weight decay in the gradient: with d = g + weightDecay x,
 * m <- beta1 m + (1 - beta1) d, v <- beta2 v + (1 - beta2) d^2 and t = 1, 2, ...,
 * x <- x - rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon).
 *
 * @throws RangeError when an option is out of range, TypeError when one is unknown.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamRule("adam", options, false, 0);
}

/** Adam and AdamW: they differ only in where the weight decay acts, and how much there usually is. */
export function adamRule(
  name: string,
  options: AdamOptions,
  decoupled: boolean,
  usualDecay: number,
): Optimizer {
  const read = checkedOptions(name, options, checks);
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999 } = read;
  const { epsilon = 1e-8, weightDecay = usualDecay } = read;
  return Object.freeze<Optimizer>({
    name,
    learningRate,
    stability: undefined,
    bind(parameters) {
      for (const { dtype, epsilon: own = epsilon } of parameters) {
        if (dtype === "f64" || Math.fround(own) !== 0) continue;
        throw new RangeError(`${name}: epsilon is ${own}: it must not round to 0 in f32`);
      }
      // beta^t by repeated multiplication: hosts round Math.pow differently.
      const powers = new Float64Array(2);
      return bindRule(parameters, {
        buffers: 2,
        startStep(t) {
          const [first, second] = powers;
          powers[0] = t === 1 ? beta1 : first * beta1;
          powers[1] = t === 1 ? beta2 : second * beta2;
          // Both end at 0, or at the smallest number there is.
          return t === 1 || powers[0] !== first || powers[1] !== second;
        },
        update(x, rate, [mean, square]) {
          const { length, gradient, ridges, epsilon: own = epsilon } = x;
          const kernels = x.use(adamKernels);
          if (ridges) {
            // biome-ignore format: the kernel's arguments belong in groups
            kernels.adamRowsStep(
              ridges.length, length / ridges.length, rate, beta1, beta2, own,
              1 - powers[0], 1 - powers[1],
              ridges.handle, gradient.handle, mean.handle, square.handle, x.handle,
            );
            return;
          }
          // biome-ignore format: the kernel's arguments belong in groups
          kernels.adamStep(
            length, rate, beta1, beta2, own, 1 - powers[0], 1 - powers[1],
            weightDecay, decoupled ? 1 : 0, gradient.handle, mean.handle, square.handle, x.handle,
          );
        },
      });
    },
  });
}
