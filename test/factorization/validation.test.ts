import fc from "fast-check";
import { expect, test } from "vitest";
import {
  completion,
  factorization,
  holdOut,
  Matrix,
  momentum,
  scaledGd,
  spectralCompress,
  train,
} from "../../src/index.js";
import { lowRankTarget, observedEntries } from "./problems.js";

/** Half of a low-rank matrix with noise of the given size relative to its entries. */
function noisy(rows: number, cols: number, rank: number, noise: number, seed: number) {
  const target = lowRankTarget(rows, cols, rank, seed);
  const observed = observedEntries(target, 0.5, seed);
  const rms = Math.sqrt([...target.data].reduce((s, x) => s + x * x, 0) / rows / cols);
  const draw = Matrix.randomNormal(1, observed.values.length, { seed: seed + 9 }).data;
  const values = observed.values.map((value, p) => value + noise * rms * draw[p]);
  return { target, data: { ...observed, values } };
}

function distance(A: Matrix, B: Matrix): number {
  let squares = 0;
  A.data.forEach((a, i) => {
    squares += (a - B.data[i]) ** 2;
  });
  return Math.sqrt(squares);
}

test("a run stopped by noisy entries is near the best one of its way, though its end is far", () => {
  const ratios: number[] = [];
  const ends: number[] = [];
  for (let seed = 0; seed < 12; seed++) {
    const rank = 1 + (seed % 3);
    const { target, data } = noisy(40 + seed, 50 - seed, rank, [0.1, 0.5, 1][seed >> 2], seed);
    const { training, validation } = holdOut(data, { seed });
    const problem = completion(training);
    const options = { steps: 600, optimizer: scaledGd() };
    const stopped = spectralCompress(problem, { rank });
    for (const _ of train(stopped, problem, { ...options, validation: completion(validation) }));
    const free = spectralCompress(problem, { rank });
    let best = Number.POSITIVE_INFINITY;
    for (const { step } of train(free, problem, options)) {
      if (step % 5 === 0) best = Math.min(best, distance(free.product(), target));
    }
    ratios.push(distance(stopped.product(), target) / best);
    ends.push(distance(free.product(), target) / best);
  }
  const sorted = ratios.sort((a, b) => a - b);
  expect(sorted[6]).toBeLessThan(1.05);
  expect(sorted[8]).toBeLessThan(1.1);
  expect(sorted[11]).toBeLessThan(1.25);
  expect(Math.max(...ends)).toBeGreaterThan(2);
});

test("the model gets the factors of the least validation loss, whoever ends the run", () => {
  const { data } = noisy(30, 30, 2, 0.5, 3);
  const { training, validation } = holdOut(data, { share: 0.2 });
  const problem = completion(training);
  for (const leave of [false, true]) {
    const model = spectralCompress(problem, { rank: 2 });
    let least = Number.POSITIVE_INFINITY;
    const options = { steps: 150, optimizer: scaledGd(), validation: completion(validation) };
    for (const { step, validationLoss } of train(model, problem, options)) {
      least = Math.min(least, validationLoss as number);
      if (leave && step === 120) break;
    }
    const X = model.product();
    const { rowIndices, colIndices, values } = validation;
    let loss = 0;
    for (let p = 0; p < values.length; p++) {
      loss += 0.5 * (X.get(rowIndices[p], colIndices[p]) - values[p]) ** 2;
    }
    expect(Math.abs(loss / least - 1)).toBeLessThan(1e-10);
  }
});

test("validation changes nothing of the way, and patience ends it", () => {
  const { data } = noisy(30, 26, 2, 0.5, 5);
  const { training, validation } = holdOut(data);
  const problem = completion(training);
  const losses = (options: { validation?: ReturnType<typeof completion>; patience?: number }) => {
    const model = spectralCompress(problem, { rank: 2 });
    const optimizer = momentum({ learningRate: "adaptive" });
    return [...train(model, problem, { steps: 900, optimizer, ...options })].map((s) => s.loss);
  };
  const plain = losses({});
  const watched = losses({ validation: completion(validation), patience: 50 });
  expect(watched).toEqual(plain.slice(0, watched.length));
  expect(watched.length).toBeLessThan(plain.length);
});

test("holdOut parts the observations in two, none lost, none twice", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }),
      (count, share, seed) => {
        const places = [...Array(count).keys()];
        const data = {
          rows: 60,
          cols: 7,
          rowIndices: places,
          colIndices: places.map((p) => p % 7),
          values: places.map((p) => p / 2),
        };
        const { training, validation } = holdOut(data, { share, seed });
        const both = [...Array.from(training.rowIndices), ...Array.from(validation.rowIndices)];
        expect(both.sort((a, b) => a - b)).toEqual(places);
        for (const part of [training, validation]) {
          expect(part.values.length).toBeGreaterThan(0);
          Array.from(part.rowIndices).forEach((p, i) => {
            expect([part.colIndices[i], part.values[i]]).toEqual([p % 7, p / 2]);
          });
        }
        expect(Math.abs(validation.values.length - share * count)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("bad options are refused by name", () => {
  const data = { rows: 2, cols: 2, rowIndices: [0, 1], colIndices: [0, 1], values: [1, 2] };
  expect(() => holdOut(data, { share: 1 })).toThrow(/holdOut: share is 1/);
  expect(() => holdOut(data, { share: 0 })).toThrow(/holdOut: share is 0/);
  expect(() => holdOut({ ...data, rowIndices: [0], colIndices: [0], values: [1] })).toThrow(
    /there are 1 observations/,
  );
  const problem = completion(data);
  const model = spectralCompress(problem, { rank: 1, width: 1 });
  const other = factorization(Matrix.identity(3));
  expect(() => train(model, problem, { steps: 1, validation: other })).toThrow(
    /the model is 2 x 2 and validation 3 x 3/,
  );
  expect(() => train(model, problem, { steps: 1, patience: 0 })).toThrow(/patience is 0/);
});
