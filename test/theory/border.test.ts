// Settings and evidence with one thing wrong in them, however deep: refused by the function's name, with
// the path of what is wrong.
import { expect, test } from "vitest";
import { Matrix } from "../../src/index.js";
import * as theory from "../../src/theory.js";

const rule = { learningRate: 0.1, ratios: [1, 2, 1], beta: 0.5, weightDecay: 1e-3, maxNorm: 1 };
const scales = [0.3, 0.1, 0.5];
const target = theory.lowRankTarget({ rows: 6, cols: 6, rank: 1, seed: 5 });
const common = { target, rank: 1, scale: 0.3, steps: 3, seed: 5 };
const setting = { target, rank: 1, scales, rule, steps: 3, seed: 5 };
const plain = { ...common, rule: { learningRate: 0.1 } };
const { target: _, ...withoutTarget } = { ...plain, rows: 4, cols: 6 };
const symmetric = { target, scales, rule: plain.rule, steps: 3, seed: 5 };
const observation = theory.observe(setting);
const recovery = { ...common, depth: 3, learningRate: 0.1 };
const outerRate = { ...common, observed: 0.5, learningRate: 0.1, ratios: [1, 2], tolerance: 0.1 };
const spectral = {
  ...{ target: { rows: 6, cols: 5, rank: 1, seed: 5 }, width: 2, depth: 3, scale: 0.1 },
  ...{ learningRate: 0.05, outerRatio: 2, steps: 3 },
};
const stall = { ...common, learningRate: 0.1, epsilon: 1e-6, lossScales: [1, 2] };
const drift = { target, scale: 0.1, time: 0.4, learningRates: [0.2, 0.1], seed: 5 };
const reduced = { target, scales, passiveDimension: 2, rule };

type Call = (argument: never) => unknown;
const cases: [Call, unknown][] = [
  [theory.observe, setting],
  [theory.balanceDrifts, drift],
  [theory.findBases, { target, rank: 1, scales, seed: 5 }],
  [theory.runFromGaussian, plain],
  [theory.runMasked, { ...common, observed: 0.5 }],
  [theory.runRecovery, recovery],
  [theory.stepsByOuterRate, outerRate],
  [theory.runRectangular, withoutTarget],
  [theory.runSpectral, spectral],
  [theory.runRotated, symmetric],
  [theory.runStall, stall],
  [theory.runOnZeros, symmetric],
  [theory.lowRankTarget, { rows: 6, cols: 5, rank: 1, seed: 5 }],
  [(problem: typeof reduced) => theory.reducedRun(problem).next(), reduced],
  ...[
    ...[theory.blocksVanish, theory.passiveIsScalar, theory.passiveFollowsRecursion],
    ...[theory.coreFollowsCompressed, theory.coreFollowsReduced, theory.gapIsClosedForm],
    ...[theory.gapIsBounded, theory.framesChain, theory.smallRankFails, theory.changeHasLowRank],
    ...[theory.productChangeHasLowRank, theory.singularValuesRepeat, theory.adamBreaksBlocks],
  ].map((check): [Call, unknown] => [check, observation]),
  [theory.basesAgree, theory.findBases({ target, rank: 1, scales, seed: 5 })],
  [theory.gaussianBreaksSpectrum, theory.runFromGaussian(plain)],
  [theory.maskedFrozenFails, { frozen: 0.5 }],
  [theory.maskedTrainedRecovers, { trained: 0.5 }],
  [theory.narrowIsNeverBehind, theory.runRecovery(recovery)],
  [theory.floorsArePredicted, theory.runRecovery(recovery)],
  [theory.runIsEquivariant, theory.runRotated(symmetric)],
  [theory.zeroTargetOnlyShrinks, theory.runOnZeros(symmetric)],
  [theory.singularVectorsStay, theory.runSpectral(spectral)],
  ...[
    theory.fixedEpsilonStalls,
    ...[theory.scaledEpsilonMoves, theory.scaledEpsilonIgnoresLossScale],
  ].map((check): [Call, unknown] => [check, theory.runStall(stall)]),
];

/** Every place of a value by its keys; of lists the first entry. */
function places(value: unknown): string[][] {
  if (typeof value !== "object" || value === null || value instanceof Matrix) return [];
  const keys = Array.isArray(value) ? ["0"] : Object.keys(value);
  return keys.flatMap((key) => [
    [key],
    ...places((value as Record<string, unknown>)[key]).map((rest) => [key, ...rest]),
  ]);
}

/** A copy with something else in one place. */
function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = rest.length === 0 ? by : replaced(copy[key], rest, by);
  return copy;
}

/** No checker reads the number of a sample's step. */
const unread = "samples.0.step";

test.each(cases.map(([call, right], i) => ({ i, name: call.name, call, right })))(
  "$i $name: wrong in one place",
  ({ call, right }) => {
    expect(() => call(right as never)).not.toThrow();
    const refused = places(right).map((keys) => {
      const path = keys.join(".");
      try {
        call(replaced(right, keys, "x") as never);
        return { path, message: "taken" };
      } catch (error) {
        return { path, message: (error as Error).message };
      }
    });
    expect(refused.length).toBeGreaterThan(0);
    for (const { path, message } of refused) {
      if (message === "taken") expect(path).toBe(unread);
      else expect(message, path).toMatch(/^\w+: .* is "x": it must be /);
    }
  },
);

test.each([
  [
    () => theory.observe({ ...setting, rule: { ...rule, beta: Number.NaN } }),
    "observe: setting.rule.beta is NaN: it must be a finite number",
  ],
  [
    () => theory.observe({ ...setting, target: Matrix.zeros(4, 6) }),
    "observe: setting.target is 4 x 6: it must be square",
  ],
  [
    () => theory.observe({ ...setting, scales: [] }),
    "observe: setting.scales is Array: it must be one number or more",
  ],
  [
    () => theory.runMasked({ ...common, observed: 1 }),
    "runMasked: setting.observed is 1: it must be between 0 and 1",
  ],
  [
    () => theory.lowRankTarget({ rows: 3, cols: 2, rank: 3, seed: 0 }),
    "lowRankTarget: rank is 3: it must be an integer in 0 .. 2",
  ],
  [
    () => theory.balanceDrifts({ ...drift, learningRates: [0.1, 0] }),
    "balanceDrifts: time / learningRate is Infinity: it must be an integer in 0 .. 2147483647",
  ],
  [
    () => theory.balanceDrifts({ ...drift, learningRates: [-0.1] }),
    "balanceDrifts: time / learningRate is -4: it must be an integer in 0 .. 2147483647",
  ],
  [
    () => theory.scalarsNeverGrow(() => [[1]]),
    "scalarsNeverGrow: the path has 1 states after 50 steps: it must have 51",
  ],
])("%s", (call, message) => {
  expect(call).toThrow(message);
});

test("scalars of more factors than a network can have are refused, for a step costs their square", () => {
  const deep = (count: number) => new Array<number>(count).fill(0.5);
  expect(theory.passiveScalars(deep(64), { learningRate: 0.1 }, 1)).toHaveLength(2);
  expect(() => theory.passiveScalars(deep(65), { learningRate: 0.1 }, 1)).toThrow(
    "passiveScalars: scales has 65 entries, one per factor: there must be at most 64",
  );
});
