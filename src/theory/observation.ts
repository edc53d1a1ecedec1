import * as check from "../check/fields.js";
import { checkDType } from "../check/values.js";
import { compress } from "../factorization/models/compress.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import type { DeepLinearNetwork } from "../factorization/models/deep-linear-network.js";
import { factorization } from "../factorization/problems/factorization.js";
import { train } from "../factorization/training/train.js";
import { checkMatrix } from "../linalg/check.js";
import { power } from "../linalg/elementary.js";
import { matmul } from "../linalg/matmul.js";
import type { Matrix } from "../linalg/matrix.js";
import { norm } from "../linalg/norm.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { DType } from "../wasm/index.js";
import { type Frames, transportFrames } from "./frames.js";
import { inDouble } from "./plain.js";
import { type ReducedState, reducedRun } from "./reduced.js";
import { checkRule, optimizerOf, type Rule } from "./rule.js";
import { finiteSquare } from "./target.js";

/** A wide square run and its compression. */
export interface Setting {
  /** The square matrix to factorize. */
  target: Matrix;
  /** The rank that the compression is given; at most half the size. */
  rank: number;
  /** Initial scale of each factor, W_1's first; as many as the network is deep. */
  scales: readonly number[];
  rule: Rule;
  steps: number;
  /** Seed of the wide network's factors. */
  seed: number;
  /** @defaultValue "haar" */
  initialization?: "haar" | "signed-permutation";
  /** Type that the package's runs compute in; the frames and the reduced run stay f64. */
  dtype?: DType;
  /** Trains instead of the rule's own optimizer: to see what breaks. */
  optimizer?: Optimizer;
}

/** One moment of the runs side by side, all in f64. */
export interface Sample {
  readonly step: number;
  /** Of the wide run, d x d. */
  readonly factors: readonly Matrix[];
  /** Of the compressed run: V', the cores, U. */
  readonly compressed: readonly Matrix[];
  /** What the theorem says. */
  readonly reduced: ReducedState;
}

/** What the checkers of the block structure look at: runs, and the bases to look from. */
export interface Observation {
  readonly target: Matrix;
  readonly scales: readonly number[];
  readonly dtype: DType;
  /** The wide factors before the first step. */
  readonly initial: readonly Matrix[];
  readonly frames: Frames;
  readonly samples: readonly Sample[];
  /** max(1, |Φ|^(1/L)): the size of a fitted factor, which rounding errors are relative to. */
  readonly unit: number;
}

/** Moments at which the runs are compared. */
const moments = 8;

/**
 * Runs the wide network, its compression with frozen outer factors (both by the package, as any
 * user would) and the reduced system of the theorem, and keeps what they are at some steps.
 */
export function observe(setting: Setting): Observation {
  const read = check.setting("observe", "setting", setting, {
    target: finiteSquare,
    rank: check.integer(1),
    scales: check.finiteNumbers,
    rule: checkRule,
    steps: check.integer(1),
    seed: check.seed,
    // The package's own functions check these.
    initialization: check.anything,
    dtype: check.anything,
    optimizer: check.anything,
  });
  const { target, rank, scales, rule, steps, seed, dtype = "f64" } = read;
  const { initialization = "haar", optimizer = optimizerOf(rule) } = read;
  const depth = scales.length;
  const problem = factorization(target);
  const wideOptions = { shape: target, depth, scale: scales, initialization, seed };
  const wide = deepFactorization({ ...wideOptions, dtype });
  const narrow = compress(wide, problem, { rank });

  const oracle = deepFactorization(wideOptions);
  const initial = oracle.factors();
  const outer = compress(oracle, problem, { rank }).factors();
  const frames = transportFrames(outer[0].transpose(), initial, scales);
  const k = frames.active;
  const core = matmul(outer[depth + 1], matmul(target, outer[0], { transposeB: true }), {
    transposeA: true,
  });
  const reduced = reducedRun({
    target: core,
    scales,
    passiveDimension: target.rows - k,
    rule,
  });

  const ratios = rule.ratios ?? scales.map(() => 1);
  const runs = [
    train(wide, problem, { steps, optimizer, learningRateRatios: ratios }),
    train(narrow, problem, { steps, optimizer, learningRateRatios: [0, ...ratios, 0] }),
  ];
  const factorsOf = (model: DeepLinearNetwork) => inDouble(model.factors());
  const samples: Sample[] = [];
  for (let step = 0; step <= steps; step++) {
    for (const run of runs) run.next();
    const state = reduced.next().value;
    if (step === 0 || !isMoment(step, steps)) continue;
    samples.push({ step, factors: factorsOf(wide), compressed: factorsOf(narrow), reduced: state });
  }
  const size = norm(target, "spectral");
  const unit = Math.max(1, power(size, 1 / depth));
  return { target, scales, dtype, initial, frames, samples, unit };
}

/** Something as `observe` makes it. @internal */
export function checkObservation(name: string, observation: Observation): void {
  const factors = check.list(checkMatrix);
  const numbers = check.list(check.number);
  check.fields(name, "observation", observation, {
    target: checkMatrix,
    scales: numbers,
    initial: factors,
    unit: check.number,
    frames: check.record({ U: factors, V: factors, active: check.integer(0) }),
    samples: check.list(
      check.record({
        factors,
        compressed: factors,
        reduced: check.record({ cores: factors, passive: numbers }),
      }),
    ),
  });
  checkDType(name, "dtype", observation.dtype);
  const { initial, scales, frames, samples } = observation;
  const depth = initial.length;
  const length = check.length(depth, "one per factor");
  length(name, "observation.scales", scales);
  length(name, "observation.frames.U", frames.U);
  length(name, "observation.frames.V", frames.V);
  check.some(name, "observation.initial", initial);
  samples.forEach(({ factors, compressed, reduced }, i) => {
    const what = `observation.samples[${i}]`;
    length(name, `${what}.factors`, factors);
    check.some(name, `${what}.compressed`, compressed);
    length(name, `${what}.reduced.cores`, reduced.cores);
    length(name, `${what}.reduced.passive`, reduced.passive);
  });
}

/** The first step, the last one, and some at equal distances between them. */
function isMoment(step: number, steps: number): boolean {
  return step === 1 || step === steps || step % Math.ceil(steps / moments) === 0;
}
