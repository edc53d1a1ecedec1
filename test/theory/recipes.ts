// Random settings of the theory as recipes that a person can read: a failure prints one.
import fc from "fast-check";
import { lowRankTarget, type Rule, type Setting } from "../../src/theory.js";

export interface Layer {
  /** Initial scale in thousandths. */
  scale: number;
  /** The factor's own rate, in tenths of the common one. */
  ratio: number;
}

export interface Recipe {
  size: number;
  rank: number;
  /** What the compression is told beyond the true rank. */
  surplus: number;
  /** One a factor. */
  layers: Layer[];
  update: "descent" | "heavy ball" | "nesterov";
  /** Share of the velocity that is kept, in tenths. */
  beta: number;
  /** In thousandths. */
  weightDecay: number;
  ownRates: boolean;
  /** Norm at which gradients are clipped, in tenths; 0 for none. */
  clip: number;
  /** S of the run, in tenths: below 20 the run settles. */
  stability: number;
  /** The target's largest singular value in tenths, and the condition of its others. */
  norm: number;
  condition: number;
  steps: number;
  initialization: "haar" | "signed-permutation";
  seed: number;
}

const largestRank = (size: number) => Math.floor((size - 1) / 2);

/** Recipes for squares: every rank with a passive part, depths 2 to 6, all updates. */
export const recipes: fc.Arbitrary<Recipe> = fc.integer({ min: 4, max: 24 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    rank: fc.integer({ min: 0, max: largestRank(size) }),
    surplus: fc.constantFrom(0, 0, 0, 1, 2),
    layers: fc.array(
      fc.record({
        scale: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1000 })),
        ratio: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 2, maxLength: 6 },
    ),
    update: fc.constantFrom("descent", "heavy ball", "nesterov"),
    beta: fc.integer({ min: 0, max: 9 }),
    weightDecay: fc.constantFrom(0, 1, 10),
    ownRates: fc.boolean(),
    clip: fc.constantFrom(0, 0, 0, 1, 5, 20),
    stability: fc.integer({ min: 1, max: 14 }),
    norm: fc.integer({ min: 5, max: 40 }),
    condition: fc.integer({ min: 1, max: 10 }),
    steps: fc.integer({ min: 1, max: 200 }),
    initialization: fc.constantFrom("haar", "signed-permutation"),
    seed: fc.nat(1e6),
  }),
);

/** The setting of a recipe. The rate is chosen for its S at the fitted network. */
export function build(recipe: Recipe): Setting {
  const { size, rank, surplus, layers, initialization, steps, seed, condition } = recipe;
  const norm = recipe.norm / 10;
  const target = lowRankTarget({ rows: size, cols: size, rank, seed, norm, condition });
  const told = Math.min(Math.max(rank + surplus, 1), largestRank(size));
  const scales = layers.map(({ scale }) => scale / 1000);
  return { target, rank: told, scales, rule: ruleOf(recipe), steps, seed, initialization };
}

function ruleOf(recipe: Recipe): Rule {
  const { layers, update, ownRates, clip, norm, stability } = recipe;
  const ratios = layers.map(({ ratio }) => (ownRates ? ratio / 10 : 1));
  const weightDecay = recipe.weightDecay / 1000;
  const beta = update === "descent" ? undefined : recipe.beta / 10;
  const sizes = layers.map(({ scale }) =>
    Math.max(scale / 1000, (norm / 10) ** (1 / layers.length)),
  );
  const curvature = sizes.reduce((sum, _, l) => {
    const others = sizes.reduce((product, s, k) => (k === l ? product : product * s), 1);
    return sum + ratios[l] * (others ** 2 + weightDecay);
  }, 0);
  return {
    learningRate: ((stability / 10) * (1 - (beta ?? 0))) / curvature,
    ...(ownRates ? { ratios } : {}),
    ...(beta === undefined ? {} : { beta, nesterov: update === "nesterov" }),
    ...(weightDecay === 0 ? {} : { weightDecay }),
    ...(clip === 0 ? {} : { maxNorm: clip / 10 }),
  };
}
