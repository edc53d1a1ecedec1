import fc from "fast-check";
import { expect, test } from "vitest";
import {
  completion,
  factorization,
  holdOut,
  Matrix,
  matmul,
  momentum,
  qr,
  scaledGd,
  spectralCompress,
  train,
} from "../../src/index.js";
import { lowRankTarget, observedEntries } from "./problems.js";

/** A share of the target's entries, with noise of the given size relative to them. */
function observe(target: Matrix, share: number, noise: number, seed: number) {
  const observed = observedEntries(target, share, seed);
  const rms = Math.sqrt([...target.data].reduce((s, x) => s + x * x, 0) / target.data.length);
  const draw = Matrix.randomNormal(1, observed.values.length, { seed: seed + 9 }).data;
  return { ...observed, values: observed.values.map((x, p) => x + noise * rms * draw[p]) };
}

/** Half of a low-rank matrix. */
function noisy(rows: number, cols: number, rank: number, noise: number, seed: number) {
  const target = lowRankTarget(rows, cols, rank, seed);
  return { target, data: observe(target, 0.5, noise, seed) };
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

test("a plateau before the next direction is no end, at little noise and a small start", () => {
  for (let seed = 0; seed < 3; seed++) {
    // Singular values 3 and 1, so that the second direction comes long after the first.
    const [U, V] = [1, 2].map((k) => qr(Matrix.randomNormal(60, 2, { seed: 10 * seed + k })).Q);
    const scaled = new Matrix(
      60,
      2,
      U.data.map((x, p) => (p % 2 ? x : 3 * x)),
    );
    const target = matmul(scaled, V, { transposeB: true });
    const data = observe(target, 0.4, 0.03, seed);
    const { training, validation } = holdOut(data, { seed });
    const model = spectralCompress(completion(training), { rank: 2 });
    const options = { steps: 2000, validation: completion(validation) };
    for (const _ of train(model, completion(training), options));
    // With one direction of the two it would be 0.3.
    expect(distance(model.product(), target) / Math.sqrt(10)).toBeLessThan(0.05);
  }
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
