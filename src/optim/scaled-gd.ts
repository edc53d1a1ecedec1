import { type OptionNames, readOptions } from "../check/options.js";
import { checkNonNegative } from "../check/values.js";
import type { Handle } from "../wasm/index.js";
import { bindRule, checkDecayFactor, checkLearningRate, type Optimizer } from "./optimizer.js";

export interface ScaledGdOptions {
  /** A fixed rate. Left out, every step takes the best one along its direction. */
  learningRate?: number;
  /** Share of the last direction that is kept, in [0, 1). @defaultValue 0.5 */
  beta?: number;
  /**
   * How strongly directions of the product that are small beside the residual are held back. More
   * keeps the bias towards low rank where the network is wider than the target's rank, and takes
   * longer for small singular values; 0 is plain scaled gradient descent. @defaultValue 1
   */
  damping?: number;
}

const names: OptionNames<ScaledGdOptions> = { learningRate: true, beta: true, damping: true };

/**
 * Scaled gradient descent (Tong, Ma, Chi 2021) for networks of any depth: the gradient of a factor
 * W in A W B is multiplied by the inverses of A'A and BB', so that the steps do not grow with the
 * target's condition number.
 *
 * Undamped, the path of the product does not depend on how it is split into factors: W_l M and
 * inv(M) W_(l-1) instead of W_l and W_(l-1) change nothing. The Gram matrices are damped in
 * proportion to the residual (as Zhang, Fattahi, Zhang 2023 do for two factors), which keeps what
 * makes a small initialisation find low rank: a direction waits until the larger ones are fitted.
 *
 * The step: d = inv(A'A + a I) g inv(BB' + b I), v <- beta v + d, W <- W - rate v, the rate exactly
 * minimising the loss of the product's linear change. That costs one more pass over the
 * observations, with blocks of twice the width. With a width equal to the target's rank it is at
 * its best; far wider networks take the damping to stay of low rank.
 *
 * @throws RangeError when an option is out of range, TypeError when one is unknown.
 * @example
 * ```ts
 * const target = Matrix.from([[1000, 0], [0, 1]]); // condition number 1000
 * const problem = factorization(target);
 * const model = spectralCompress(problem, { rank: 2 });
 * for (const _ of train(model, problem, { steps: 200, optimizer: scaledGd() }));
 * model.product().get(1, 1); // 1.000000
 * ```
 */
export function scaledGd(options: ScaledGdOptions = {}): Optimizer {
  const { learningRate, beta = 0.5, damping = 1 } = readOptions("scaledGd", options, names);
  checkLearningRate("scaledGd", learningRate);
  checkDecayFactor("scaledGd", "beta", beta);
  checkNonNegative("scaledGd", "damping", damping);
  return Object.freeze<Optimizer>({
    name: "scaledGd",
    learningRate,
    stability: undefined,
    scaling: { damping },
    bind(job, dtype, parameters) {
      const { axpy, scal } = job.kernels(dtype);
      const rule = bindRule(job, dtype, parameters, {
        buffers: 1,
        update: (length, rate, _, [direction], x) => axpy(length, -rate, direction, x),
      });
      const directions = rule.buffers.map(([direction]) => direction);
      function accumulate(gradients: readonly Handle[], kept: number): void {
        for (let i = 0; i < parameters.length; i++) {
          const { length, rateScale } = parameters[i];
          if (rateScale === 0) continue;
          scal(length, kept, directions[i]);
          axpy(length, 1, gradients[i], directions[i]);
        }
      }
      return {
        get stepCount() {
          return rule.stepCount;
        },
        step(gradients, rate) {
          accumulate(gradients, beta);
          rule.step(gradients, rate);
        },
        searchedStep(gradients, search) {
          accumulate(gradients, beta);
          let rate = search(directions);
          if (!(rate > 0)) {
            // The old direction leads uphill by now: without it.
            accumulate(gradients, 0);
            rate = search(directions);
          }
          rate = rate > 0 ? rate : 0;
          rule.step(gradients, rate);
          return rate;
        },
        state: rule.state,
        restore: rule.restore,
      };
    },
  });
}
