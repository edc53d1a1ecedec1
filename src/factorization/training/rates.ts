import { checkPositive } from "../../check/values.js";
import { dominantSubspace } from "../../linalg/dominant-subspace.js";
import type { Optimizer, Stability } from "../../optim/optimizer.js";
import type { DeepLinearNetwork } from "../models/deep-linear-network.js";
import { type Binding, observedTargetInJob, type Problem } from "../problems/problem.js";
import { type Density, measureDensity } from "./density.js";
import { isScaled } from "./scaled-gd.js";
import { StabilityRule } from "./stability.js";

/** Rates of a run: as given, or as the stability rule has them. */
export interface Rates {
  learningRate: number;
  /** Rate of each factor over `learningRate`, W_1's first. */
  ratios: readonly number[];
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
export function usableStability({ beta, limit }: Stability): number {
  return usedShareOfLimit * limit * (1 - beta);
}

/** Of the usable S this part goes to the inner factors when rate and ratio are both free. */
const innerShare = 2 / 3;

/**
 * Fills in what was not given, rate or ratio, from the stability rule, with the target's largest
 * singular value and the densities estimated from its observed part.
 *
 * @param override - one ratio for each factor, one for the outer factors, or none.
 */
export function chooseRates(
  model: DeepLinearNetwork,
  problem: Problem,
  binding: Binding,
  optimizer: Optimizer,
  override: readonly number[] | number | undefined,
): Rates {
  const target = observedTargetInJob(problem, binding, model.dtype);
  const { zeroLoss } = target;
  const { hasOuterFactors } = model.description;
  const count = model.widths.length - 1;
  /** The ratios of all factors when the outer ones have this one. */
  const ratiosAt = (ratio: number) =>
    Array.from({ length: count }, (_, l) =>
      hasOuterFactors && (l === 0 || l === count - 1) ? ratio : 1,
    );
  let ratios = typeof override === "number" ? ratiosAt(override) : override;
  const { stability } = optimizer;
  let learningRate = optimizer.learningRate === "adaptive" ? undefined : optimizer.learningRate;
  const none = { stability: undefined, density: undefined, zeroLoss };
  if (isScaled(optimizer)) {
    if (problem.robust) {
      throw new TypeError(
        `train: the optimizer is ${optimizer.name} and the problem's loss is not of squares: ` +
          "it must be another one, such as momentum()",
      );
    }
    // Frames take part in every direction that one core has a share of.
    const { exponents } = model.description;
    const cores = exponents.filter((exponent) => exponent > 0).length;
    ratios ??= ratiosAt(exponents[0] > 0 ? 1 : cores);
    return { learningRate: learningRate ?? 0, ratios, ...none };
  }
  if (!stability) {
    if (learningRate === undefined) {
      throw new TypeError(`train: ${optimizer.name} has no learning rate: it must be given one`);
    }
    checkPositive("train", "learningRate", learningRate);
    return { learningRate, ratios: ratios ?? ratiosAt(1), ...none };
  }
  const { dtype } = model;
  const top = dominantSubspace(target, { rank: 1, seed: 0, dtype });
  const { S } = top;
  const density = measureDensity(binding, problem.density, top);
  const rule = new StabilityRule(model, problem, density, S[0] > 0 ? S[0] / density.top : 1);
  const { curvature } = problem.robust ?? { curvature: 1 };
  const usable = usableStability(stability) / curvature;
  if (learningRate === undefined && ratios === undefined && hasOuterFactors) {
    // The inner factors' part settles the rate, what is left of S the ratio.
    learningRate = (innerShare * usable) / rule.perRate(ratiosAt(0));
  }
  ratios ??= ratiosAt(hasOuterFactors ? rule.greatestRatio(usable / (learningRate as number)) : 1);
  learningRate ??= usable / rule.perRate(ratios);
  return {
    learningRate,
    ratios,
    stability: learningRate * rule.perRate(ratios),
    density: {
      top: curvature * rule.density.top,
      local: curvature * rule.density.local,
    },
    zeroLoss,
  };
}
