// Losses that stand wrong measurements: what each of them stands, and what it does not.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readLoss } from "../../src/factorization/problems/loss.js";
import {
  adam,
  completion,
  cosineDecay,
  type LossOptions,
  Matrix,
  scaledGd,
  sensing,
  spectralCompress,
  train,
} from "../../src/index.js";
import { expectBelow } from "../helpers/ratios.js";
import { lowRankTarget, measured, observedEntries, relativeError } from "./problems.js";

const huber = (threshold: number): LossOptions => ({ loss: "huber", threshold });
const medianOfMeans = (blocks: number): LossOptions => ({ loss: "medianOfMeans", blocks });

const target = lowRankTarget(40, 30, 2, 7);
/** Of the entries of rank 2, one in 100 is 100 times as large. */
const entries = (wrong: boolean) => {
  const data = observedEntries(target, 0.6, 3);
  return { ...data, values: data.values.map((v, p) => (wrong && p % 100 === 3 ? 100 * v + 1 : v)) };
};

function errorAfter(problem: ReturnType<typeof completion>, X: Matrix, options = {}) {
  const model = spectralCompress(problem, { rank: 2 });
  for (const _ of train(model, problem, { steps: 2500, ...options }));
  return relativeError(model.product(), X);
}

test("Huber's loss completes a matrix with wrong entries, which squares do not", () => {
  const exact = errorAfter(completion(entries(false), huber(3e-3)), target);
  const robust = errorAfter(completion(entries(true), huber(3e-3)), target);
  expectBelow(1e-3, { exact });
  expectBelow(0.02, { robust });
  expect(errorAfter(completion(entries(true)), target)).toBeGreaterThan(50 * robust);
});

const X = lowRankTarget(12, 10, 2, 3);
/** Five of 240 measurements are 100, and with leverage their operators are ten times as large. */
function spoiltMeasurements(leverage: boolean) {
  const { operators, measurements } = measured(X, 240, 1);
  return {
    operators: operators.map((A, i) =>
      leverage && i % 48 === 5
        ? new Matrix(
            12,
            10,
            A.data.map((a) => 10 * a),
          )
        : A,
    ),
    measurements: measurements.map((y, i) => (i % 48 === 5 ? 100 : y)),
  };
}

test("against wrong measurements both losses do well, against leverage the median of means alone", () => {
  const steps = 2500;
  const slower = {
    optimizer: adam({ learningRate: 0.01 }),
    schedule: cosineDecay({ learningRate: 0.01, steps }),
  };
  const plain = spoiltMeasurements(false);
  expectBelow(0.05, {
    huber: errorAfter(sensing(plain, huber(0.3)), X),
    median: errorAfter(sensing(plain, medianOfMeans(24)), X, slower),
  });
  const leverage = spoiltMeasurements(true);
  expectBelow(0.05, { median: errorAfter(sensing(leverage, medianOfMeans(24)), X, slower) });
  expect(errorAfter(sensing(leverage, huber(0.1)), X)).toBeGreaterThan(0.5);
  expect(errorAfter(sensing(leverage), X)).toBeGreaterThan(0.5);
});

test("the median of means is a clean block's as long as most blocks are clean, whatever the rest", () => {
  const size = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(size),
      fc.nat(1000),
      (half, perBlock, stream, seed) => {
        const blocks = 2 * half + 1;
        const measurements = blocks * perBlock;
        const errors = Float64Array.from({ length: measurements }, () => stream.next().value);
        const shape = { rows: 3, cols: 3, measurements };
        const loss = readLoss("test", { loss: "medianOfMeans", blocks, seed }, shape);
        if (!loss) throw new Error("no loss");
        // As many wrong errors as fewer than half of the blocks.
        const spoilt = errors.map((e, p) => (p < half ? 1e12 : e));
        const wrong = new Set(Array.from({ length: half }, (_, p) => p));
        const derivatives = spoilt.slice();
        const value = loss.derive(derivatives);
        const chosen = [...derivatives.keys()].filter((p) => derivatives[p] !== 0);
        expect(chosen.some((p) => wrong.has(p))).toBe(false);
        expect(value).toBeLessThan(0.5 * blocks * perBlock * 100 * (1 + 1e-9));
        expect(chosen.length).toBeLessThanOrEqual(perBlock);
        for (const p of chosen) expect(derivatives[p]).toBe(blocks * spoilt[p]);
      },
    ),
  );
});

test("one block, or a threshold above every error, gives the bits of squares", () => {
  const data = entries(false);
  const run = (options: LossOptions) => {
    const problem = completion(data, options);
    const model = spectralCompress(problem, { rank: 2 });
    const losses = [...train(model, problem, { steps: 20 })].map(({ loss }) => loss);
    return { losses, product: model.product().data };
  };
  const squares = run({});
  for (const options of [huber(1e9), medianOfMeans(1)]) {
    const { losses, product } = run(options);
    expect(product).toEqual(squares.product);
    losses.forEach((loss, s) => {
      expect(Math.abs(loss - squares.losses[s])).toBeLessThan(1e-12 * squares.losses[0]);
    });
  }
});

test("options that a loss does not have, or lacks, are named", () => {
  const data = entries(false);
  const refused = (options: object, message: string) =>
    expect(() => completion(data, options as LossOptions)).toThrow(message);
  refused({ loss: "huber" }, 'completion: loss is "huber" and threshold is missing');
  refused({ loss: "medianOfMeans" }, 'completion: loss is "medianOfMeans" and blocks is missing');
  refused(
    { threshold: 1 },
    'completion: loss is "squares" and threshold is 1: only "huber" takes it',
  );
  refused({ loss: "huber", threshold: 1, seed: 3 }, 'only "medianOfMeans" takes it');
  refused({ loss: "huber", threshold: 0 }, "completion: threshold is 0");
  refused({ loss: "cauchy" }, "completion: loss is");
  const { length } = data.values;
  refused({ loss: "medianOfMeans", blocks: length - 1 }, `there are ${length} measurements`);
});

test("scaledGd, which takes the loss for a parabola, refuses another one", () => {
  const problem = completion(entries(false), huber(1));
  const model = spectralCompress(problem, { rank: 2 });
  expect(() => train(model, problem, { steps: 1, optimizer: scaledGd() })).toThrow(
    "train: the optimizer is scaledGd and the problem's loss is not of squares",
  );
});
