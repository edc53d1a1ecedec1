import { expect, test } from "vitest";
import {
  adam,
  adamw,
  completion,
  compress,
  DivergenceError,
  deepFactorization,
  factorization,
  gd,
  linearDecay,
  Matrix,
  momentum,
  scaledGd,
  sensing,
  spectralCompress,
  train,
} from "../../src/index.js";
import { lowRankTarget, observedEntries, relativeError } from "./problems.js";

const target = lowRankTarget(12, 10, 2, 1);
const problem = factorization(target);
// As wide as the rank: further directions would keep their initial 0.1^3.
const spectral = () => spectralCompress(problem, { rank: 2, width: 2, scale: 0.1 });

test("train yields the loss before the first step and after each", () => {
  const steps = [...train(spectral(), problem, { steps: 5 })].map(({ step }) => step);
  expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...train(spectral(), problem, { steps: 0 })]).toHaveLength(1);
});

test("leaving the loop keeps exactly the factors whose loss was seen last", () => {
  const model = spectral();
  let seen = 0;
  for (const { step, loss } of train(model, problem, { steps: 100 })) {
    seen = loss;
    if (step === 7) break;
  }
  const X = model.product();
  const loss = [...X.data].reduce((sum, x, i) => sum + 0.5 * (x - target.data[i]) ** 2, 0);
  expect(Math.abs(loss - seen)).toBeLessThan(1e-14);
});

test("the model can be read in the middle of a training", () => {
  const model = spectral();
  const errors: number[] = [];
  for (const _ of train(model, problem, { steps: 300 })) {
    errors.push(relativeError(model.product(), target));
  }
  expect(errors.at(-1)).toBeLessThan(1e-3 * errors[0]);
});

test("tolerance stops at the first loss that is not above it", () => {
  const losses = [...train(spectral(), problem, { steps: 10_000, tolerance: 1e-6 })].map(
    ({ loss }) => loss,
  );
  expect(losses.at(-1)).toBeLessThanOrEqual(1e-6);
  expect(losses.slice(0, -1).every((loss) => loss > 1e-6)).toBe(true);
});

test.each([
  ["gd", gd({ learningRate: 0.05 })],
  ["momentum", momentum({ learningRate: 0.05 })],
  ["adam", adam({ learningRate: 0.01 })],
  ["adamw", adamw({ learningRate: 0.01, weightDecay: 0.1 })],
  ["scaledGd", scaledGd()],
] as const)(
  "a run of %s resumed from a checkpoint equals the uninterrupted one bit for bit",
  (_name, optimizer) => {
    const options = { optimizer, outerLearningRateRatio: 0.3, steps: 60 };
    const whole = spectral();
    for (const _ of train(whole, problem, options));
    const first = spectral();
    const run = train(first, problem, options);
    let checkpoint = run.checkpoint();
    for (const { step } of run) {
      if (step !== 23) continue;
      checkpoint = run.checkpoint();
      break;
    }
    expect(checkpoint.step).toBe(23);
    const second = spectral();
    for (const _ of train(second, problem, { ...options, checkpoint }));
    second.factors().forEach((factor, l) => {
      expect(factor.equals(whole.factors()[l])).toBe(true);
    });
  },
);

test("an outer ratio of 0 leaves the outer factors bitwise unchanged, also under Adam", () => {
  for (const optimizer of [gd({ learningRate: 0.1 }), adam({ learningRate: 0.01 }), scaledGd()]) {
    const model = spectral();
    const before = model.factors();
    for (const _ of train(model, problem, { steps: 20, optimizer, outerLearningRateRatio: 0 }));
    const after = model.factors();
    expect(after[0].equals(before[0])).toBe(true);
    expect(after[2].equals(before[2])).toBe(true);
    expect(after[1].equals(before[1])).toBe(false);
  }
});

test("a schedule sets the rate of every step, and zero rates change nothing", () => {
  const model = spectral();
  const before = model.factors();
  const optimizer = adam({ learningRate: 1 });
  const rates = linearDecay({ learningRate: 0.02, steps: 40 });
  const run = train(model, problem, {
    steps: 30,
    optimizer,
    schedule: (t) => (t < 10 ? 0 : rates(t)),
  });
  for (const { step } of run) {
    if (step > 0) expect(run.learningRate).toBe(step <= 10 ? 0 : rates(step - 1));
    if (step === 10) expect(model.factors()[0].equals(before[0])).toBe(true);
  }
  expect(model.factors()[0].equals(before[0])).toBe(false);
});

test("every factor can have a rate of its own, also one of 0", () => {
  const steps = (options: object, factors: Matrix[]) => {
    const model = spectral();
    const run = train(model, problem, {
      steps: 1,
      optimizer: gd({ learningRate: 0.1 }),
      ...options,
    });
    for (const _ of run);
    return model.factors().map((factor, l) => factor.data.map((x, i) => x - factors[l].data[i]));
  };
  const before = spectral().factors();
  const equal = steps({ learningRateRatios: [1, 1, 1] }, before);
  const own = steps({ learningRateRatios: [0.5, 3, 0] }, before);
  for (const [l, ratio] of [0.5, 3, 0].entries()) {
    own[l].forEach((step, i) => {
      expect(Math.abs(step - ratio * equal[l][i])).toBeLessThan(1e-15);
    });
  }
  expect(steps({ learningRateRatios: [2, 1, 2] }, before)).toEqual(
    steps({ outerLearningRateRatio: 2 }, before),
  );
});

test("S counts each factor with the ratio that it has", () => {
  const stability = (learningRateRatios: number[]) =>
    train(spectral(), problem, {
      steps: 1,
      optimizer: gd({ learningRate: 0.1 }),
      learningRateRatios,
    }).stability as number;
  const parts = [0, 1, 2].map((l) => stability([0, 1, 2].map((k) => (k === l ? 1 : 0))));
  const together = stability([0.5, 2, 3]);
  expect(Math.abs(together - (0.5 * parts[0] + 2 * parts[1] + 3 * parts[2]))).toBeLessThan(1e-12);
  const chosen = train(spectral(), problem, {
    steps: 1,
    optimizer: gd(),
    learningRateRatios: [0.5, 2, 3],
  });
  expect(chosen.stability).toBeCloseTo(1.5, 6);
});

test("the outer ratio multiplies the update, so Adam feels it", () => {
  const moved = (ratio: number) => {
    const model = spectral();
    const before = model.factors()[0];
    const optimizer = adam({ learningRate: 0.01 });
    for (const _ of train(model, problem, { steps: 1, optimizer, outerLearningRateRatio: ratio }));
    return Math.max(...model.factors()[0].data.map((x, i) => Math.abs(x - before.data[i])));
  };
  expect(moved(0.1) / moved(1)).toBeCloseTo(0.1, 6);
});

test("chosen rates keep S at the usable part of the limit, whatever is given", () => {
  const wide = () => deepFactorization({ shape: { rows: 12, cols: 10 }, scale: 1e-2 });
  const compressed = () => compress(wide(), problem, { rank: 2 });
  for (const [optimizer, usable] of [
    [gd(), 1.5],
    [momentum(), 0.75 * 0.1 * 3.8],
    [momentum({ beta: 0.5 }), 0.75 * 0.5 * 3],
    [momentum({ beta: 0.5, nesterov: true }), 0.75 * 0.5 * 1.5],
  ] as const) {
    for (const model of [wide(), compressed(), spectral()]) {
      for (const ratio of [undefined, 0.01, 0]) {
        const run = train(model, problem, {
          steps: 1,
          optimizer,
          ...(ratio === undefined ? {} : { outerLearningRateRatio: ratio }),
        });
        expect(run.stability).toBeCloseTo(usable, 6);
      }
    }
  }
});

test("S predicts which plain gradient descent holds: below 2 it converges, far above it fails", () => {
  const A = lowRankTarget(30, 30, 3, 3);
  const full = factorization(A);
  const errorAt = (S: number) => {
    const wide = deepFactorization({ shape: { rows: 30, cols: 30 }, scale: 0.05 });
    const model = compress(wide, full, { rank: 3 });
    const probe = train(model, full, {
      steps: 1,
      optimizer: gd({ learningRate: 1 }),
      outerLearningRateRatio: 0.1,
    });
    const optimizer = gd({ learningRate: S / (probe.stability as number) });
    const fresh = compress(wide, full, { rank: 3 });
    for (const _ of train(fresh, full, { steps: 4000, optimizer, outerLearningRateRatio: 0.1 }));
    return relativeError(fresh.product(), A);
  };
  // The passive block stays: sqrt(24) 0.05^3 of 1.7.
  expect(errorAt(1.5)).toBeLessThan(1e-3);
  expect(() => errorAt(20)).toThrow(DivergenceError);
});

test("a diverging run names S and a rate, and that rate holds", () => {
  for (const make of [gd, momentum]) {
    let error: unknown;
    try {
      for (const _ of train(spectral(), problem, {
        steps: 1000,
        optimizer: make({ learningRate: 50 }),
        outerLearningRateRatio: 1,
      }));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DivergenceError);
    const { suggestedLearningRate, stability, message } = error as DivergenceError;
    expect(stability).toBeGreaterThan(2);
    expect(message).toMatch(/S = .* would hold/);
    const model = spectral();
    for (const _ of train(model, problem, {
      steps: 3000,
      optimizer: make({ learningRate: suggestedLearningRate as number }),
      outerLearningRateRatio: 1,
    }));
    expect(relativeError(model.product(), target)).toBeLessThan(1e-6);
  }
});

test("the default run recovers masked targets of every shape on their unseen entries", () => {
  for (const [rows, cols] of [
    [40, 40],
    [30, 70],
    [70, 30],
  ]) {
    const truth = lowRankTarget(rows, cols, 2, 4);
    const masked = completion(observedEntries(truth, 0.5, 2));
    for (const model of [
      compress(deepFactorization({ shape: { rows, cols } }), masked, { rank: 2 }),
      spectralCompress(masked, { rank: 2 }),
    ]) {
      for (const _ of train(model, masked, { steps: 4000, tolerance: 1e-16 }));
      expect(relativeError(model.product(), truth)).toBeLessThan(1e-5);
    }
  }
});

test("the default run recovers a target from random measurements", () => {
  const truth = lowRankTarget(10, 8, 1, 4);
  const operators = Array.from({ length: 70 }, (_, i) => Matrix.randomNormal(10, 8, { seed: i }));
  const measurements = operators.map((A) =>
    [...A.data].reduce((s, a, i) => s + a * truth.data[i], 0),
  );
  const sensed = sensing({ operators, measurements });
  const model = spectralCompress(sensed, { rank: 1 });
  for (const _ of train(model, sensed, { steps: 4000, tolerance: 1e-20 }));
  expect(relativeError(model.product(), truth)).toBeLessThan(1e-6);
});

test("f32 follows f64 to its own precision", () => {
  const single = spectralCompress(problem, { rank: 2, width: 2, scale: 0.1, dtype: "f32" });
  const double = spectral();
  const options = { steps: 1000, optimizer: gd({ learningRate: 0.1 }), outerLearningRateRatio: 1 };
  for (const _ of train(single, problem, options));
  for (const _ of train(double, problem, options));
  expect(single.product().dtype).toBe("f32");
  expect(relativeError(single.product().astype("f64"), double.product())).toBeLessThan(1e-4);
});

test("train refuses bad arguments by name", () => {
  expect(() => train(spectral(), factorization(Matrix.identity(3)), { steps: 1 })).toThrow(
    /the model is 12 x 10 and the problem 3 x 3/,
  );
  expect(() => train(spectral(), problem, { steps: -1 })).toThrow(/steps is -1/);
  expect(() => train(spectral(), problem, { steps: 1.5 })).toThrow(/steps is 1.5/);
  expect(() => train(spectral(), problem, { steps: 1, tolerance: Number.NaN })).toThrow(
    /tolerance/,
  );
  expect(() => train(spectral(), problem, { steps: 1, outerLearningRateRatio: -1 })).toThrow(
    /outerLearningRateRatio is -1/,
  );
  const ratios =
    (learningRateRatios: number[], more = {}) =>
    () =>
      train(spectral(), problem, { steps: 1, learningRateRatios, ...more });
  expect(ratios([1, 1])).toThrow(/has 2 entries and the model has 3 factors/);
  expect(ratios([1, Number.NaN, 1])).toThrow(/learningRateRatios\[1\] is NaN/);
  expect(ratios([1, 1, 1], { outerLearningRateRatio: 1 })).toThrow(/are both given/);
});

test("problems refuse bad data by name", () => {
  const entry = { rows: 2, cols: 2, rowIndices: [0], colIndices: [0], values: [1] };
  expect(() => completion({ ...entry, values: [], rowIndices: [], colIndices: [] })).toThrow(
    /no observations/,
  );
  expect(() => completion({ ...entry, rowIndices: [2] })).toThrow(/rowIndices\[0\] is 2/);
  expect(() => completion({ ...entry, colIndices: [-1] })).toThrow(/colIndices\[0\] is -1/);
  expect(() => completion({ ...entry, colIndices: [0, 1] })).toThrow(/lengths must be equal/);
  expect(() => completion({ ...entry, values: [Number.NaN] })).toThrow(/values\[0\] is NaN/);
  expect(() => completion({ ...entry, rows: 0 })).toThrow(/rowIndices\[0\] is 0/);
  expect(() => factorization(Matrix.zeros(0, 3))).toThrow(/0 x 3/);
  expect(() => factorization(Matrix.from([[Number.POSITIVE_INFINITY]]))).toThrow(/Infinity/);
  expect(() => sensing({ operators: [], measurements: [] })).toThrow(/operators is empty/);
  expect(() => sensing({ operators: [Matrix.identity(2)], measurements: [1, 2] })).toThrow(
    /counts/,
  );
  expect(() =>
    sensing({ operators: [Matrix.identity(2), Matrix.identity(3)], measurements: [1, 2] }),
  ).toThrow(/operators\[1\] is 3 x 3/);
  expect(() => deepFactorization({ shape: { rows: 2, cols: 2 }, depth: 1 })).toThrow(/depth is 1/);
  expect(() => deepFactorization({ shape: { rows: 2, cols: 2 }, scale: 0 })).toThrow(/scale is 0/);
  expect(() => deepFactorization({ shape: { rows: 2, cols: 2 }, scale: [1, 1] })).toThrow(
    /scale has 2/,
  );
  expect(() => deepFactorization({ shape: { rows: 2, cols: 2 }, seed: -1 })).toThrow(/seed/);
  expect(() => spectralCompress(problem, { rank: 11 })).toThrow(/rank is 11/);
});
