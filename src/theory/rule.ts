import * as check from "../check/fields.js";
import type { TrainOptions } from "../factorization/training/train.js";
import { clipNorm } from "../optim/clip-norm.js";
import { gd } from "../optim/gd.js";
import { momentum } from "../optim/momentum.js";
import type { Optimizer } from "../optim/optimizer.js";

/**
 * An update that the papers' theorem covers: it commutes with rotations. Everything but the rate
 * may be left out; with nothing else it is plain gradient descent.
 */
export interface Rule {
  readonly learningRate: number;
  /** Rate of each factor over `learningRate`, W_1's first. */
  readonly ratios?: readonly number[];
  /** Share of the velocity that is kept. */
  readonly beta?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  /** Clips the gradients of all factors together to this norm. */
  readonly maxNorm?: number;
}

/** Not every rule reaches an optimizer, which would check it. */
export const checkRule: check.Check<Rule> = (name, what, value) => {
  check.setting<Rule>(name, what, value, {
    learningRate: check.finite,
    ratios: check.optional(check.finiteNumbers),
    beta: check.optional(check.finite),
    nesterov: check.optional(check.boolean),
    weightDecay: check.optional(check.finite),
    maxNorm: check.optional(check.finite),
  });
};

/** The package's own optimizer for the rule. */
export function optimizerOf(rule: Rule): Optimizer {
  const { learningRate, beta, nesterov = false, weightDecay = 0, maxNorm } = rule;
  const optimizer =
    beta === undefined
      ? gd({ learningRate, weightDecay })
      : momentum({ learningRate, beta, nesterov, weightDecay });
  return maxNorm === undefined ? optimizer : clipNorm(optimizer, maxNorm);
}

/** What `train` is to be told of the rule. */
export function trainingOf(rule: Rule): Pick<TrainOptions, "optimizer" | "learningRateRatios"> {
  const { ratios } = rule;
  return { optimizer: optimizerOf(rule), ...(ratios && { learningRateRatios: ratios }) };
}

/** "heavy ball, weight decay": for the sentence of a claim. */
export function describeRule({ ratios, beta, nesterov, weightDecay, maxNorm }: Rule): string {
  const parts = [
    beta === undefined ? "gradient descent" : nesterov ? "Nesterov momentum" : "heavy ball",
  ];
  if (weightDecay) parts.push("weight decay");
  if (ratios) parts.push("a rate for each factor");
  if (maxNorm !== undefined) parts.push("clipped gradients");
  return parts.join(", ");
}
