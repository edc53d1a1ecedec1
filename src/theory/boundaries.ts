// Where the theorem stops: the structure must break visibly.

import * as check from "../check/fields.js";
import { checkInteger } from "../check/values.js";
import { once } from "../claims/once.js";
import { above, below, type Claim, type Verdict } from "../claims/verdict.js";
import { compress } from "../factorization/models/compress.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { factorization } from "../factorization/problems/factorization.js";
import { train } from "../factorization/training/train.js";
import { checkFinite, checkMatrix } from "../linalg/check.js";
import { Matrix } from "../linalg/matrix.js";
import { adam } from "../optim/adam.js";
import { offDiagonal } from "./blocks.js";
import { gap } from "./end-to-end.js";
import { maskedProblem } from "./masked.js";
import { checkObservation, type Observation } from "./observation.js";
import { combine, frobenius, times } from "./plain.js";
import { checkRule, optimizerOf } from "./rule.js";
import { trainFrom } from "./runs.js";
import { yaras } from "./sources.js";
import { singularValues } from "./spectra.js";
import { descent, rank, type StandardRuns, size } from "./standard-runs.js";
import { finiteSquare, lowRankTarget } from "./target.js";

/** Adam scales single coordinates, so it does not commute with rotations. */
export function adamBreaksBlocks(observation: Observation): Verdict {
  checkObservation("adamBreaksBlocks", observation);
  const claim = "under Adam the blocks do not stay apart: the structure breaks";
  const source = `${yaras}, where the theorem stops: updates by coordinate`;
  return above({ claim, source }, offDiagonal(observation), 1e-3);
}

/** With a rank below the target's the compression must miss something of the target's size. */
export function smallRankFails(observation: Observation): Verdict {
  checkObservation("smallRankFails", observation);
  const claim = "told a rank below the target's, the compressed run misses part of it";
  const source = `${yaras}, where the theorem stops: r_hat < r`;
  const last = observation.samples.at(-1);
  return above({ claim, source }, last ? gap(last) : Number.NaN, 1);
}

/** What a run did to its first factor. */
export interface FactorChange {
  readonly start: Matrix;
  readonly end: Matrix;
  /** 2r. */
  readonly active: number;
}

const gaussianSetting = {
  target: finiteSquare,
  rank: check.integer(0),
  scale: check.finite,
  rule: checkRule,
  steps: check.integer(1),
  seed: check.seed,
};

export type GaussianSetting = check.Checked<typeof gaussianSetting>;

/** Trains from Gaussian factors of an orthogonal one's Frobenius norm. */
export function runFromGaussian(setting: GaussianSetting): FactorChange {
  const read = check.setting("runFromGaussian", "setting", setting, gaussianSetting);
  const { target, rank, scale, rule, steps, seed } = read;
  const d = target.rows;
  const model = deepFactorization({ shape: target, depth: 3, scale, seed });
  const deviation = scale / Math.sqrt(d);
  const initial = [0, 1, 2].map((l) =>
    times(deviation, Matrix.randomNormal(d, d, { seed: 3 * seed + l })),
  );
  const options = { steps, optimizer: optimizerOf(rule) };
  const factors = trainFrom(initial, model, factorization(target), options);
  return { start: initial[0], end: factors[0], active: 2 * rank };
}

/** From orthogonal factors d - 2r singular values of W(t) - W(0) are all ε - ρ: a flat stretch. */
export function gaussianBreaksSpectrum(change: FactorChange): Verdict {
  check.fields("gaussianBreaksSpectrum", "change", change, {
    start: checkMatrix,
    end: checkMatrix,
    active: check.integer(0),
  });
  const { start, end, active } = change;
  checkInteger(
    "gaussianBreaksSpectrum",
    "change.active",
    active,
    0,
    Math.min(end.rows, end.cols) - 1,
  );
  const claim = "from Gaussian factors the passive directions move apart: the structure breaks";
  const source = `${yaras}, where the theorem stops: initial factors that are not orthogonal`;
  const S = singularValues(combine(end, start, (w, w0) => w - w0));
  const stretch = S.length - active;
  const spreads = Array.from({ length: active + 1 }, (_, i) => {
    return (S[i] - S[i + stretch - 1]) / S[i];
  });
  return above({ claim, source }, Math.min(...spreads), 0.1);
}

/** Compressed runs on a masked target: what they are wrong by on the entries not seen. */
export interface MaskedRuns {
  /** Relative error with frozen outer factors. */
  readonly frozen: number;
  /** With outer factors that train too, slowly. */
  readonly trained: number;
}

const maskedSetting = {
  target: checkFinite,
  rank: check.integer(1),
  /** Share of the entries that is observed. */
  observed: check.share,
  scale: check.finite,
  steps: check.integer(1),
  seed: check.seed,
};

export type MaskedSetting = check.Checked<typeof maskedSetting>;

/** Trains the compressed network on a random part of the target's entries, twice. */
export function runMasked(setting: MaskedSetting): MaskedRuns {
  const read = check.setting("runMasked", "setting", setting, maskedSetting);
  const { target, rank, observed, scale, steps, seed } = read;
  const { problem, hidden } = maskedProblem(target, observed, seed);
  const error = (ratio?: number) => {
    const wide = deepFactorization({ shape: target, depth: 3, scale, seed });
    const model = compress(wide, problem, { rank });
    const options = ratio === undefined ? {} : { outerLearningRateRatio: ratio };
    for (const _ of train(model, problem, { steps, tolerance: 1e-14, ...options }));
    const missed = combine(model.product(), target, (x, phi) => x - phi);
    return frobenius(hidden(missed)) / frobenius(hidden(target));
  };
  return { frozen: error(0), trained: error() };
}

/** The first gradient of a masked target spans another subspace: frozen there, a run plateaus. */
export function maskedFrozenFails(runs: MaskedRuns): Verdict {
  check.fields("maskedFrozenFails", "runs", runs, { frozen: check.number });
  const claim = "masked, with frozen outer factors: the compressed run stops short of the target";
  const source = `${yaras}, where the theorem stops: masked losses`;
  return above({ claim, source }, runs.frozen, 1e-3);
}

/** Outer factors that train slowly bring it there. */
export function maskedTrainedRecovers(runs: MaskedRuns): Verdict {
  check.fields("maskedTrainedRecovers", "runs", runs, { trained: check.number });
  const claim = "masked, with outer factors that train slowly: unseen entries are recovered";
  const source = `${yaras}, discrepant learning rates`;
  return below({ claim, source }, runs.trained, 1e-4);
}

export function claims({ seed, target, square }: StandardRuns): Claim[] {
  const masked = once(() =>
    runMasked({
      target: lowRankTarget({ rows: 40, cols: 40, rank: 2, seed }),
      rank: 2,
      observed: 0.5,
      scale: 1e-2,
      steps: 3000,
      seed,
    }),
  );
  const wide = () => lowRankTarget({ rows: size, cols: size, rank, seed, norm: 10 });
  const slow = { rule: { learningRate: 0.01 } };
  const gaussian = { rank, scale: 0.3, rule: descent, steps: 500, seed };
  return [
    () => maskedTrainedRecovers(masked()),
    () => maskedFrozenFails(masked()),
    () => smallRankFails(square({ target: wide(), rank: 2, ...slow })),
    () => adamBreaksBlocks(square({ optimizer: adam({ learningRate: 1e-2 }), steps: 300 })),
    () => gaussianBreaksSpectrum(runFromGaussian({ target: target(), ...gaussian })),
  ];
}
