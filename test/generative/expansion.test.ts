// The checks of constant expansion: D1 to D9 of the specification, by its tolerances, on fewer seeds.
import { expect, test } from "vitest";
import { meanOfSeen } from "../../src/generative/weight-distribution.js";
import { ReluGenerator, recover, weightDistributionDeviation } from "../../src/generative.js";
import { gd, Matrix } from "../../src/index.js";
import { angle } from "../../src/linalg/elementary.js";
import { expectBelow } from "../helpers/ratios.js";
import { expansiveRun, gaussian, median, normal, seeds, times } from "./toys.js";

/** The share of the seeds on which the latent vector is found to a thousandth. */
const success = (runs: { error: number }[]) =>
  runs.filter(({ error }) => error < 1e-3).length / runs.length;

test("D1: Q is the mean of the sum over the rows that both directions see", () => {
  const [n, k] = [400_000, 6];
  const rows = normal(n * k, 11);
  for (const [x, y] of [
    [normal(k, 1), normal(k, 2)],
    [normal(k, 3), normal(k, 3)],
    [normal(k, 4), normal(k, 4).map((value) => -value)],
    [normal(k, 5), normal(k, 6).map((value, i) => -4 * normal(k, 5)[i] + value)],
  ]) {
    const sum = new Float64Array(k * k);
    for (let r = 0; r < n; r++) {
      let [byX, byY] = [0, 0];
      for (let i = 0; i < k; i++) {
        byX += rows[r * k + i] * x[i];
        byY += rows[r * k + i] * y[i];
      }
      if (!(byX > 0 && byY > 0)) continue;
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) sum[i * k + j] += (rows[r * k + i] * rows[r * k + j]) / n;
      }
    }
    const Q = meanOfSeen(x, y);
    const gap = sum.reduce((most, value, i) => Math.max(most, Math.abs(value - Q.data[i])), 0);
    expectBelow(0.01, { gap });
  }
});

const deviation = (expansion: number, k: number, seed: number) =>
  weightDistributionDeviation(gaussian(expansion * k, k, seed), { pairs: 60, climbs: 60, seed });

const meanDeviation = (expansion: number, k: number) =>
  seeds(2).reduce((sum, seed) => sum + deviation(expansion, k, seed) / 2, 0);

test("D2: at a constant expansion the deviation does not grow with the size", () => {
  const [small, large] = [meanDeviation(16, 10), meanDeviation(16, 80)];
  expectBelow(1.15 * small, { large });
  expectBelow(0.8, { small, large });
});

test("D3: it falls like one over the root of the expansion", () => {
  const ratio = meanDeviation(64, 40) / meanDeviation(16, 40);
  expect(ratio).toBeGreaterThan(0.35);
  expectBelow(0.65, { ratio });
});

test("D4: the gradient is the product of the active rows", () => {
  const generator = ReluGenerator.random({ sizes: [6, 20, 50], seed: 3 });
  const z = normal(6, 4);
  const A = gaussian(30, 50, 5);
  const y = normal(30, 6);
  const { network, parameters } = generator;
  const weights = network.layers.map(
    ({ weight, inputs, outputs }) =>
      new Matrix(outputs, inputs, parameters.slice(weight, weight + inputs * outputs)),
  );
  // A W_2,+ W_1,+: the rows of inactive units are zeros.
  let x = z;
  let chain = Matrix.identity(6);
  for (const W of weights) {
    const h = times(W, x);
    const columns = Array.from({ length: 6 }, (_, j) =>
      times(
        W,
        Float64Array.from({ length: chain.rows }, (_, i) => chain.get(i, j)),
      ),
    );
    chain = Matrix.zeros(W.rows, 6);
    columns.forEach((column, j) => {
      for (let i = 0; i < column.length; i++) chain.set(i, j, h[i] > 0 ? column[i] : 0);
    });
    x = Float64Array.from(h, (value) => Math.max(value, 0));
  }
  const residual = times(A, x).map((u, i) => u - y[i]);
  const expected = times(chain.transpose(), times(A.transpose(), residual));
  // One step of rate 1 from z is the gradient.
  const run = recover({
    ...{ operator: A, measurements: y, generator, start: z, steps: 1, restarts: 1 },
    optimizer: gd({ learningRate: 1 }),
  });
  for (const _ of run);
  run.latent.forEach((value: number, i: number) => {
    expectBelow(1e-10, { gap: Math.abs(z[i] - value - expected[i]) });
  });
});

const one = { expansion: 10, layers: 1 };
const narrow = { layers: 1, steps: 1500 };

test("D5: a constant expansion suffices, whatever the size", () => {
  const runs = (latent: number) =>
    seeds(5).map((seed) => expansiveRun({ ...one, latent, measurements: 6 * latent, seed }));
  const [small, large] = [runs(10), runs(80)];
  for (const found of [small, large]) expect(success(found)).toBeGreaterThanOrEqual(0.8);
  const steps = (found: { steps: number }[]) => median(found.map((run) => run.steps));
  expect(steps(large)).toBeLessThanOrEqual(1.5 * steps(small));
  const deep = seeds(5).map((seed) =>
    expansiveRun({ latent: 10, expansion: 5, layers: 2, measurements: 120, seed }),
  );
  expect(success(deep)).toBeGreaterThanOrEqual(0.8);
});

test("D6: and some expansion is necessary, even where everything is measured", () => {
  const rate = (expansion: number) =>
    success(
      seeds(8).map((seed) =>
        expansiveRun({ ...narrow, latent: 10, expansion, measurements: 10 * expansion, seed }),
      ),
    );
  expect(rate(1.5)).toBeLessThanOrEqual(0.15);
  expect(rate(4)).toBeGreaterThan(0.6);
});

test("D7: the more measurements, the surer", () => {
  const rates = [1, 2, 4, 8].map((times) =>
    success(
      seeds(10).map((seed) =>
        expansiveRun({ latent: 10, expansion: 4, layers: 2, measurements: 10 * times, seed }),
      ),
    ),
  );
  expect(rates[3] - rates[0]).toBeGreaterThanOrEqual(0.6);
  for (let i = 1; i < rates.length; i++) {
    expect(rates[i]).toBeGreaterThanOrEqual(rates[i - 1] - 0.15);
  }
});

test("D8: the error is in proportion to the noise", () => {
  for (const noise of [0.01, 0.05, 0.1, 0.2]) {
    const errors = seeds(5).map((seed) => {
      const run = expansiveRun({ ...one, latent: 10, measurements: 60, seed, noise, steps: 300 });
      const z = normal(10, seed + 1000);
      return run.error * Math.sqrt(z.reduce((sum, value) => sum + value * value, 0));
    });
    const ratio = median(errors) / noise;
    expect(ratio).toBeGreaterThan(0.4);
    expectBelow(1.4, { ratio });
  }
});

test("D9: with the negation check no run ends in the basin of the negative", () => {
  const latent = 10;
  const runs = (negationCheck: boolean) =>
    seeds(16).map((seed) =>
      expansiveRun({ latent, expansion: 4, layers: 2, measurements: 80, seed, negationCheck }),
    );
  const inBasin = ({ error }: { error: number }) => error >= 1 && error <= 1.4;
  const checked = runs(true);
  expect(checked.filter(inBasin)).toEqual([]);
  expect(success(checked)).toBeGreaterThanOrEqual(success(runs(false)) - 0.1);
  // From there a run without the check does end so.
  const [withIt, without] = [true, false].map((negationCheck) =>
    expansiveRun({
      ...{ latent, expansion: 4, layers: 2, measurements: 80, seed: 1 },
      ...{ negationCheck, fromNegative: true },
    }),
  );
  expectBelow(1e-3, { error: withIt.error });
  expect(inBasin(without)).toBe(true);
});

test("an angle is that of the host to the last bits", () => {
  for (let i = 0; i <= 1000; i++) {
    const theta = (i * Math.PI) / 1000;
    const found = angle(Math.cos(theta), Math.max(0, Math.sin(theta)));
    expectBelow(2e-15, { gap: Math.abs(found - theta) });
  }
});
