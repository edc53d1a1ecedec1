// The checks of median of means: B1 to B7 of the specification, by its tolerances.
import { describe, expect, test } from "vitest";
import { LatentVector } from "../../src/generative/descent.js";
import { upperMedian } from "../../src/generative/losses.js";
import { termOf } from "../../src/generative/measurement-kinds.js";
import {
  absolute,
  medianOfMeans,
  type RecoverOptions,
  ReluGenerator,
  recover,
  squares,
} from "../../src/generative.js";
import { gd, Matrix } from "../../src/index.js";
import { expectBelow } from "../helpers/ratios.js";
import { gaussian, heavyTailed, median, normal, recoveryError, seeds, times } from "./toys.js";

/** A latent vector that nothing moves, with the measurements dealt to blocks in turn. */
function vector(toy: ReturnType<typeof heavyTailed>, blocks: number, z: Float64Array) {
  const { generator, A, y } = toy;
  const task = {
    ...{ name: "test", generator, operator: A, measurements: y, blocks, ridge: false },
    term: termOf("linear", "squares", 1),
    optimizer: gd({ learningRate: 0.1 }),
  };
  return new LatentVector(
    task,
    Int32Array.from(y, (_, i) => i % blocks),
    z,
  );
}

const errors = (problem: Parameters<typeof heavyTailed>[1], options: Partial<RecoverOptions>) =>
  seeds(4).map((seed) => recoveryError(heavyTailed(seed, problem), { ...options, seed }));

test("B1: the gradient of a block's loss is what finite differences measure", () => {
  const toy = heavyTailed(3, { noise: 0.1 });
  const z = normal(5, 77);
  const e = normal(5, 78);
  const at = (t: number) => {
    const there = vector(
      toy,
      8,
      z.map((value, i) => value + t * e[i]),
    );
    return there.losses[5];
  };
  const h = 1e-5;
  const slope = (at(h) - at(-h)) / (2 * h);
  const gradient = vector(toy, 8, z).gradient(5).read();
  const along = e.reduce((sum, value, i) => sum + value * gradient[i], 0);
  expectBelow(1e-5, { gap: Math.abs(slope - along) / Math.abs(slope) });
});

test("B2: one block has the gradient of the squares", () => {
  const toy = heavyTailed(4, { noise: 0.1 });
  const { generator, A, y } = toy;
  const z = normal(5, 79);
  const one = vector(toy, 1, z).gradient(0).read();
  const Z = new Matrix(1, 5, z);
  const residual = times(A, generator.value(Z).data).map((u, i) => u - y[i]);
  const back = times(A.transpose(), residual);
  const { network, parameters } = generator;
  const { gradient } = network.inputGradient(parameters, Z, new Matrix(1, 100, back));
  const size = Math.max(...Array.from(one, Math.abs));
  one.forEach((value: number, i: number) => {
    expectBelow(1e-12, { gap: Math.abs(value - gradient.data[i]) / size });
  });
  const same = [squares(), medianOfMeans({ blocks: 1, form: "min" })].map((loss) => {
    const run = recover({ operator: A, measurements: y, generator, loss, restarts: 1, steps: 20 });
    for (const _ of run);
    return run.latent;
  });
  expect(same[0]).toEqual(same[1]);
});

test("B3: with wrong measurements in fewer than half of the blocks the median is among the clean", () => {
  const [blocks, m] = [9, 180];
  for (const seed of seeds(10)) {
    const toy = heavyTailed(seed, { noise: 0.1, measurements: m });
    const z = normal(5, seed + 50);
    const clean = [...vector(toy, blocks, z).losses];
    const untouched = clean.slice(4);
    for (const size of [1e12, -1e12]) {
      // Blocks 0 .. 3 of 9: in each, one measurement or all of them.
      for (let i = 0; i < m; i++) if (i % blocks < 4 && (i < 9 || size > 0)) toy.y[i] = size;
      const spoilt = vector(toy, blocks, z);
      expect(spoilt.loss).toBeGreaterThanOrEqual(Math.min(...untouched));
      expect(spoilt.loss).toBeLessThanOrEqual(Math.max(...untouched));
    }
    // One block more, and it is not.
    for (let i = 0; i < m; i++) if (i % blocks < 5) toy.y[i] = 1e12;
    expect(vector(toy, blocks, z).loss).toBeGreaterThan(Math.max(...clean));
  }
});

describe("B4: of 200 measurements 4 are wrong, and", () => {
  const loss = medianOfMeans({ blocks: 40 });
  test("median of means stays near where the squares are far off", () => {
    const problem = { noise: 0.01, wrong: 4 };
    const robust = median(errors(problem, { loss }));
    expectBelow(0.05, { robust });
    expect(median(errors(problem, { loss: squares() }))).toBeGreaterThan(10 * robust);
  });
  test("with large rows only median of means stays near", () => {
    const problem = { noise: 0.01, wrong: 4, outlier: 10, leverage: 10 };
    const robust = median(errors(problem, { loss }));
    expectBelow(0.05, { robust });
    expect(median(errors(problem, { loss: squares() }))).toBeGreaterThan(10 * robust);
    expect(median(errors(problem, { loss: absolute() }))).toBeGreaterThan(10 * robust);
  });
  test("with plain rows absolute values do as well: only leverage tells them apart", () => {
    expectBelow(0.05, {
      absolute: median(errors({ noise: 0.01, wrong: 4 }, { loss: absolute() })),
    });
  });
});

test("B5: it breaks where wrong measurements reach half of the blocks", () => {
  const wrong = { noise: 0.01, outlier: 10 };
  const few = errors({ ...wrong, wrong: 10 }, { loss: medianOfMeans({ blocks: 40 }) });
  expectBelow(0.05, { few: median(few) });
  const many = errors({ ...wrong, wrong: 10 }, { loss: medianOfMeans({ blocks: 10 }) });
  expect(median(many)).toBeGreaterThan(1);
});

test("B6: clean Gaussian measurements may be as few as for the squares", () => {
  const success = (loss: RecoverOptions["loss"] & object, m: number) =>
    seeds(8).filter((seed) => {
      const toy = heavyTailed(seed, {});
      const A = gaussian(m, 100, seed + 4000);
      return recoveryError({ ...toy, A, y: times(A, toy.x) }, { loss, seed }) < 0.05;
    }).length / 8;
  for (const m of [10, 50]) {
    const [robust, plain] = [medianOfMeans({ blocks: m / 5 }), squares()].map((loss) =>
      success(loss, m),
    );
    expect(robust).toBeGreaterThanOrEqual(plain - 0.15);
    expect(plain).toBeGreaterThan(0);
  }
});

test("B7: heavy-tailed rows alone do not hurt the squares", () => {
  expectBelow(1e-3, { squares: median(errors({}, { loss: squares() })) });
});

test("the upper median is that of index floor(n / 2), at its first place", () => {
  expect(upperMedian([3, 1, 2])).toBe(2);
  expect(upperMedian([4, 1, 3, 2])).toBe(2);
  expect(upperMedian([1, 1, 1])).toBe(0);
  expect(upperMedian([-0, 2, -0, 0])).toBe(3);
  expect(upperMedian([Number.NaN, Number.NaN])).toBe(0);
  expect(upperMedian([7])).toBe(0);
});

test("starts are compared by their own losses: the best is what is returned", () => {
  const { generator, A, y } = heavyTailed(2, { noise: 0.05 });
  const options = { operator: A, measurements: y, generator, steps: 60, seed: 9 };
  for (const loss of [squares(), medianOfMeans({ blocks: 20 })]) {
    const all = recover({ ...options, loss, restarts: 4, averaged: 1 });
    const last = new Map<number, number>();
    for (const step of all) last.set(step.restart, step.loss);
    expect(last.size).toBe(4);
    expect(all.loss).toBe(Math.min(...last.values()));
    expect(new Set(last.values()).size).toBe(4);
  }
});

test("the last vectors are averaged", () => {
  const { generator, A, y } = heavyTailed(5, { noise: 0.05 });
  const loss = medianOfMeans({ blocks: 20 });
  const run = (averaged: number) =>
    recover({ operator: A, measurements: y, generator, loss, steps: 40, restarts: 1, averaged });
  const path: Float64Array[] = [];
  const watched = run(1);
  for (const _ of watched) path.push(watched.latent as Float64Array);
  const mean = path[0].map((_, i) => path.slice(-10).reduce((sum, z) => sum + z[i], 0) / 10);
  const averaged = run(10);
  for (const _ of averaged);
  averaged.latent.forEach((value: number, i: number) => {
    expect(value).toBeCloseTo(mean[i], 12);
  });
});

test("generators of the test are what they say", () => {
  const { generator } = heavyTailed(1, {});
  expect(generator).toBeInstanceOf(ReluGenerator);
  expect(generator.network.sizes).toEqual([5, 40, 100]);
});
