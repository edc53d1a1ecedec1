import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { FeedForward } from "../../src/networks/feed-forward.js";
import { Block, type DType, type FloatArray, Job } from "../../src/wasm/index.js";
import { below } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

interface Shape {
  sizes: number[];
  biases: boolean;
  output: "linear" | "relu";
}

interface Case {
  network: Shape;
  rows: number;
  parameters: number[];
  X: number[];
  labels: number[];
  dY: number[];
  value: number[];
  loss: number;
  gradient: number[];
  dX: number[];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/networks.json", import.meta.url), "utf8"),
);

const array = (dtype: DType, values: ArrayLike<number>): FloatArray =>
  dtype === "f64" ? Float64Array.from(values) : Float32Array.from(values);

/** The largest difference. */
const distance = (found: ArrayLike<number>, expected: ArrayLike<number>) =>
  found.length === expected.length
    ? Array.from(expected).reduce((most, v, i) => Math.max(most, Math.abs(v - found[i])), 0)
    : Number.NaN;

for (const [dtype, tolerance] of [
  ["f64", 1e-11],
  ["f32", 2e-5],
] as const) {
  test.each(cases)(`$network in ${dtype} has PyTorch's value and gradients`, (c) => {
    const network = new FeedForward({ ...c.network, dtype });
    const matrix = (cols: number, data: number[]) => new Matrix(c.rows, cols, array(dtype, data));
    const parameters = array(dtype, c.parameters);
    const X = matrix(network.inputs, c.X);
    const { loss, gradient } = network.lossGradient(parameters, X, c.labels);
    const both = network.inputGradient(parameters, X, matrix(network.outputs, c.dY));
    expectBelow(tolerance, {
      value: distance(network.value(parameters, X).data, c.value),
      same: distance(both.value.data, c.value),
      loss: Math.abs(loss - c.loss),
      gradient: distance(gradient, c.gradient),
      dX: distance(both.gradient.data, c.dX),
    });
    expect(gradient).toBeInstanceOf(parameters.constructor);
  });
}

const shape: fc.Arbitrary<Shape & { seed: number; rows: number }> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 5 }),
  biases: fc.boolean(),
  output: fc.constantFrom("linear" as const, "relu" as const),
  seed: fc.nat(1000),
  rows: fc.integer({ min: 1, max: 6 }),
});

/** A network with parameters and inputs without a pattern, biases among them. */
function example({ seed, rows, ...options }: Shape & { seed: number; rows: number }) {
  const network = new FeedForward({ ...options, dtype: "f64" });
  const normal = (m: number, n: number, shift: number) =>
    Matrix.randomNormal(m, n, { seed: seed + shift });
  return {
    network,
    parameters: normal(1, network.parameterCount, 0).data as Float64Array,
    X: normal(rows, network.inputs, 5000),
    dY: normal(rows, network.outputs, 9000),
    labels: below(network.outputs, rows, seed),
  };
}

/** (softmax(y) - 1[label]) / rows, by the host. */
function softmaxGradient(Y: Matrix, labels: number[]): Matrix {
  return Matrix.from(
    Y.toArray().map((row, i) => {
      const most = Math.max(...row);
      const e = row.map((y) => Math.exp(y - most));
      const sum = e.reduce((a, b) => a + b);
      return e.map((value, j) => (value / sum - (labels[i] === j ? 1 : 0)) / Y.rows);
    }),
  );
}

test("both gradients are the derivatives that finite differences measure, whatever the shape", () => {
  fc.assert(
    fc.property(shape, (recipe) => {
      const { network, parameters, X, dY, labels } = example(recipe);
      const h = 1e-6;
      /** The derivative of f by x along e; a kink between the two points gives a third. */
      const slopes = (x: FloatArray, f: () => number) => {
        const e = Matrix.randomNormal(1, x.length, { seed: recipe.seed + 77 }).data;
        const at = (t: number) => {
          const kept = x.slice();
          for (let i = 0; i < x.length; i++) x[i] += t * e[i];
          const value = f();
          x.set(kept);
          return value;
        };
        const [below, middle, above] = [at(-h), at(0), at(h)];
        const sides = [(above - middle) / h, (middle - below) / h];
        return {
          e,
          slope: (above - below) / (2 * h),
          smooth: Math.abs(sides[0] - sides[1]) < 1e-3,
        };
      };
      const along = (e: FloatArray, g: FloatArray) =>
        Array.from(e).reduce((sum, value, i) => sum + value * g[i], 0);

      const loss = slopes(parameters, () => network.lossGradient(parameters, X, labels).loss);
      const { gradient } = network.lossGradient(parameters, X, labels);
      if (loss.smooth) {
        expectBelow(1e-5, { parameters: Math.abs(loss.slope - along(loss.e, gradient)) }, recipe);
      }
      const inner = slopes(X.data, () => along(network.value(parameters, X).data, dY.data));
      const dX = network.inputGradient(parameters, X, dY).gradient;
      const size = Math.max(1, Math.abs(inner.slope));
      const { gradient: byLoss } = network.lossGradient(parameters, X, labels);
      const shares = softmaxGradient(network.value(parameters, X), labels);
      const byValue = network.parameterGradient(parameters, X, shares).gradient;
      expectBelow(1e-12, { parameterGradient: distance(byValue, byLoss) }, recipe);
      if (inner.smooth) {
        const gap = Math.abs(inner.slope - along(inner.e, dX.data)) / size;
        expectBelow(1e-5, { inputs: gap }, recipe);
      }
    }),
  );
});

test("the parameters are layer by layer, the weight by rows and then the bias", () => {
  const network = new FeedForward({ sizes: [2, 1, 2], dtype: "f64" });
  expect(network.parameterCount).toBe(2 + 1 + 2 + 2);
  // h = max(1 x + 2 y + 3, 0), values 4 h + 6 and 5 h + 7.
  const parameters = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
  const X = Matrix.from([
    [1, 1],
    [-9, 1],
  ]);
  expect(network.value(parameters, X).toArray()).toEqual([
    [30, 37],
    [6, 7],
  ]);
  const { weight, bias } = network.layers[1];
  expect([weight, bias]).toEqual([3, 5]);
  const without = new FeedForward({ sizes: [2, 1, 2], biases: false, dtype: "f64" });
  expect(without.parameterCount).toBe(4);
  expect(without.layers[1].bias).toBe(undefined);
});

test("a class is the place of the greatest value, the first of several", () => {
  const network = new FeedForward({ sizes: [3, 3], biases: false, dtype: "f64" });
  const X = Matrix.from([
    [1, 3, 2],
    [5, 5, 1],
    [0, 0, 0],
    [-3, -2, -1],
  ]);
  const identity = Matrix.identity(3).data;
  expect([...network.classify(identity, X)]).toEqual([1, 0, 0, 2]);
});

test("the start is He's, from the seed alone", () => {
  const sizes = [400, 100, 50];
  const network = new FeedForward({ sizes, dtype: "f64" });
  const variance = (parameters: FloatArray, l: number) => {
    const { weight, inputs, outputs } = network.layers[l];
    const part = parameters.subarray(weight, weight + inputs * outputs);
    return Array.from(part).reduce((sum, w) => sum + w * w, 0) / part.length;
  };
  const start = network.start({ seed: 3 });
  expect(start).toEqual(network.start({ seed: 3, mode: "fan-in" }));
  expect(start).not.toEqual(network.start({ seed: 4 }));
  expect(variance(start, 0) * (400 / 2)).toBeCloseTo(1, 1);
  expect(variance(start, 1) * (100 / 2)).toBeCloseTo(1, 1);
  expect(start[network.layers[0].bias!]).toBe(0);
  const other = network.start({ seed: 3, mode: "fan-out" });
  expect(variance(other, 0) * (100 / 2)).toBeCloseTo(1, 1);
  const single = new FeedForward({ sizes, dtype: "f32" }).start({ seed: 3 });
  expect(single).toEqual(Float32Array.from(start));
});

test("in a job steps give the same bits and take no more memory", () => {
  const { network, parameters, X, dY, labels } = example({
    sizes: [5, 40, 30, 4],
    biases: true,
    output: "linear",
    seed: 1,
    rows: 50,
  });
  const job = new Job();
  const bound = network.bind(job, { trained: true });
  bound.parameters.write(parameters);
  const x = Block.put(job, X);
  const classes = job.put(Int32Array.from(labels));
  const dx = Block.allocate(job, "f64", X.rows, X.cols);
  const adjoint = Block.put(job, dY);
  const expected = network.lossGradient(parameters, X, labels);
  const inputs = network.inputGradient(parameters, X, dY).gradient;
  let bytes = 0;
  for (let step = 0; step < 50; step++) {
    const loss = bound.lossGradient(x, classes);
    expect({ loss, gradient: bound.gradient.read() }).toEqual(expected);
    bound.inputGradient(x, dx, (_, dy) => adjoint.copyTo(dy));
    expect(dx.read()).toEqual(inputs.data);
    expect(bound.value(x, (y) => y.read())).toEqual(network.value(parameters, X).data);
    if (step > 0) expect(job.byteLength).toBe(bytes);
    bytes = job.byteLength;
  }
});

test("what does not fit is refused by name", () => {
  const network = new FeedForward({ sizes: [2, 3], dtype: "f64" });
  const parameters = network.start({ seed: 1 });
  const X = Matrix.from([[1, 2]]);
  const refused = (call: () => unknown, text: string) => expect(call).toThrow(text);
  refused(() => new FeedForward({ sizes: [2] }), "FeedForward: sizes has 1 entries");
  refused(() => new FeedForward({ sizes: [2, 0] }), "FeedForward: sizes[1] is 0");
  refused(() => new FeedForward({ sizes: [2 ** 20, 2 ** 20] }), "memory");
  refused(() => new FeedForward({ sizes: [1, 2], output: "tanh" as never }), "output");
  refused(() => network.start({ seed: -1 }), "start: seed is -1");
  refused(() => network.value(parameters.subarray(1), X), "value: parameters has 8 entries");
  refused(() => network.value(Float32Array.from(parameters), X), "must be a Float64Array");
  refused(() => network.value(parameters.slice().fill(NaN, 4, 5), X), "parameters[4] is NaN");
  refused(() => network.value(parameters, Matrix.from([[1]])), "value: X is 1 x 1");
  refused(() => network.value(parameters, Matrix.from([[1, NaN]])), "X[0, 1] is NaN");
  refused(() => network.value(parameters.slice().fill(1e308), X), "value: the result is");
  refused(() => network.lossGradient(parameters, X, [3]), "labels[0] is 3");
  refused(() => network.lossGradient(parameters, X, []), "labels has 0 entries");
  refused(() => network.lossGradient(parameters.slice().fill(1e308), X, [0]), "the loss is NaN");
  refused(() => network.inputGradient(parameters, X, X), "inputGradient: dY is 1 x 2");
});
