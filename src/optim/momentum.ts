import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkBoolean, checkNonNegative } from "../check/values.js";
import { descentKernels } from "../wasm/index.js";
import {
  bindRule,
  checkDecayFactor,
  checkLearningRate,
  type LearningRate,
  type Optimizer,
} from "./optimizer.js";

export interface MomentumOptions {
  /** Left out, the trainer chooses a fixed stable one. */
  learningRate?: LearningRate;
  /** Share of the velocity that is kept, in [0, 1). @defaultValue 0.9 */
  beta?: number;
  /** Nesterov's look-ahead instead of the heavy ball. @defaultValue false */
  nesterov?: boolean;
  /** Adds weightDecay * x to the gradient. @defaultValue 0 */
  weightDecay?: number;
}

const checks: OptionChecks<MomentumOptions> = {
  learningRate: checkLearningRate,
  beta: checkDecayFactor,
  nesterov: checkBoolean,
  weightDecay: checkNonNegative,
};

/**
 * Gradient descent with momentum. With d = g + weightDecay x and v <- beta v + d, from v = 0:
 * heavy ball (Polyak 1964) x <- x - rate v; Nesterov x <- x - rate (d + beta v), where x stands
 * for the look-ahead point (Sutskever, Martens, Dahl, Hinton 2013; PyTorch's form).
 *
 * The limit of stable rates is 2 (1 + beta) / curvature for the heavy ball.
 *
 * @throws RangeError when an option is out of range, TypeError when nesterov is not a boolean or an
 * option is unknown.
 */
export function momentum(options: MomentumOptions = {}): Optimizer {
  const read = checkedOptions("momentum", options, checks);
  const { learningRate, beta = 0.9, nesterov = false, weightDecay = 0 } = read;
  return Object.freeze<Optimizer>({
    name: "momentum",
    learningRate,
    stability: {
      beta,
      limit: nesterov ? (2 * (1 + beta)) / (1 + 2 * beta) : 2 * (1 + beta),
    },
    bind: (parameters) =>
      bindRule(parameters, {
        buffers: 1,
        update(x, rate, [velocity]) {
          // biome-ignore format: the kernel's arguments belong in groups
          x.use(descentKernels).momentumStep(
            x.length, rate, beta, nesterov ? 1 : 0, weightDecay,
            x.gradient.handle, velocity.handle, x.handle,
          );
        },
      }),
  });
}
