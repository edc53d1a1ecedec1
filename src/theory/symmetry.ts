import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { factorization } from "../factorization/problems/factorization.js";
import { checkFinite, checkMatrix } from "../linalg/check.js";
import { matmul } from "../linalg/matmul.js";
import type { Matrix } from "../linalg/matrix.js";
import { passiveScalars } from "./passive.js";
import { combine, distance, largest, times, worstOf } from "./plain.js";
import { checkRule, type Rule, trainingOf } from "./rule.js";
import { trainFrom } from "./runs.js";
import { yaras } from "./sources.js";
import { descent, type StandardRuns, scales } from "./standard-runs.js";
import { randomFrame } from "./target.js";

const symmetrySetting = {
  target: checkFinite,
  scales: check.finiteNumbers,
  rule: checkRule,
  steps: check.integer(1),
  seed: check.seed,
};

export type SymmetrySetting = check.Checked<typeof symmetrySetting>;

function readSetting(name: string, setting: SymmetrySetting): SymmetrySetting {
  return check.setting(name, "setting", setting, symmetrySetting);
}

/** A run, and the run of the rotated problem from rotated factors. */
export interface RotatedRuns {
  readonly run: readonly Matrix[];
  readonly rotated: readonly Matrix[];
  /** The rotations of the input and of the output. */
  readonly input: Matrix;
  readonly output: Matrix;
}

/** Trains on Φ from W_l(0), and on Q_y Φ Q_x' from W_1(0) Q_x', .., Q_y W_L(0). */
export function runRotated(setting: SymmetrySetting): RotatedRuns {
  const { target, scales, rule, steps, seed } = readSetting("runRotated", setting);
  const options = { steps, ...trainingOf(rule) };
  const model = () =>
    deepFactorization({ shape: target, depth: scales.length, scale: scales, seed });
  const input = randomFrame(target.cols, target.cols, seed + 1);
  const output = randomFrame(target.rows, target.rows, seed + 2);
  const initial = model().factors();
  const turned = factorization(turn([target], input, output)[0]);
  return {
    run: trainFrom(initial, model(), factorization(target), options),
    rotated: trainFrom(turn(initial, input, output), model(), turned, options),
    input,
    output,
  };
}

/** The rotated run is the run, rotated: so nothing depends on the basis. */
export function runIsEquivariant(runs: RotatedRuns): Verdict {
  const factors = check.list(checkMatrix);
  check.fields("runIsEquivariant", "runs", runs, {
    run: factors,
    rotated: factors,
    input: checkMatrix,
    output: checkMatrix,
  });
  const { run, rotated, input, output } = runs;
  check.some("runIsEquivariant", "runs.run", run);
  check.length(run.length, "one per factor")("runIsEquivariant", "runs.rotated", rotated);
  const claim = "a rotated problem has the rotated run: the dynamics know no coordinates";
  const source = `${yaras}, symmetry behind the theorem`;
  const expected = turn(run, input, output);
  const distances = rotated.map((W, l) => distance(W, expected[l]));
  return below({ claim, source }, worstOf(distances), 1e-11);
}

/** The first factor times Q_x', and Q_y times the last. */
function turn(factors: readonly Matrix[], input: Matrix, output: Matrix): Matrix[] {
  const result = [...factors];
  result[0] = matmul(result[0], input, { transposeB: true });
  result[result.length - 1] = matmul(output, result[result.length - 1]);
  return result;
}

/** A run on a target of zeros, and what its factors must be multiples of the start by. */
export interface ZeroTargetRun {
  readonly initial: readonly Matrix[];
  readonly factors: readonly Matrix[];
  readonly scales: readonly number[];
  readonly passive: readonly number[];
}

/** Trains on zeros: every direction is passive. */
export function runOnZeros(setting: SymmetrySetting): ZeroTargetRun {
  const { target, scales, rule, steps, seed } = readSetting("runOnZeros", setting);
  const model = deepFactorization({ shape: target, depth: scales.length, scale: scales, seed });
  const initial = model.factors();
  const problem = factorization(times(0, target));
  const options = { steps, ...trainingOf(rule) };
  const factors = trainFrom(initial, model, problem, options);
  return { initial, factors, scales, passive: passiveScalars(scales, rule, steps)[steps] };
}

/** W_l(t) = (ρ_l(t) / ε_l) W_l(0). */
export function zeroTargetOnlyShrinks(run: ZeroTargetRun): Verdict {
  const [factor, scalar] = [check.list(checkMatrix), check.list(check.number)];
  check.fields("zeroTargetOnlyShrinks", "run", run, {
    initial: factor,
    factors: factor,
    scales: scalar,
    passive: scalar,
  });
  const claim = "with nothing to fit every factor only shrinks: W(t) = (ρ(t) / ε) W(0)";
  const source = `${yaras}, block form at rank 0`;
  const { initial, factors, scales, passive } = run;
  const length = check.length(factors.length, "one per factor");
  for (const [what, values] of Object.entries({ initial, scales, passive })) {
    length("zeroTargetOnlyShrinks", `run.${what}`, values);
  }
  const distances = factors.map((W, l) => {
    const kept = passive[l] / scales[l];
    return largest(combine(W, initial[l], (w, w0) => w - kept * w0).data);
  });
  return below({ claim, source }, worstOf(distances), 1e-13);
}

export function claims({ seed, target }: StandardRuns): Claim[] {
  const setting = (rule: Rule) => ({ target: target(), scales, rule, steps: 500, seed });
  return [
    () => zeroTargetOnlyShrinks(runOnZeros(setting({ ...descent, weightDecay: 1e-2 }))),
    () => runIsEquivariant(runRotated(setting({ learningRate: 0.02, beta: 0.9 }))),
  ];
}
