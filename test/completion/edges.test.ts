// Data that is tiny, degenerate, oddly scaled or dirty: never NaN, never clearly worse than biases.
import { describe, expect, test } from "vitest";
import { type CompletionOptions, completeMatrix } from "../../src/index.js";
import { uniform } from "../helpers/random.js";
import {
  buildRatings,
  buildStars,
  type Columns,
  pickEntries,
  type RatingsRecipe,
} from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";

const quick: CompletionOptions = { steps: 60, rank: 16 };
const base: RatingsRecipe = {
  rows: 60,
  cols: 45,
  rank: 2,
  observed: 0.35,
  noise: 0.3,
  seed: 11,
};

const mapped = (parts: { observed: Columns; hidden: Columns }, f: (value: number) => number) => ({
  observed: { ...parts.observed, values: parts.observed.values.map(f) },
  hidden: { ...parts.hidden, values: parts.hidden.values.map(f) },
});

const expectFinite = (data: ArrayLike<number>) =>
  expect(Array.from(data).findIndex((value) => !Number.isFinite(value))).toBe(-1);

/** RMSE on the hidden entries over that of the biases. */
function ratioToBiases(parts: { observed: Columns; hidden: Columns }, options = quick): number {
  const model = completeMatrix(parts.observed, options);
  expectFinite(model.predictAll().data);
  return model.rmse(parts.hidden) / model.baselineRmse(parts.hidden);
}

describe("data with structure is completed much better than by biases", () => {
  const cases: [string, { observed: Columns; hidden: Columns }, number][] = [
    ["noise 0.3", buildRatings(base), 0.6],
    ["hardly any noise", buildRatings({ ...base, noise: 1e-3, observed: 0.5 }), 0.1],
    ["stars 1 .. 5", buildStars(base), 0.7],
    ["0 or 1", mapped(buildRatings(base), (value) => Number(value > 0)), 0.95],
    ["0 .. 1000", mapped(buildRatings(base), (value) => 500 + 150 * value), 0.6],
    ["negative", mapped(buildRatings(base), (value) => value - 50), 0.6],
    ["around 10^9", mapped(buildRatings(base), (value) => value + 1e9), 0.6],
    ["of size 10^-30", mapped(buildRatings(base), (value) => value * 1e-30), 0.6],
    ["of size 10^100", mapped(buildRatings(base), (value) => value * 1e100), 0.6],
    ["skewed", mapped(buildRatings(base), (value) => value ** 3), 0.9],
    ["many rows, few columns", buildRatings({ ...base, rows: 400, cols: 8, rank: 1 }), 0.8],
    ["few rows, many columns", buildRatings({ ...base, rows: 8, cols: 400, rank: 1 }), 0.8],
  ];
  test.each(cases)("%s", (_, parts, limit) => {
    const rank = Math.min(16, new Set(parts.observed.rowIds).size, 8);
    expectBelow(limit, { ratio: ratioToBiases(parts, { ...quick, rank }) });
  });
});

describe("data without structure is left to the biases, or nearly", () => {
  const next = uniform(5);
  const noise = mapped(buildRatings(base), next);
  const additive = buildRatings({ ...base, noise: 0 });
  const effects = new Map<string, number>();
  const effect = (id: string) => {
    if (!effects.has(id)) effects.set(id, next());
    return effects.get(id) as number;
  };
  for (const part of [additive.observed, additive.hidden]) {
    part.values = part.values.map((_, p) => effect(part.rowIds[p]) + effect(part.colIds[p]));
  }

  test("pure noise", () => {
    expectBelow(1.02, { ratio: ratioToBiases(noise) });
  });

  test("row effects plus column effects are found to seven digits, by biases alone", () => {
    const model = completeMatrix(additive.observed, { ...quick, clip: false });
    expect(model.rank).toBe(0);
    expectBelow(1e-6, { rmse: model.rmse(additive.hidden) });
  });

  test("equal values give that value everywhere", () => {
    for (const value of [4, 0, -1e-200, 1e150]) {
      const flat = mapped(buildRatings(base), () => value);
      const model = completeMatrix(flat.observed, quick);
      expect(new Set(model.predictAll().data)).toEqual(new Set([value]));
      expect(model.steps).toBe(0);
    }
  });

  test("outliers a hundred times as large", () => {
    for (const share of [0.001, 0.02]) {
      const dirty = buildRatings(base);
      dirty.observed.values = dirty.observed.values.map((value) =>
        (next() + 1) / 2 < share ? 100 * value : value,
      );
      expectBelow(1.05, { ratio: ratioToBiases(dirty) }, share);
    }
  });
});

describe("hardly any data", () => {
  test("one observation is predicted as it was", () => {
    const model = completeMatrix({ rowIds: ["a"], colIds: ["x"], values: [3.7] });
    expect(model.predict("a", "x")).toBeCloseTo(3.7, 12);
    expect([model.rows, model.cols, model.rank, model.observed]).toEqual([1, 1, 0, 1]);
  });

  test("5 x 4 with ten ratings, whichever they are", () => {
    for (let seed = 0; seed < 6; seed++) {
      const parts = buildStars({ ...base, rows: 5, cols: 4, observed: 0.5, seed });
      expectBelow(1.02, { ratio: ratioToBiases(parts, {}) }, seed);
    }
  });

  test.each([
    [1, 50],
    [50, 1],
    [2, 40],
    [40, 2],
  ])("%d x %d", (rows, cols) => {
    for (let seed = 0; seed < 3; seed++) {
      const parts = buildRatings({ ...base, rows, cols, observed: 0.8, seed });
      expectBelow(1.1, { ratio: ratioToBiases(parts, { steps: 60 }) }, seed);
    }
  });

  test("any few observations are completed with finite numbers, and saved and read", () => {
    for (let count = 2; count < 40; count += 3) {
      const { observed } = buildStars(base);
      const places = Array.from({ length: count }, (_, i) => (i * 37) % observed.values.length);
      const model = completeMatrix(pickEntries(observed, places), { steps: 20 });
      expectFinite(model.predictAll().data);
      expectFinite(model.singularValues());
    }
  });
});

test("options at their ends are taken", () => {
  const { observed, hidden } = buildRatings(base);
  for (const options of [
    { rank: 1 },
    { depth: 0 },
    { depth: 5 },
    { steps: 1 },
    { steps: 7 },
    { regularization: 1e-3 },
    { regularization: 1e3 },
    { validationFraction: 0.5 },
    { validationFraction: 0.002 },
    { implicit: false, depth: 0, rank: 3 },
    { seed: 2 ** 53 - 1 },
  ] satisfies CompletionOptions[]) {
    const model = completeMatrix(observed, { ...quick, rank: 9, ...options });
    expectFinite(model.predictAll().data);
    expectBelow(1.1, { ratio: model.rmse(hidden) / model.baselineRmse(hidden) }, options);
  }
});
