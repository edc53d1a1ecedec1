// The theorem over random recipes: LOWRANK_CASES=2000 npx vitest run test/theory for many more.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adam } from "../../src/optim/adam.js";
import * as theory from "../../src/theory.js";
import { caseCount, forAllCases } from "../helpers/cases.js";
import { build, type Recipe, recipes } from "./recipes.js";

type Checker = (observation: theory.Observation) => theory.Verdict;

/** True whatever the update, clipping among it. */
const always: Checker[] = [
  theory.blocksVanish,
  theory.passiveIsScalar,
  theory.passiveFollowsRecursion,
  theory.coreFollowsReduced,
  theory.framesChain,
  theory.changeHasLowRank,
  theory.productChangeHasLowRank,
  theory.singularValuesRepeat,
  (observation) => theory.blockForm(observation, "whatever the update"),
];
/** A compressed run that is clipped by its own norm is another run. */
const unclipped: Checker[] = [theory.coreFollowsCompressed, theory.gapIsClosedForm];

/** What does not hold of a recipe's runs. */
function complaints(recipe: Recipe, setting: theory.Setting = build(recipe)): string[] {
  const observation = theory.observe(setting);
  const checkers = recipe.clip === 0 ? [...always, ...unclipped] : [...always];
  // A velocity may carry the scalars through zero and beyond.
  if (recipe.clip === 0 && recipe.update === "descent") checkers.push(theory.gapIsBounded);
  return failures(checkers.map((check) => check(observation)));
}

function failures(verdicts: theory.Verdict[]): string[] {
  return verdicts
    .filter(({ holds }) => !holds)
    .map(({ claim, measured, bound }) => `${claim}: ${measured}, should be ${bound}`);
}

const minutes = 60_000;

test(
  "every square run from orthogonal factors has the block form, whatever the update",
  () => {
    forAllCases(recipes, (recipe) => complaints(recipe), caseCount(60));
  },
  60 * minutes,
);

test(
  "in f32 too, as far as its precision goes, against the f64 system",
  () => {
    const single = recipes.filter(({ rank }) => rank > 0);
    const check = (recipe: Recipe) => {
      const plain = { ...recipe, surplus: 0 };
      return complaints(plain, { ...build(plain), dtype: "f32" });
    };
    forAllCases(single, check, caseCount(20, 0.25));
  },
  60 * minutes,
);

test(
  "a rank below the target's is always seen",
  () => {
    const cases = fc.record({
      size: fc.integer({ min: 8, max: 20 }),
      missing: fc.integer({ min: 1, max: 2 }),
      layers: fc.array(fc.integer({ min: 200, max: 500 }), { minLength: 2, maxLength: 3 }),
      seed: fc.nat(1e6),
    });
    const check = ({
      size,
      missing,
      layers,
      seed,
    }: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
      const rank = missing + 1;
      const target = theory.lowRankTarget({ rows: size, cols: size, rank, seed, norm: 10 });
      const scales = layers.map((scale) => scale / 1000);
      const learningRate = 1 / (scales.length * 10 ** (2 - 2 / scales.length));
      const rule = { learningRate };
      const told = { target, scales, rule, steps: 200, seed };
      return failures([
        theory.smallRankFails(theory.observe({ ...told, rank: rank - missing })),
        theory.gapIsClosedForm(theory.observe({ ...told, rank })),
      ]);
    };
    forAllCases(cases, check, caseCount(8, 0.05));
  },
  60 * minutes,
);

test(
  "all ways to the subspace agree, and rotated problems have rotated runs",
  () => {
    const check = (recipe: Recipe) => {
      const { target, rank, scales, rule, steps, seed } = build({ ...recipe, surplus: 0 });
      const verdicts = [
        theory.runIsEquivariant(theory.runRotated({ target, scales, rule, steps, seed })),
        theory.basesAgree(theory.findBases({ target, rank, scales, seed })),
      ];
      const free = { learningRate: rule.learningRate, weightDecay: 0.01 };
      const zeros = { target, scales, rule: free, steps, seed };
      verdicts.push(theory.zeroTargetOnlyShrinks(theory.runOnZeros(zeros)));
      return failures(verdicts);
    };
    // Without a rank there is no subspace to find; and the published forms look for it in a gradient
    // whose tail, the scale of the layers above, must be well below the target's last value.
    const clear = recipes.filter(({ rank, norm, condition, layers }) => {
      const above = layers.slice(1).reduce((product, { scale }) => (product * scale) / 1000, 1);
      return rank > 0 && norm / condition / 10 > 10 * above;
    });
    forAllCases(clear, check, caseCount(20, 0.25));
  },
  60 * minutes,
);

test(
  "targets that are not square have the three parts, and the exact form follows them",
  () => {
    const cases = fc.record({
      small: fc.integer({ min: 2, max: 12 }),
      more: fc.integer({ min: 1, max: 12 }),
      rankShare: fc.integer({ min: 1, max: 10 }),
      tall: fc.boolean(),
      scale: fc.integer({ min: 200, max: 700 }),
      steps: fc.integer({ min: 150, max: 300 }),
      seed: fc.nat(1e6),
    });
    const check = (recipe: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
      const { small, more, rankShare, tall, scale, steps, seed } = recipe;
      const [rows, cols] = tall ? [small + more, small] : [small, small + more];
      const run = theory.runRectangular({
        rows,
        cols,
        rank: Math.ceil((small * rankShare) / 10),
        scale: scale / 1000,
        rule: { learningRate: 0.05, weightDecay: 1e-2 },
        steps,
        seed,
      });
      return failures([theory.spectrumHasThreeParts([run]), theory.exactFormIsExact([run])]);
    };
    forAllCases(cases, check, caseCount(20, 0.25));
  },
  60 * minutes,
);

test(
  "spectrally started networks follow their scalars and are never behind the wide ones",
  () => {
    const cases = fc.record({
      rank: fc.integer({ min: 1, max: 3 }),
      extra: fc.integer({ min: 0, max: 8 }),
      depth: fc.integer({ min: 2, max: 5 }),
      scale: fc.integer({ min: 30, max: 300 }),
      outerRatio: fc.integer({ min: 5, max: 30 }),
      condition: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(1e6),
    });
    const check = (recipe: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
      const { rank, extra, depth, condition, seed } = recipe;
      const scale = recipe.scale / 1000;
      const outerRatio = recipe.outerRatio / 10;
      const size = 6 * rank + extra;
      const shape = { rows: size, cols: size, rank, condition, seed };
      const common = { depth, scale, steps: 200 };
      const curvature = 2 ** (2 - 2 / depth);
      const spectral = theory.runSpectral({
        ...common,
        target: shape,
        width: 2 * rank,
        learningRate: 1 / (curvature * (depth - 2 + 2 * outerRatio)),
        outerRatio,
      });
      const recovery = theory.runRecovery({
        ...common,
        target: theory.lowRankTarget(shape),
        rank,
        seed,
        learningRate: 1 / (curvature * depth),
      });
      return failures([theory.singularVectorsStay(spectral), theory.narrowIsNeverBehind(recovery)]);
    };
    forAllCases(cases, check, caseCount(15, 0.25));
  },
  60 * minutes,
);

describe("where the theorem stops, the structure breaks for every seed", () => {
  const seeds = Array.from({ length: caseCount(5, 0.01) }, (_, i) => 100 + i);

  test.each(seeds)(
    "Adam, Gaussian factors and frozen frames on masked targets, seed %i",
    (seed) => {
      const target = theory.lowRankTarget({ rows: 24, cols: 24, rank: 2, seed });
      const common = { target, rank: 2, seed };
      const rule = { learningRate: 0.1 };
      const square = { ...common, scales: [0.3, 0.1, 0.5], rule };
      const optimizer = adam({ learningRate: 1e-2 });
      const masked = theory.runMasked({ ...common, observed: 0.5, scale: 1e-2, steps: 3000 });
      const verdicts = [
        theory.adamBreaksBlocks(theory.observe({ ...square, steps: 200, optimizer })),
        theory.gaussianBreaksSpectrum(
          theory.runFromGaussian({ ...common, rule, scale: 0.3, steps: 300 }),
        ),
        theory.maskedFrozenFails(masked),
      ];
      expect(failures(verdicts)).toEqual([]);
    },
  );
});

test("a defect is told by its seed and its smallest case", () => {
  // The defect: the small system takes the initial scale of the first factor for that of all.
  const wrong = (recipe: Recipe) => {
    const setting = build(recipe);
    const right = theory.observe(setting);
    const [first] = setting.scales;
    const lie = theory.passiveScalars(
      setting.scales.map(() => first),
      setting.rule,
      setting.steps,
    );
    const samples = right.samples.map((sample) => ({
      ...sample,
      reduced: { ...sample.reduced, passive: lie[sample.step] },
    }));
    return failures([theory.passiveFollowsRecursion({ ...right, samples })]);
  };
  let message = "";
  try {
    forAllCases(recipes, wrong, 50);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(/fails, seed -?\d+\. Smallest case:/);
  expect(message).toContain("the passive multiple follows the scalar recursion");
  const smallest: Recipe = JSON.parse(message.split("\n")[1]);
  // Two factors with different scales are all it takes, and a single step.
  expect(smallest).toMatchObject({ size: 4, rank: 0, update: "descent", weightDecay: 0, steps: 1 });
  expect(smallest.layers).toHaveLength(2);
});
