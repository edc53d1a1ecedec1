import fc from "fast-check";
import { expect, test } from "vitest";
import { normals } from "../../lab/random.mjs";
import { allocatePower, gaussianChannel, readSum } from "../../src/federated.js";
import { Matrix } from "../../src/index.js";
import "../helpers/seed.js";
import { mean } from "./sparse.js";

const signal = (rows: number, cols: number, seed: number, scale = 1, shift = 0) =>
  new Matrix(
    rows,
    cols,
    normals(rows * cols, seed).map((x) => shift + scale * x),
  );

test("C7: a transmission of s + 2 uses spends P (s + 2), whatever the signal", () => {
  const scales = fc.constantFrom(0, 1e-9, 1, 1e6, 1e150);
  const shifts = fc.constantFrom(0, 1, -1e3, 1e8);
  const powers = fc.constantFrom(1e-6, 1, 1000, 1e9);
  fc.assert(
    fc.property(fc.nat(10_000), scales, shifts, powers, (seed, scale, shift, power) => {
      const sent = allocatePower(signal(5, 32, seed, scale, shift), power);
      const energy = sent.reduce((sum, x) => sum + x * x, 0);
      expect(sent.length).toBe(162);
      expect(Math.abs(energy / (power * 162) - 1) < 1e-9).toBe(true);
    }),
  );
});

test("C7: the receiver's mean over draws is the mean of the signals weighted by their alphas", () => {
  const signals = [signal(4, 32, 1, 0.2, 0.5), signal(4, 32, 2, 0.5, 0.3), signal(4, 32, 3)];
  const alphas = signals.map((X) => allocatePower(X, 100)[128]);
  const all = alphas.reduce((sum, alpha) => sum + alpha, 0);
  const expected = signals[0].data.map(
    (_, i) => signals.reduce((sum, X, w) => sum + alphas[w] * X.data[i], 0) / all,
  );
  const channel = gaussianChannel({ power: 100, noise: 1, seed: 5 });
  let sum = new Float64Array(128);
  for (let draw = 0; draw < 400; draw++) {
    const { data } = channel.transmit(signals);
    sum = sum.map((total, i) => total + data[i] / 400);
  }
  const size = Math.sqrt(mean([...expected].map((x) => x * x)));
  const bias = Math.sqrt(mean([...sum].map((x, i) => (x - expected[i]) ** 2)));
  expect(bias / size < 0.02).toBe(true);
  expect(channel.uses).toBe(400 * 130);
});

test("without noise one signal comes back, and noise has its standard deviation", () => {
  const X = signal(20, 64, 1, 3, 0.5);
  const sent = allocatePower(X, 10);
  const back = readSum(sent, 20, 64);
  const largest = Math.max(...back.data.map((x, i) => Math.abs(x - X.data[i])));
  expect(largest < 1e-12).toBe(true);
  // A small one, so that what the noise does to alpha is small too; that in the mean is one number.
  const small = signal(20, 64, 1, 0.01);
  const noisy = gaussianChannel({ power: 1e6, noise: 5, seed: 3 }).transmit([small]);
  const alpha = allocatePower(small, 1e6)[20 * 64];
  const differences = [...noisy.data.map((x, i) => ((x - small.data[i]) * alpha) / 5)];
  const offset = mean(differences);
  expect(Math.abs(Math.sqrt(mean(differences.map((d) => (d - offset) ** 2))) - 1) < 0.1).toBe(true);
});

test("equal seeds give equal bits, each transmission noise of its own", () => {
  const X = signal(2, 32, 1);
  const make = (seed: number) => gaussianChannel({ power: 10, seed });
  const [a, b, other] = [make(1), make(1), make(2)];
  const first = a.transmit([X]).data;
  expect(b.transmit([X]).data).toEqual(first);
  expect(a.transmit([X]).data).not.toEqual(first);
  expect(other.transmit([X]).data).not.toEqual(first);
});

test("what cannot be sent or read is refused", () => {
  const channel = gaussianChannel({ power: 1, seed: 1 });
  expect(() => gaussianChannel({ power: 0, seed: 1 })).toThrow("power is 0");
  expect(() => gaussianChannel({ power: 1, noise: -1, seed: 1 })).toThrow("noise is -1");
  expect(() => channel.transmit([])).toThrow("signals");
  expect(() => channel.transmit([signal(1, 32, 1), signal(2, 32, 1)])).toThrow(
    "signals[1] is 2 x 32 and signals[0] 1 x 32",
  );
  expect(() => allocatePower(Matrix.zeros(0, 32), 1)).toThrow("0 entries");
  expect(() => allocatePower(signal(1, 4, 1, 1e200), 1)).toThrow("overflow");
  expect(() => readSum(new Float64Array(6), 1, 4)).toThrow("the sum of the alphas is 0");
  expect(() => readSum(new Float64Array(7), 1, 4)).toThrow("heard has 7 numbers");
  // A signal far above the power leaves the receiver nothing to divide by, sooner or later.
  const weak = gaussianChannel({ power: 1, seed: 1 });
  const drowned = () => {
    for (let i = 0; i < 50; i++) weak.transmit([signal(1, 32, 1, 1e6)]);
  };
  expect(drowned).toThrow("the noise drowns it");
  expect(channel.uses).toBe(0);
});
