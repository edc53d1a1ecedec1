import fc from "fast-check";
import { expect, test } from "vitest";
import {
  completion,
  factorization,
  fitLowRank,
  Matrix,
  type Problem,
  scaledGd,
  sensing,
  spectralCompress,
  svd,
  train,
} from "../../src/index.js";
import { observedEntries, relativeError, spectrumTarget } from "./problems.js";

function fitted(problem: Problem, steps: number, tolerance = 0) {
  const fit = fitLowRank(problem, { steps, tolerance });
  for (const _ of fit);
  return fit;
}

test("the rank need not be told: it is found, within 1.2 times the steps", () => {
  fc.assert(
    fc.property(
      fc.record({
        rows: fc.integer({ min: 40, max: 70 }),
        cols: fc.integer({ min: 40, max: 70 }),
        rank: fc.integer({ min: 1, max: 4 }),
        condition: fc.constantFrom(1, 3, 30, 1000),
        seed: fc.integer({ min: 0, max: 10_000 }),
      }),
      ({ rows, cols, rank, condition, seed }) => {
        const values = Array.from({ length: rank }, (_, i) => condition ** (-i / rank));
        const target = spectrumTarget(rows, cols, values, seed);
        const problem = completion(observedEntries(target, 0.5, seed));
        const stepsTo = (steps: Iterable<{ step: number }>, product: () => Matrix) => {
          for (const { step } of steps) {
            if (step % 2 === 0 && relativeError(product(), target) < 1e-6) return step;
          }
          return Number.POSITIVE_INFINITY;
        };
        const told = spectralCompress(problem, { rank, width: rank });
        const run = train(told, problem, { steps: 300, optimizer: scaledGd() });
        const known = stepsTo(run, () => told.product());
        const fit = fitLowRank(problem, { steps: 300 });
        const found = stepsTo(fit, () => fit.model.product());
        expect(fit.rank).toBe(rank);
        expect(found).toBeLessThan(1.2 * Math.min(known, 250) + 1);
      },
    ),
    { numRuns: 30 },
  );
});

test("noise does not make the rank grow, but for a rare direction too many", () => {
  // A threshold on what chance shows is passed by chance at times: in 1 of 18 cases or fewer.
  let wrong = 0;
  for (let seed = 0; seed < 24; seed++) {
    const [rows, cols] = [40 + (seed % 31), 40 + ((7 * seed) % 31)];
    const rank = 1 + (seed % 3);
    const noise = [0.01, 0.1, 0.3][(seed >> 1) % 3];
    const values = Array.from({ length: rank }, () => Math.sqrt(rows * cols));
    const target = spectrumTarget(rows, cols, values, seed);
    const errors = Matrix.randomNormal(rows, cols, { seed: seed + 5 });
    target.data.forEach((x, p) => {
      target.data[p] = x + noise * errors.data[p];
    });
    const problem =
      seed % 2 === 1 ? factorization(target) : completion(observedEntries(target, 0.5, seed));
    const found = fitted(problem, 120).rank;
    expect(found).toBeGreaterThanOrEqual(rank);
    expect(found).toBeLessThanOrEqual(rank + 1);
    if (found !== rank) wrong++;
  }
  expect(wrong).toBeLessThan(3);
});

test("a fully observed target of any spectrum is fitted to rounding, one direction after the other", () => {
  const target = spectrumTarget(30, 20, [1e3, 30, 1, 1e-2, 1e-3], 4);
  const problem = factorization(target);
  const ranks: number[] = [];
  const fit = fitLowRank(problem, { steps: 400, tolerance: 1e-18 });
  for (const { rank } of fit) ranks.push(rank);
  expect(ranks.every((rank, i) => i === 0 || rank >= ranks[i - 1])).toBe(true);
  expect(fit.rank).toBe(5);
  const { S } = svd(fit.model.product());
  expect(Math.abs(S[4] / 1e-3 - 1)).toBeLessThan(1e-3);
});

test("sensing finds its rank too", () => {
  const target = spectrumTarget(20, 16, [1, 0.8], 6);
  const operators = Array.from({ length: 250 }, (_, i) => Matrix.randomNormal(20, 16, { seed: i }));
  const measurements = operators.map((A) =>
    [...A.data].reduce((s, a, p) => s + a * target.data[p], 0),
  );
  const fit = fitted(sensing({ operators, measurements }), 300, 1e-16);
  expect(fit.rank).toBe(2);
  expect(relativeError(fit.model.product(), target)).toBeLessThan(1e-6);
});

test("the steps are counted through, the model is readable, the rank bounded, the bits the same", () => {
  const target = spectrumTarget(40, 30, [1, 0.1, 0.01], 7);
  const problem = completion(observedEntries(target, 0.6, 8));
  const run = () => {
    const fit = fitLowRank(problem, { steps: 80, seed: 3 });
    return { steps: [...fit].map(({ step, loss }) => ({ step, loss })), X: fit.model.product() };
  };
  const [first, second] = [run(), run()];
  expect(first.steps.map(({ step }) => step)).toEqual([...Array(81).keys()]);
  expect(second.steps).toEqual(first.steps);
  expect(second.X.equals(first.X)).toBe(true);

  const bounded = fitLowRank(problem, { steps: 80, maxRank: 2 });
  for (const _ of bounded);
  expect(bounded.rank).toBe(2);

  const left = fitLowRank(problem, { steps: 80 });
  let seen = 0;
  for (const { step, loss } of left) {
    seen = loss;
    if (step === 60) break;
  }
  const X = left.model.product();
  const { rowIndices, colIndices, values } = observedEntries(target, 0.6, 8);
  const loss = values.reduce(
    (sum, value, p) => sum + 0.5 * (X.get(rowIndices[p], colIndices[p]) - value) ** 2,
    0,
  );
  expect(Math.abs(loss - seen)).toBeLessThan(1e-12);
  expect([...left]).toEqual([]);

  const zeros = fitLowRank(factorization(Matrix.zeros(4, 5)), { steps: 20 });
  for (const _ of zeros);
  expect(zeros.rank).toBe(1);
});

test("fitLowRank refuses bad options by name", () => {
  const problem = factorization(Matrix.identity(3));
  expect(() => fitLowRank(problem, { steps: -1 })).toThrow(/fitLowRank: steps is -1/);
  expect(() => fitLowRank(problem, { steps: 1, maxRank: 0 })).toThrow(/maxRank is 0/);
  expect(() => fitLowRank(problem, { steps: 1, maxRank: 4 })).toThrow(/maxRank is 4/);
  expect(() => fitLowRank(problem, { steps: 1, tolerance: -1 })).toThrow(/tolerance is -1/);
  expect(() => fitLowRank(problem, { steps: 1, seed: 0.5 })).toThrow(/seed is 0.5/);
  expect(() => fitLowRank(problem, { steps: 1, depth: 1 })).toThrow(/depth is 1/);
});
