// Adam's epsilon beside the gradients of a deep factorization that starts small: they are the
// target's times scale^2, so that an epsilon which is small for the target is not small for them.

import * as check from "../check/fields.js";
import { once } from "../claims/once.js";
import { above, below, type Claim, type Verdict } from "../claims/verdict.js";
import { compress } from "../factorization/models/compress.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { factorization } from "../factorization/problems/factorization.js";
import { train } from "../factorization/training/train.js";
import { checkMatrix } from "../linalg/check.js";
import type { Matrix } from "../linalg/matrix.js";
import { adam } from "../optim/adam.js";
import { withGradients } from "../optim/optimizer.js";
import { distance, worstOf } from "./plain.js";
import { yaras } from "./sources.js";
import { singularValues } from "./spectra.js";
import { rank, type StandardRuns, size } from "./standard-runs.js";
import { finiteSquare, lowRankTarget } from "./target.js";

const stallSetting = {
  target: finiteSquare,
  rank: check.integer(1),
  /** Of each of the three cores at the start. */
  scale: check.positive,
  learningRate: check.positive,
  /** Adam's; or, `"scaled"`, a millionth of the largest singular value of a core's first gradient. */
  epsilon: ((name, what, value) => {
    if (value !== "scaled") check.positive(name, what, value);
  }) as check.Check<number | "scaled">,
  /** The loss is multiplied by each of them in turn. */
  lossScales: check.all<readonly number[]>(check.some, check.list(check.positive)),
  steps: check.integer(1),
  seed: check.seed,
};

export type StallSetting = check.Checked<typeof stallSetting>;

/** What became of the cores of one run. */
export interface CorePath {
  readonly start: readonly Matrix[];
  readonly end: readonly Matrix[];
  /** How far Adam lets an entry go: the rate times the steps. */
  readonly reach: number;
}

/** Trains the compressed network by Adam, once for each scale of the loss. */
export function runStall(setting: StallSetting): CorePath[] {
  const read = check.setting("runStall", "setting", setting, stallSetting);
  const { target, rank, scale, learningRate, epsilon, lossScales, steps, seed } = read;
  const problem = factorization(target);
  const largest = singularValues(target)[0];
  return lossScales.map((factor) => {
    const wide = deepFactorization({ shape: target, depth: 3, scale, seed });
    const model = compress(wide, problem, { rank });
    const cores = () => model.factors().slice(1, -1);
    const start = cores();
    const own = epsilon === "scaled" ? 1e-6 * factor * largest * scale * scale : epsilon;
    const plain = adam({ learningRate, epsilon: own });
    // As if the loss, and with it every gradient, were multiplied.
    const optimizer = withGradients("adam", plain, (parameters) => () => {
      for (const { kernels, length, gradient } of parameters) {
        kernels.scal(length, factor, gradient.handle);
      }
    });
    for (const _ of train(model, problem, { steps, optimizer, outerLearningRateRatio: 0 }));
    return { start, end: cores(), reach: learningRate * steps };
  });
}

const source = `derived from Adam's update and ${yaras}, small initialization`;

/** Of each core the entry that moved the furthest, over how far Adam lets it go. */
function shares(name: string, paths: readonly CorePath[]): number[] {
  checkPaths(name, paths);
  return paths.flatMap(({ start, end, reach }) =>
    start.map((core, l) => distance(core, end[l]) / reach),
  );
}

/** With an epsilon of common size no core gets away from its start. */
export function fixedEpsilonStalls(paths: readonly CorePath[]): Verdict {
  const claim = "under Adam with epsilon 1e-6 the cores of a small start hardly move";
  return below({ claim, source }, worstOf(shares("fixedEpsilonStalls", paths)), 0.05);
}

/** With one that is scaled to the first gradient every core does. */
export function scaledEpsilonMoves(paths: readonly CorePath[]): Verdict {
  const claim = "with epsilon scaled to their first gradient they move as far as Adam lets them";
  const moved = shares("scaledEpsilonMoves", paths);
  return above({ claim, source }, moved.length === 0 ? Number.NaN : Math.min(...moved), 0.5);
}

/** And the same way, whatever the loss is multiplied by. */
export function scaledEpsilonIgnoresLossScale(paths: readonly CorePath[]): Verdict {
  const name = "scaledEpsilonIgnoresLossScale";
  checkPaths(name, paths);
  const claim = "with epsilon scaled to their first gradient the scale of the loss does not matter";
  const [first, ...others] = paths;
  const gaps = others.flatMap(({ end, reach }) =>
    end.map((core, l) => distance(core, first.end[l]) / reach),
  );
  return below({ claim, source }, worstOf(gaps), 1e-9);
}

function checkPaths(name: string, paths: readonly CorePath[]): void {
  const matrices = check.list(checkMatrix);
  const path = { start: matrices, end: matrices, reach: check.number } as const;
  check.list(check.record<CorePath>(path))(name, "paths", paths);
  paths.forEach(({ start, end }, i) => {
    check.length(start.length, "one per core")(name, `paths[${i}].end`, end);
  });
}

export function claims({ seed }: StandardRuns): Claim[] {
  const common = {
    target: lowRankTarget({ rows: size, cols: size, rank, seed, norm: 1 }),
    ...{ rank, scale: 1e-3, learningRate: 1e-3, steps: 50, seed },
  };
  const scaled = once(() =>
    runStall({ ...common, epsilon: "scaled", lossScales: [1e-3, 1, 1e3, 1e-2] }),
  );
  return [
    () => fixedEpsilonStalls(runStall({ ...common, epsilon: 1e-6, lossScales: [1e-3, 1e-2] })),
    () => scaledEpsilonMoves(scaled()),
    () => scaledEpsilonIgnoresLossScale(scaled()),
  ];
}
