// How fast a compressed network completes a matrix when its outer factors learn faster.
import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { spectralCompress } from "../factorization/models/spectral-compress.js";
import { train } from "../factorization/training/train.js";
import { checkFinite } from "../linalg/check.js";
import { gd } from "../optim/gd.js";
import { maskedProblem } from "./masked.js";
import { worstOf } from "./plain.js";
import { kwon } from "./sources.js";
import { rank, type StandardRuns } from "./standard-runs.js";
import { lowRankTarget } from "./target.js";

const outerRateSetting = {
  target: checkFinite,
  rank: check.integer(1),
  observed: check.share,
  scale: check.finite,
  learningRate: check.finite,
  /** Outer rates over inner ones, ascending. */
  ratios: check.finiteNumbers,
  /** Relative to the loss of zero output. */
  tolerance: check.finite,
  steps: check.integer(1),
  seed: check.seed,
};

export type OuterRateSetting = check.Checked<typeof outerRateSetting>;

/** Steps to the tolerance for each ratio; NaN where it is not reached. */
export function stepsByOuterRate(setting: OuterRateSetting): number[] {
  const read = check.setting("stepsByOuterRate", "setting", setting, outerRateSetting);
  const { target, rank, observed, scale, learningRate, ratios, tolerance, steps, seed } = read;
  const { problem, zeroLoss } = maskedProblem(target, observed, seed);
  return ratios.map((outerLearningRateRatio) => {
    const model = spectralCompress(problem, { rank, depth: 3, scale });
    const optimizer = gd({ learningRate });
    const end = tolerance * zeroLoss;
    const run = train(model, problem, { steps, optimizer, outerLearningRateRatio, tolerance: end });
    let last = { step: 0, loss: Number.NaN };
    for (const progress of run) last = progress;
    return last.loss <= end ? last.step : Number.NaN;
  });
}

/** Faster outer factors need fewer steps. */
export function outerRateSavesSteps(steps: readonly number[]): Verdict {
  check.list(check.number)("outerRateSavesSteps", "steps", steps);
  const claim = "completion takes fewer steps the faster the outer factors learn, up to tenfold";
  const source = `${kwon}, discrepant learning rates`;
  const ratios = steps.slice(1).map((count, i) => count / steps[i]);
  return below({ claim, source }, worstOf(ratios), 1);
}

export function claims({ seed }: StandardRuns): Claim[] {
  const steps = () =>
    stepsByOuterRate({
      target: lowRankTarget({ rows: 60, cols: 60, rank, seed }),
      rank,
      observed: 0.5,
      scale: 1e-2,
      learningRate: 0.03,
      ratios: [0.5, 1, 2, 5, 10],
      tolerance: 1e-8,
      steps: 20_000,
      seed,
    });
  return [() => outerRateSavesSteps(steps())];
}
