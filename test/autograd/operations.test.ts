import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";
import { type Constants, names, run, type Values } from "./operations.js";

interface Case extends Constants {
  name: string;
  inputs: Values;
  y: number[];
  dy?: number[];
  gradients: Record<string, number[]>;
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/autograd.json", import.meta.url), "utf8"),
);

/** The largest difference, relative to the largest entry of what is expected. */
function distance(found: number[], expected: number[]): number {
  if (found.length !== expected.length) return Number.NaN;
  const size = Math.max(1e-2, ...expected.map(Math.abs));
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0) / size;
}

test("the fixture has a case of every operation", () => {
  expect([...new Set(cases.map(({ name }) => name))].sort()).toEqual([...names].sort());
});

for (const [dtype, tolerance] of [
  ["f64", 1e-10],
  ["f32", 1e-5],
] as const) {
  test.each(cases)(`$name in ${dtype} has PyTorch's value and gradients`, (c) => {
    const { y, gradients } = run(dtype, c.name, c.inputs, c, c.dy);
    expectBelow(tolerance, {
      y: distance(y, c.y),
      ...Object.fromEntries(
        Object.keys(c.inputs).map((key) => [key, distance(gradients[key], c.gradients[key])]),
      ),
    });
  });
}

test.each(cases)("$name gives an input its gradient whether or not the others are trained", (c) => {
  const all = run("f64", c.name, c.inputs, c, c.dy).gradients;
  for (const key of Object.keys(c.inputs)) {
    expect(run("f64", c.name, c.inputs, c, c.dy, [key]).gradients[key]).toEqual(all[key]);
  }
  expect(run("f64", c.name, c.inputs, c, c.dy, []).gradients).toEqual({});
});

test("every adjoint is the derivative that finite differences measure, whatever the shape", () => {
  const shapes: Record<string, (m: number, n: number) => Record<string, number[]>> = {
    gelu: (m, n) => ({ x: [m, n] }),
    tanh: (m, n) => ({ x: [m, n] }),
    add: (m, n) => ({ x: [m, n], y: [m, n] }),
    layerNorm: (m, n) => ({ x: [m, n + 1], weight: [n + 1], bias: [n + 1] }),
    linear: (m, n) => ({ x: [5, m], weight: [n, m], bias: [n], A: [2, m], B: [n, 2] }),
    product: (m, n) => ({ A: [m, 3], B: [3, n] }),
    attention: (m, n) => ({ q: [m + 3, 2 * n], k: [m + 3, 2 * n], v: [m + 3, 2 * n] }),
    lookUp: (m, n) => ({ table: [m, n], other: [4, n] }),
    segmentMeans: (m, n) => ({ x: [m + 3, n] }),
    pairCosines: (m, n) => ({ x: [2 * m, n] }),
    scaleRows: (m, n) => ({ x: [m, n] }),
    segmentMaxima: (m, n) => ({ x: [m + 3, n] }),
    sideBySide: (m, n) => ({ x: [m, n], y: [m, 2] }),
    unitRows: (m, n) => ({ x: [m, n] }),
    firstColumns: (m, n) => ({ x: [m, n + 2] }),
    binaryCrossEntropy: (m) => ({ x: [m, 1] }),
    weightedCrossEntropy: (m) => ({ x: [1, m] }),
    contrastive: (m) => ({ x: [m, 1] }),
    crossEntropy: (m, n) => ({ x: [m, n] }),
    squaredError: (m) => ({ x: [m, 1] }),
  };
  const recipe = fc.record({
    name: fc.constantFrom(...Object.keys(shapes)),
    m: fc.integer({ min: 1, max: 7 }),
    n: fc.integer({ min: 1, max: 7 }),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(recipe, ({ name, m, n, seed }) => {
      const random = uniform(seed);
      const inputs: Values = Object.fromEntries(
        Object.entries(shapes[name](m, n)).map(([key, shape]) => {
          const length = shape.reduce((product, size) => product * size, 1);
          return [key, { shape, data: Array.from({ length }, random) }];
        }),
      );
      const isBinary = name === "binaryCrossEntropy";
      const constants: Constants = {
        starts: [0, 2, m + 3],
        heads: 2,
        index: [0, m - 1, 0, m >> 1],
        labels: Array.from(
          { length: m },
          (_, i) => i % (isBinary || name === "contrastive" ? 2 : n),
        ),
        targets: Array.from({ length: m }, () => (isBinary ? 1.5 : random())),
        scale: 0.7,
      };
      const value = (values: Values) => run("f64", name, values, constants).y;
      const dy = value(inputs).map(random);
      const isLoss = /Entropy|squaredError|contrastive/.test(name);
      const { gradients } = run("f64", name, inputs, constants, isLoss ? undefined : dy);
      const weight = isLoss ? [1] : dy;
      for (const [key, { data }] of Object.entries(inputs)) {
        // Along a random direction: one difference for all entries.
        const direction = data.map(random);
        const step = 1e-5;
        const along = (steps: number) => {
          const moved = data.map((x, i) => x + steps * step * direction[i]);
          const y = value({ ...inputs, [key]: { ...inputs[key], data: moved } });
          return y.reduce((sum, yi, i) => sum + yi * weight[i], 0);
        };
        // Of the fourth order: the norm of a row of nearly equal entries bends within a step.
        const measured = (8 * (along(1) - along(-1)) - (along(2) - along(-2))) / (12 * step);
        const derivative = gradients[key].reduce((sum, g, i) => sum + g * direction[i], 0);
        const ratio = Math.abs(measured - derivative) / (1 + Math.abs(derivative));
        expectBelow(2e-7, { ratio }, { name, m, n, seed, key });
      }
    }),
    // A row of two entries that are nearly equal.
    { numRuns: 100, examples: [[{ name: "layerNorm", m: 1, n: 1, seed: 696 }]] },
  );
});

test("a row of zeros has the cosine 0 to everything, and no gradient", () => {
  const inputs = { x: { shape: [4, 2], data: [0, 0, 3, 4, 1, 0, 1, 1] } };
  const { y, gradients } = run("f64", "pairCosines", inputs, {}, [1, 1]);
  expect(y[0]).toBe(0);
  expect(y[1]).toBeCloseTo(Math.SQRT1_2, 15);
  expect(gradients.x.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(gradients.x[5]).toBeCloseTo(Math.SQRT1_2, 15);
});
