import * as check from "../check/fields.js";
import { checkInteger } from "../check/values.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { factorization } from "../factorization/problems/factorization.js";
import { train } from "../factorization/training/train.js";
import { checkFinite } from "../linalg/check.js";
import { matmul } from "../linalg/matmul.js";
import { gd } from "../optim/gd.js";
import { combine, largest, worstOf } from "./plain.js";
import type { StandardRuns } from "./standard-runs.js";
import { lowRankTarget } from "./target.js";

const balanceSetting = {
  target: checkFinite,
  /** One for all three factors: the differences below are zero at the start. */
  scale: check.finite,
  /** Learning rate times steps. */
  time: check.finite,
  seed: check.seed,
  learningRates: check.finiteNumbers,
};

export type BalanceSetting = check.Checked<typeof balanceSetting>;

/** max |W_{l+1}'W_{l+1} - W_l W_l'| after the same time, for each learning rate. */
export function balanceDrifts(setting: BalanceSetting): number[] {
  const read = check.setting("balanceDrifts", "setting", setting, balanceSetting);
  const { target, scale, time, learningRates, seed } = read;
  return learningRates.map((learningRate) => {
    const steps = Math.round(time / learningRate);
    checkInteger("balanceDrifts", "time / learningRate", steps, 0, 2 ** 31 - 1);
    const model = deepFactorization({ shape: target, depth: 3, scale, seed });
    const run = train(model, factorization(target), { steps, optimizer: gd({ learningRate }) });
    for (const _ of run);
    const factors = model.factors();
    const drifts = factors.slice(1).map((W, l) => {
      const below = matmul(factors[l], factors[l], { transposeB: true });
      const above = matmul(W, W, { transposeA: true });
      return largest(combine(above, below, (a, b) => a - b).data);
    });
    return largest(drifts);
  });
}

/**
 * Gradient flow keeps the factors balanced; descent drifts off in proportion to its rate.
 *
 * @param drifts - at learning rates that halve from one to the next.
 */
export function driftFollowsRate(drifts: readonly number[]): Verdict {
  check.list(check.number)("driftFollowsRate", "drifts", drifts);
  const claim = "factors lose their balance in proportion to the learning rate: ratio 2 for half";
  const source = "gradient flow's invariant (Arora et al. 2018), at finite steps";
  const deviations = drifts.slice(1).map((drift, i) => drifts[i] / drift - 2);
  return below({ claim, source }, worstOf(deviations), 0.3);
}

export function claims({ seed }: StandardRuns): Claim[] {
  const drifts = () =>
    balanceDrifts({
      target: lowRankTarget({ rows: 16, cols: 16, rank: 2, seed }),
      scale: 0.1,
      time: 20,
      learningRates: [0.02, 0.01, 0.005],
      seed,
    });
  return [() => driftFollowsRate(drifts())];
}
