// The second paper's network: narrow, started on the target's singular vectors.

import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { spectralCompress } from "../factorization/models/spectral-compress.js";
import { factorization } from "../factorization/problems/factorization.js";
import { train } from "../factorization/training/train.js";
import { checkMatrix } from "../linalg/check.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { gd } from "../optim/gd.js";
import { distance, product, times, worstOf } from "./plain.js";
import { kwon } from "./sources.js";
import { rank, type StandardRuns } from "./standard-runs.js";
import { lowRankTarget, spectrum, type TargetOptions } from "./target.js";

const spectralSetting = {
  /** `lowRankTarget` checks it. */
  target: check.anything as check.Check<TargetOptions>,
  width: check.integer(1),
  depth: check.integer(2),
  scale: check.finite,
  learningRate: check.finite,
  /** Rate of the first and the last factor over that of the others. */
  outerRatio: check.finite,
  steps: check.integer(1),
};

export type SpectralSetting = check.Checked<typeof spectralSetting>;

/** The network's factors, and the numbers that should be all there is to know about them. */
export interface SpectralRun {
  readonly factors: readonly Matrix[];
  /** The singular vectors that it started from, as columns. */
  readonly U: Matrix;
  readonly V: Matrix;
  /** d_{l,i} of the scalar recursion, W_1's first. */
  readonly diagonals: readonly (readonly number[])[];
}

export function runSpectral(setting: SpectralSetting): SpectralRun {
  const read = check.setting("runSpectral", "setting", setting, spectralSetting);
  const { width, depth, scale, learningRate, outerRatio, steps } = read;
  const problem = factorization(lowRankTarget(read.target));
  const model = spectralCompress(problem, { rank: read.target.rank, width, depth, scale });
  const start = model.factors();
  const optimizer = gd({ learningRate });
  for (const _ of train(model, problem, { steps, optimizer, outerLearningRateRatio: outerRatio }));
  const values = spectrum(read.target);
  const components = Array.from({ length: width }, (_, i) => scalarComponent(values[i] ?? 0, read));
  return {
    factors: model.factors(),
    U: times(1 / scale, start[depth - 1]),
    V: times(1 / scale, start[0]).transpose(),
    diagonals: Array.from({ length: depth }, (_, l) => components.map((d) => d[l])),
  };
}

/** d_l <- d_l - η_l (Π_{k≠l} d_k) (Π d_k - σ): one singular value, by itself. */
function scalarComponent(value: number, setting: SpectralSetting): number[] {
  const { depth, scale, learningRate, outerRatio, steps } = setting;
  let d = new Array<number>(depth).fill(scale);
  for (let t = 0; t < steps; t++) {
    const error = product(d) - value;
    d = d.map((factor, l) => {
      const ratio = l === 0 || l === depth - 1 ? outerRatio : 1;
      return factor - learningRate * ratio * product(d, l) * error;
    });
  }
  return d;
}

/** W_1 = D_1 V', W_l = D_l, W_L = U D_L with D_l diagonal, from the scalar recursion. */
export function singularVectorsStay(run: SpectralRun): Verdict {
  check.fields("singularVectorsStay", "run", run, {
    factors: check.list(checkMatrix),
    U: checkMatrix,
    V: checkMatrix,
    diagonals: check.list(check.list(check.number)),
  });
  const { factors, U, V, diagonals } = run;
  check.length(factors.length, "one per factor")("singularVectorsStay", "run.diagonals", diagonals);
  const claim = "a spectrally started network keeps its singular vectors, values follow scalars";
  const source = `${kwon}, spectral initialisation (derived)`;
  const last = factors.length - 1;
  const distances = factors.map((W, l) => {
    const D = Matrix.zeros(diagonals[l].length, diagonals[l].length);
    for (const [i, d] of diagonals[l].entries()) D.data[i * D.cols + i] = d;
    if (l === 0) return distance(W, matmul(D, V, { transposeB: true }));
    return distance(W, l === last ? matmul(U, D) : D);
  });
  return below({ claim, source }, worstOf(distances), 1e-11);
}

export function claims({ seed }: StandardRuns): Claim[] {
  const run = () =>
    runSpectral({
      target: { rows: 24, cols: 20, rank, seed },
      width: 2 * rank,
      depth: 4,
      scale: 0.1,
      learningRate: 0.05,
      outerRatio: 2,
      steps: 2000,
    });
  return [() => singularVectorsStay(run())];
}
