// How far the two networks of the second paper come, and how fast.
import { checkInteger } from "../check/values.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { spectralCompress } from "../factorization/models/spectral-compress.js";
import { factorization } from "../factorization/problems/factorization.js";
import { train } from "../factorization/training/train.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";
import { gd } from "../optim/gd.js";
import * as check from "./check.js";
import { maskedProblem } from "./masked.js";
import { block, frobenius, worstOf } from "./plain.js";
import { lossesOf } from "./runs.js";
import { below, kwon, type Verdict } from "./verdict.js";

export interface RecoverySetting {
  target: Matrix;
  rank: number;
  depth: number;
  scale: number;
  learningRate: number;
  steps: number;
  seed: number;
}

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
  const read = check.setting("runRecovery", "setting", setting, {
    ...{ target: check.squareMatrix, rank: check.integer(1), depth: check.integer(2) },
    ...{ scale: check.finite, learningRate: check.finite },
    ...{ steps: check.integer(1), seed: check.seed },
  });
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
  narrow.forEach((loss, t) => {
    excess = Math.max(excess, loss / wide[t] - 1);
  });
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
    ...{ wide: losses, narrow: losses, widePassive: check.number, start: check.number },
    ...{ wideDirections: check.number, narrowDirections: check.number },
  });
}

export interface OuterRateSetting {
  target: Matrix;
  rank: number;
  observed: number;
  scale: number;
  learningRate: number;
  /** Outer rates over inner ones, ascending. */
  ratios: readonly number[];
  /** Relative to the loss of zero output. */
  tolerance: number;
  steps: number;
  seed: number;
}

/** Steps to the tolerance for each ratio; NaN where it is not reached. */
export function stepsByOuterRate(setting: OuterRateSetting): number[] {
  const read = check.setting("stepsByOuterRate", "setting", setting, {
    ...{ target: check.finiteMatrix, rank: check.integer(1), observed: check.share },
    ...{ scale: check.finite, learningRate: check.finite, ratios: check.finiteNumbers },
    ...{ tolerance: check.finite, steps: check.integer(1), seed: check.seed },
  });
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
