// How far the two networks of the second paper come.

import * as check from "../check/fields.js";
import { checkInteger } from "../check/values.js";
import { once } from "../claims/once.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { spectralCompress } from "../factorization/models/spectral-compress.js";
import { factorization } from "../factorization/problems/factorization.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";
import { gd } from "../optim/gd.js";
import { block, frobenius, worstOf } from "./plain.js";
import { lossesOf } from "./runs.js";
import { kwon } from "./sources.js";
import type { StandardRuns } from "./standard-runs.js";
import { finiteSquare, lowRankTarget } from "./target.js";

const recoverySetting = {
  target: finiteSquare,
  rank: check.integer(1),
  depth: check.integer(2),
  scale: check.finite,
  learningRate: check.finite,
  steps: check.integer(1),
  seed: check.seed,
};

export type RecoverySetting = check.Checked<typeof recoverySetting>;

/** The losses of the wide network and of the narrow one, step by step, and where they end. */
export interface RecoveryRuns {
  readonly wide: readonly number[];
  readonly narrow: readonly number[];
  /** 1/2 ‖.‖² of the wide product outside the target's singular vectors and their partners. */
  readonly widePassive: number;
  /** d - 2r directions that the wide network leaves, and width - r that the narrow one does. */
  readonly wideDirections: number;
  readonly narrowDirections: number;
  /** ε^L. */
  readonly start: number;
}

/** Both networks from the same scale with the same rate, on the fully observed target. */
export function runRecovery(setting: RecoverySetting): RecoveryRuns {
  const read = check.setting("runRecovery", "setting", setting, recoverySetting);
  const { target, rank, depth, scale, learningRate, steps, seed } = read;
  checkInteger("runRecovery", "setting.rank", rank, 1, Math.floor(target.rows / 2));
  const problem = factorization(target);
  const options = { steps, optimizer: gd({ learningRate }) };
  const wide = deepFactorization({
    shape: target,
    depth,
    scale,
    initialization: "haar",
    seed,
  });
  const start = wide.product();
  const narrow = spectralCompress(problem, { rank, depth, scale });
  const losses = lossesOf(wide, problem, options);
  let size = 1;
  for (let l = 0; l < depth; l++) size *= scale;
  return {
    wide: losses,
    narrow: lossesOf(narrow, problem, { ...options, outerLearningRateRatio: 1 }),
    widePassive: passiveLoss(wide.product(), start, target, rank),
    wideDirections: target.rows - 2 * rank,
    narrowDirections: narrow.widths[1] - rank,
    start: size,
  };
}

/**
 * 1/2 of the squares of P X where P projects away from col(Φ) and from the start's image of row(Φ).
 */
function passiveLoss(X: Matrix, start: Matrix, target: Matrix, rank: number): number {
  const d = target.rows;
  const { U, V } = svd(target);
  const images = matmul(start, block(V, 0, d, 0, rank));
  const spanned = Matrix.zeros(d, d);
  for (let i = 0; i < d; i++) {
    spanned.row(i).set(U.row(i).subarray(0, rank));
    spanned.row(i).set(images.row(i), rank);
  }
  const passive = block(svd(spanned).U, 0, d, 2 * rank, d);
  const norm = frobenius(matmul(passive, X, { transposeA: true }));
  return 0.5 * norm * norm;
}

/** The narrow loss is never above the wide one. */
export function narrowIsNeverBehind(runs: RecoveryRuns): Verdict {
  checkRuns("narrowIsNeverBehind", runs);
  const { wide, narrow } = runs;
  const claim = "at no step is the narrow network farther from the target than the wide one";
  const source = `${kwon}, main theorem: lower recovery error at all iterations`;
  let excess = Number.NEGATIVE_INFINITY;
  for (const [t, loss] of narrow.entries()) excess = Math.max(excess, loss / wide[t] - 1);
  return below({ claim, source }, excess, 1e-9);
}

/** The plateaus are ε^(2L)/2 for every direction that is left alone. */
export function floorsArePredicted(runs: RecoveryRuns): Verdict {
  checkRuns("floorsArePredicted", runs);
  const claim = "both plateaus are the start's energy in the directions left alone, to 5 %";
  const source = `${kwon}, floors of the recovery error (derived)`;
  const { narrow, widePassive, wideDirections, narrowDirections, start } = runs;
  const unit = 0.5 * start * start;
  const deviations = [
    widePassive / (wideDirections * unit) - 1,
    narrow[narrow.length - 1] / (narrowDirections * unit) - 1,
  ];
  return below({ claim, source }, worstOf(deviations), 0.05);
}

function checkRuns(name: string, runs: RecoveryRuns): void {
  const losses = check.list(check.number);
  check.fields(name, "runs", runs, {
    wide: losses,
    narrow: losses,
    widePassive: check.number,
    start: check.number,
    wideDirections: check.number,
    narrowDirections: check.number,
  });
}

export function claims({ seed }: StandardRuns): Claim[] {
  const runs = once(() =>
    runRecovery({
      target: lowRankTarget({ rows: 24, cols: 24, rank: 2, seed }),
      rank: 2,
      depth: 3,
      scale: 0.03,
      learningRate: 0.1,
      steps: 1500,
      seed,
    }),
  );
  return [() => narrowIsNeverBehind(runs()), () => floorsArePredicted(runs())];
}
