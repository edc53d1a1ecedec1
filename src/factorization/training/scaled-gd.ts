import { checkedOptions, type OptionChecks } from "../../check/options.js";
import { checkNonNegative, checkPositive } from "../../check/values.js";
import {
  type BoundOptimizer,
  bindRule,
  checkDecayFactor,
  type Optimizer,
  Parameter,
} from "../../optim/optimizer.js";
import type { Block } from "../../wasm/index.js";

/** An optimizer of gradients that were scaled by the Gram matrices of the other factors. */
export interface ScaledOptimizer extends Optimizer {
  /** How strongly the Gram matrices are damped. */
  readonly scaling: { readonly damping: number };
  /** @internal */
  bind(parameters: readonly Parameter[]): BoundScaledOptimizer;
}

/** A `scaledGd` at work. @internal */
export interface BoundScaledOptimizer extends BoundOptimizer {
  /** A step at a rate that is chosen when the directions are known; returns the rate. */
  searchedStep?(search: RateSearch): number;
}

/**
 * The rate for a step against these directions, one for each parameter, before its rate scale; not
 * above 0 where they lead uphill. Those of frozen parameters are zeros. @internal
 */
export type RateSearch = (directions: readonly Block[]) => number;

/** A factor with its scaled gradient: zeros where it is frozen. @internal */
export class ScaledParameter extends Parameter {}

/** Whether it is `scaledGd`, also under another one, such as clipNorm. @internal */
export function isScaled(optimizer: Optimizer): optimizer is ScaledOptimizer {
  return (optimizer as Partial<ScaledOptimizer>).scaling !== undefined;
}

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

const checks: OptionChecks<ScaledGdOptions> = {
  learningRate: checkPositive,
  beta: checkDecayFactor,
  damping: checkNonNegative,
};

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
export function scaledGd(options: ScaledGdOptions = {}): ScaledOptimizer {
  const { learningRate, beta = 0.5, damping = 1 } = checkedOptions("scaledGd", options, checks);
  return Object.freeze<ScaledOptimizer>({
    name: "scaledGd",
    learningRate,
    stability: undefined,
    scaling: { damping },
    bind(parameters) {
      if (!parameters.every((x) => x instanceof ScaledParameter)) {
        throw new TypeError(
          "scaledGd: the gradients are not scaled: only train and fitLowRank can use it",
        );
      }
      const rule = bindRule(parameters, {
        buffers: 1,
        update: (x, rate, [direction]) =>
          x.kernels.axpy(x.length, -rate, direction.handle, x.handle),
      });
      const directions = parameters.map((x, i) => rule.buffers[i][0] ?? x.gradient);
      function accumulate(kept: number): void {
        parameters.forEach(({ kernels, length, rateScale, gradient }, i) => {
          if (rateScale === 0) return;
          kernels.scal(length, kept, directions[i].handle);
          kernels.axpy(length, 1, gradient.handle, directions[i].handle);
        });
      }
      return {
        get stepCount() {
          return rule.stepCount;
        },
        step(rate) {
          accumulate(beta);
          rule.step(rate);
        },
        searchedStep(search) {
          accumulate(beta);
          let rate = search(directions);
          if (!(rate > 0)) {
            // The old direction leads uphill by now: without it.
            accumulate(0);
            rate = search(directions);
          }
          rate = rate > 0 ? rate : 0;
          rule.step(rate);
          return rate;
        },
        reset: rule.reset,
        state: rule.state,
        restore: rule.restore,
      };
    },
  });
}
