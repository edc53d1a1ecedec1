import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Matrix } from "../../src/index.js";
import { adam } from "../../src/optim/adam.js";
import { rules } from "../../src/theory/block-form.js";
import * as theory from "../../src/theory.js";

type Evidence = theory.Observation;
const { claims, observe, lowRankTarget, passiveScalars } = theory;

const verdicts = claims().map((check) => check());

test.each(verdicts)("$claim", (verdict) => {
  const { measured, bound, holds, claim, source } = verdict;
  expect(holds, `${claim}: ${measured} against ${bound}`).toBe(true);
  expect(source.length).toBeGreaterThan(10);
});

test("there are at least twenty claims, and no two say the same", () => {
  expect(new Set(verdicts.map(({ claim }) => claim)).size).toBe(verdicts.length);
  expect(verdicts.length).toBeGreaterThanOrEqual(20);
});

const scales = [0.3, 0.1, 0.5];
const setting: theory.Setting = {
  target: lowRankTarget({ rows: 12, cols: 12, rank: 2, seed: 5 }),
  rank: 2,
  scales,
  rule: { learningRate: 0.1 },
  steps: 120,
  seed: 5,
};
const { scales: _, ...unscaled } = setting;
const honest = observe(setting);

/** Evidence with every sample changed. */
const sampled = (change: (sample: theory.Sample) => Partial<theory.Sample>): Evidence => ({
  ...honest,
  samples: honest.samples.map((sample) => ({ ...sample, ...change(sample) })),
});

/** The same with all numbers times a factor near 1: as a mistake in the last digits would be. */
const off = (A: Matrix, factor = 1 + 1e-6) =>
  new Matrix(
    A.rows,
    A.cols,
    Float64Array.from(A.data, (a) => a * factor),
  );

/** Frames from a basis that is turned by a millionth from an active to a passive direction. */
function turned(evidence: Evidence): Evidence {
  const V = evidence.frames.V[0];
  const { active } = evidence.frames;
  const wrong = Matrix.zeros(V.rows, active);
  for (let i = 0; i < V.rows; i++) {
    for (let j = 0; j < active; j++) wrong.set(i, j, V.get(i, j));
    wrong.set(i, 0, V.get(i, 0) + 1e-6 * V.get(i, active));
  }
  return { ...evidence, frames: theory.transportFrames(wrong, evidence.initial, evidence.scales) };
}

/** A recursion that forgets the squares: ρ <- ρ (1 - ηλ - η Π ρ_k). */
const forgetful: theory.PassiveRecursion = (start, { learningRate, weightDecay = 0 }, steps) => {
  const path = [start];
  for (let t = 0; t < steps; t++) {
    const rho = path[t];
    const all = rho.reduce((product, value) => product * value, 1);
    path.push(rho.map((r) => r * (1 - learningRate * (weightDecay + all / r))));
  }
  return path;
};
const wrongScalars = sampled(({ step, reduced }) => ({
  reduced: { ...reduced, passive: forgetful(scales, setting.rule, step)[step] },
}));
/** What the small system would be at half the rate. */
const slow = observe({ ...setting, rule: { learningRate: 0.05 } });
const wrongCores = {
  ...honest,
  samples: slow.samples.map((s, i) => ({ ...honest.samples[i], reduced: s.reduced })),
};

const symmetric = { target: setting.target, scales, rule: setting.rule, steps: 60, seed: 5 };
const zeros = theory.runOnZeros(symmetric);
const rotated = theory.runRotated(symmetric);
const bases = theory.findBases({ target: setting.target, rank: 2, scales, seed: 5 });
const flat = theory.runRectangular({
  rows: 8,
  cols: 12,
  rank: 2,
  scale: 0.3,
  rule: { learningRate: 0.05, weightDecay: 1e-3 },
  steps: 200,
  seed: 5,
});
const spectralRun = theory.runSpectral({
  target: { rows: 10, cols: 8, rank: 2, seed: 5 },
  width: 4,
  depth: 3,
  scale: 0.1,
  learningRate: 0.05,
  outerRatio: 2,
  steps: 200,
});
const recovery = theory.runRecovery({
  target: lowRankTarget({ rows: 12, cols: 12, rank: 2, seed: 5 }),
  rank: 2,
  depth: 3,
  scale: 0.05,
  learningRate: 0.1,
  steps: 600,
  seed: 5,
});
const orthogonalChange = {
  start: honest.initial[0],
  end: honest.samples.at(-1)!.factors[0],
  active: 4,
};

const stall = {
  target: setting.target,
  rank: 2,
  scale: 1e-3,
  learningRate: 1e-3,
  steps: 30,
  seed: 5,
};
const fixedStall = theory.runStall({ ...stall, epsilon: 1e-6, lossScales: [1e-3, 5e-3] });
const scaledStall = theory.runStall({ ...stall, epsilon: "scaled", lossScales: [1e-3, 1e3] });

/** The words before the colon tell what is special about a run of the block form. */
const blockForms = verdicts
  .map(({ claim }) => claim)
  .filter((claim) => claim.includes(": the wide run is the small system"))
  .map((claim) => claim.split(":")[0]);

/** A checker, evidence that is a little wrong, and evidence that is right in its place. */
type Row = [(evidence: never) => theory.Verdict, unknown, unknown];
const row = <E>(check: (evidence: E) => theory.Verdict, wrong: E, right: E): Row => [
  check as Row[0],
  wrong,
  right,
];
const stale = sampled(() => ({ compressed: honest.samples[0].compressed }));
const noisy = sampled(({ factors }) => ({
  factors: factors.map((W, l) => {
    const noise = Matrix.randomNormal(W.rows, W.cols, { seed: l });
    return new Matrix(
      W.rows,
      W.cols,
      W.data.map((w, i) => w + 1e-9 * noise.data[i]),
    );
  }),
}));
const sabotage: Row[] = [
  row(theory.blocksVanish, turned(honest), honest),
  row(theory.passiveIsScalar, noisy, honest),
  row(theory.passiveFollowsRecursion, wrongScalars, honest),
  row(theory.coreFollowsCompressed, stale, honest),
  row(theory.coreFollowsReduced, wrongCores, honest),
  row(theory.gapIsClosedForm, wrongScalars, honest),
  row(theory.gapIsBounded, stale, honest),
  row(theory.framesChain, turned(honest), honest),
  row(theory.changeHasLowRank, wrongScalars, honest),
  row(theory.productChangeHasLowRank, wrongScalars, honest),
  row(theory.singularValuesRepeat, wrongScalars, honest),
  row(theory.basesAgree, { ...bases, compress: off(bases.joined) }, bases),
  row(theory.recursionHasGoldenValues, forgetful, passiveScalars),
  row(
    theory.scalarsNeverGrow,
    (start, rule, steps) => passiveScalars(start, { ...rule, learningRate: -1e-3 }, steps),
    passiveScalars,
  ),
  row(
    theory.decayIsGeometric,
    (start, { learningRate }, steps) => passiveScalars(start, { learningRate }, steps),
    passiveScalars,
  ),
  ...blockForms.map((about) =>
    row((evidence: Evidence) => theory.blockForm(evidence, about), wrongCores, honest),
  ),
  row(
    theory.zeroTargetOnlyShrinks,
    { ...zeros, passive: zeros.passive.map((r) => r + 1e-9) },
    zeros,
  ),
  row(theory.runIsEquivariant, { ...rotated, output: rotated.input }, rotated),
  row(theory.driftFollowsRate, [4e-3, 1e-3, 2.5e-4], [4e-3, 2e-3, 1e-3]),
  row(theory.spectrumHasThreeParts, [{ ...flat, coupled: flat.free }], [flat]),
  row(theory.exactFormIsExact, [{ ...flat, exactGap: flat.plainGap }], [flat]),
  row(theory.plainFormIsNotExact, [{ ...flat, plainGap: flat.exactGap }], [flat]),
  row(theory.maskedTrainedRecovers, { frozen: 0.5, trained: 0.01 }, { frozen: 0.5, trained: 1e-6 }),
  row(theory.maskedFrozenFails, { frozen: 1e-6, trained: 1e-6 }, { frozen: 0.5, trained: 1e-6 }),
  row(
    theory.smallRankFails,
    honest,
    sampled(({ compressed }) => ({ compressed: compressed.map((W) => off(W, 2)) })),
  ),
  row(
    theory.adamBreaksBlocks,
    honest,
    observe({ ...setting, optimizer: adam({ learningRate: 0.01 }) }),
  ),
  row(
    theory.gaussianBreaksSpectrum,
    orthogonalChange,
    theory.runFromGaussian({ ...unscaled, scale: 0.3 }),
  ),
  row(
    theory.singularVectorsStay,
    { ...spectralRun, diagonals: spectralRun.diagonals.map((d) => d.map((x) => x * (1 + 1e-9))) },
    spectralRun,
  ),
  row(
    theory.narrowIsNeverBehind,
    { ...recovery, narrow: recovery.wide.map((x) => 1.001 * x) },
    recovery,
  ),
  row(theory.floorsArePredicted, { ...recovery, wideDirections: 10 }, recovery),
  row(
    theory.parametersAreFew,
    [{ ...theory.countParameters(9, 7, 2, 3), depth: 4 }],
    [theory.countParameters(9, 7, 2, 3)],
  ),
  row(theory.outerRateSavesSteps, [900, 500, 600], [900, 600, 500]),
  row(theory.fixedEpsilonStalls, scaledStall, fixedStall),
  row(theory.scaledEpsilonMoves, fixedStall, scaledStall),
  row(theory.scaledEpsilonIgnoresLossScale, fixedStall, scaledStall),
];

test("every claim has its sabotage", () => {
  const sabotaged = sabotage.map(([check, wrong]) => check(wrong as never).claim);
  expect(new Set(sabotaged)).toEqual(new Set(verdicts.map(({ claim }) => claim)));
});

const titled = sabotage.map((r) => ({ claim: r[0](r[2] as never).claim, row: r }));

test.each(titled)(
  "sabotage is seen, the same without it is not: $claim",
  ({ row: [check, wrong, right] }) => {
    expect(check(right as never)).toMatchObject({ holds: true });
    expect(check(wrong as never)).toMatchObject({ holds: false });
  },
);

/** The same evidence with every number that was measured turned into NaN. */
function poisoned(value: unknown, key = ""): unknown {
  if (key === "setting" || key === "active") return value;
  if (typeof value === "number") return Number.NaN;
  if (typeof value === "function") {
    return (...args: Parameters<typeof passiveScalars>) => poisoned(value(...args));
  }
  if (value instanceof Matrix)
    return new Matrix(
      value.rows,
      value.cols,
      value.data.map(() => NaN),
    );
  if (Array.isArray(value)) return value.map((entry) => poisoned(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, entry]) => [k, poisoned(entry, k)]));
}

test.each(titled)("NaN does not pass: $claim", ({ row: [check, , right] }) => {
  expect(check(poisoned(right) as never)).toMatchObject({ holds: false });
});

test.each(titled)("no evidence is no proof: $claim", ({ row: [check, , right] }) => {
  if (Array.isArray(right)) expect(check([] as never)).toMatchObject({ holds: false });
  if (right === honest) {
    const empty = { ...honest, samples: [] };
    // The frames are judged without any sample, all but the comparison with the compressed run.
    if ((check as unknown) !== theory.framesChain) {
      expect(check(empty as never)).toMatchObject({ holds: false });
    }
  }
});

test.each(rules)("a small system that ignores part of the rule %o is found out", (rule) => {
  const right = observe({ ...setting, rule });
  const { learningRate, ...special } = rule;
  for (const key of Object.keys(special)) {
    if (key === "nesterov" || key === "beta") continue;
    const lacking = observe({ ...setting, rule: { ...rule, [key]: undefined } });
    const samples = right.samples.map((s, i) => ({ ...s, reduced: lacking.samples[i].reduced }));
    expect(theory.blockFormUnder(rule, { ...right, samples })).toMatchObject({ holds: false });
  }
  expect(theory.blockFormUnder(rule, right)).toMatchObject({ holds: true });
});

const page = readFileSync(new URL("../../docs/reference/theory.md", import.meta.url), "utf8");

test.each(verdicts)("docs/reference/theory.md has a row for: $claim", ({ claim }) => {
  expect(page).toContain(`| ${claim.replace(/: the wide run is .*/, "")} |`);
});

test("docs/reference/theory.md tells how many claims there are", () => {
  expect(page).toContain(`as ${verdicts.length} claims`);
});
