import { checkPositive } from "../linalg/check.js";
import { dominantSubspace } from "../linalg/dominant-subspace.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Job } from "../wasm/index.js";
import { type Density, measureDensity } from "./density.js";
import type { DeepLinearNetwork } from "./network.js";
import { type BoundProblem, observedTargetInJob, type Problem } from "./problem.js";
import { StabilityRule } from "./stability.js";

/** Rates of a run: as given, or as the stability rule has them. */
export interface Rates {
  learningRate: number;
  outerLearningRateRatio: number;
  /** S at the fitted network; undefined where there is no rule. */
  stability: number | undefined;
  /** Undefined where there is no rule. */
  density: Density | undefined;
  /** The loss at zero output, 1/2 |y|². */
  zeroLoss: number;
}

/** The part of the limit that an automatic choice uses: S = 1.5 for plain gradient descent. */
export const usedShareOfLimit = 0.75;

/**
 * The S that a fixed rate may use. Below the limit itself, for a velocity that was collected while
 * the factors grew carries them beyond the target, where the curvature is larger (measured: heavy
 * ball 0.9 fails at three quarters of its limit from scale 1e-3 and holds at a quarter).
 */
export function usableStability({ beta, limit }: { beta: number; limit: number }): number {
  return usedShareOfLimit * limit * (1 - beta);
}

/** Of the usable S this part goes to the inner factors when rate and ratio are both free. */
const innerShare = 2 / 3;

/**
 * Fills in what was not given, rate or ratio, from the stability rule, with the target's largest
 * singular value and the densities estimated from its observed part.
 */
export function chooseRates(
  model: DeepLinearNetwork,
  problem: Problem,
  bound: BoundProblem,
  job: Job,
  optimizer: Optimizer,
  ratio: number | undefined,
): Rates {
  const target = observedTargetInJob(problem, bound, job, model.dtype);
  const { zeroLoss } = target;
  const { stability } = optimizer;
  const given = optimizer.learningRate === "adaptive" ? undefined : optimizer.learningRate;
  if (!stability) {
    if (given === undefined) {
      throw new TypeError(`train: ${optimizer.name} has no learning rate: it must be given one`);
    }
    checkPositive("train", "learningRate", given);
    return {
      learningRate: given,
      outerLearningRateRatio: ratio ?? 1,
      stability: undefined,
      density: undefined,
      zeroLoss,
    };
  }
  const { dtype } = model;
  const { U, S, V } = dominantSubspace(target, { rank: 1, seed: 0, dtype });
  const density = measureDensity(bound, job, dtype, problem.density, U, V, S[0]);
  const rule = new StabilityRule(model, problem, density, S[0] > 0 ? S[0] / density.top : 1);
  const usable = usableStability(stability);
  let learningRate = given;
  let chosen = ratio;
  if (learningRate === undefined && chosen === undefined && rule.hasOuterFactors) {
    // The inner factors' part settles the rate, what is left of S the ratio.
    learningRate = (innerShare * usable) / rule.perRate(0);
  }
  chosen ??= rule.hasOuterFactors ? rule.greatestRatio(usable / (learningRate as number)) : 1;
  learningRate ??= usable / rule.perRate(chosen);
  return {
    learningRate,
    outerLearningRateRatio: chosen,
    stability: learningRate * rule.perRate(chosen),
    density: rule.density,
    zeroLoss,
  };
}
