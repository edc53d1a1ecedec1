import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deepFactorization } from "../../src/factorization/models/deep-factorization.js";
import { factorization } from "../../src/factorization/problems/factorization.js";
import { train } from "../../src/factorization/training/train.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { adam } from "../../src/optim/adam.js";
import { adamw } from "../../src/optim/adamw.js";
import { clipNorm } from "../../src/optim/clip-norm.js";
import { gd } from "../../src/optim/gd.js";
import { momentum } from "../../src/optim/momentum.js";
import type { Optimizer } from "../../src/optim/optimizer.js";
import { scaledGd } from "../../src/optim/scaled-gd.js";
import { type DType, Job } from "../../src/wasm/index.js";

interface Case {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: PyTorch's keyword arguments, as its script has them
  options: any;
  gradients: number[][];
  trajectory: number[][];
}

const fixture: { start: number[]; cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/optimizer.json", import.meta.url), "utf8"),
);

/** Every optimizer with the options that change its formula: a new optimizer adds a row. */
const optimizers: Optimizer[] = [
  gd({ learningRate: 0.1 }),
  gd({ learningRate: 0.1, weightDecay: 0.1 }),
  momentum({ learningRate: 0.1 }),
  momentum({ learningRate: 0.1, nesterov: true, weightDecay: 0.1 }),
  adam(),
  adam({ learningRate: 0.1, weightDecay: 0.1 }),
  adamw({ learningRate: 0.1 }),
  clipNorm(momentum({ learningRate: 0.1 }), 1.5),
  scaledGd({ learningRate: 0.1 }),
];
/** Those whose parameters do not know of each other: a clipped gradient depends on them all. */
const separate = optimizers.filter(({ name }) => !name.startsWith("clipNorm"));

/** Parameters of the given rate scales in a job, each starting at `start`. */
function bind(optimizer: Optimizer, dtype: DType, start: number[], rateScales: number[]) {
  const job = new Job();
  const array = dtype === "f32" ? Float32Array : Float64Array;
  const length = start.length;
  const handles = rateScales.map(() => job.put(new array(start)));
  const gradients = handles.map(() => job.allocate(dtype, length));
  const bound = optimizer.bind(
    job,
    dtype,
    handles.map((handle, i) => ({ handle, length, rateScale: rateScales[i] })),
  );
  return {
    job,
    bound,
    step(values: number[], rate = rateOf(optimizer)) {
      for (const gradient of gradients) job.write(gradient, new array(values));
      bound.step(gradients, rate);
    },
    parameters: () => handles.map((handle) => Array.from(job.read(dtype, handle, length))),
  };
}

/** The optimizer's own rate, or one where the trainer would choose. */
function rateOf({ learningRate }: Optimizer): number {
  return typeof learningRate === "number" ? learningRate : 0.1;
}

const gradientAt = (t: number) => [0.5, -1, 2, 0, t % 3, -t / 8, 1 / 3];
const start = [1, -2, 0.25, 3, -0.5, 0, 7];

test.each(fixture.cases)("$name with $options follows PyTorch", (c) => {
  const { lr: learningRate, momentum: beta, nesterov, weight_decay: weightDecay = 0 } = c.options;
  const { betas: [beta1, beta2] = [0.9, 0.999], eps: epsilon = 1e-8 } = c.options;
  const adamOptions = { learningRate, beta1, beta2, epsilon, weightDecay };
  const makers: Record<string, () => Optimizer> = {
    gd: () => gd({ learningRate, weightDecay }),
    momentum: () => momentum({ learningRate, beta, nesterov, weightDecay }),
    adam: () => adam(adamOptions),
    adamw: () => adamw(adamOptions),
  };
  const run = bind(makers[c.name](), "f64", fixture.start, [1]);
  c.gradients.forEach((gradient, t) => {
    run.step(gradient);
    const difference = run.parameters()[0].map((x, i) => Math.abs(x - c.trajectory[t][i]));
    expect(Math.max(...difference)).toBeLessThan(1e-14);
  });
  expect(run.bound.stepCount).toBe(c.gradients.length);
});

test.each(separate)("the rate scale multiplies the update of $name, not its gradient", (o) => {
  const run = bind(o, "f64", start, [1, 0.25]);
  for (let t = 0; t < 4; t++) run.step(gradientAt(t));
  const alone = bind(o, "f64", start, [1]);
  for (let t = 0; t < 4; t++) alone.step(gradientAt(t), rateOf(o) * 0.25);
  expect(run.parameters()[1]).toEqual(alone.parameters()[0]);
  expect(run.parameters()[0]).not.toEqual(run.parameters()[1]);
});

test.each(optimizers)("a rate scale of 0 leaves the bits under $name", (o) => {
  const values = [-0, 0, Number.MIN_VALUE, -1, 1e300];
  const run = bind(o, "f64", values, [0, 1]);
  for (const g of [1, -1, Number.NaN, Number.POSITIVE_INFINITY]) run.step(values.map(() => g));
  const [frozen, trained] = run.parameters();
  expect(frozen.every((x, i) => Object.is(x, values[i]))).toBe(true);
  expect(trained).not.toEqual(values);
});

test.each(["f32", "f64"] as const)("a restored run in %s continues to the same bits", (dtype) => {
  for (const o of optimizers) {
    const whole = bind(o, dtype, start, [1, 0, 0.5]);
    for (let t = 0; t < 5; t++) whole.step(gradientAt(t));
    const saved = { state: whole.bound.state(), parameters: whole.parameters() };
    for (let t = 5; t < 9; t++) whole.step(gradientAt(t));

    const job = new Job();
    const array = dtype === "f32" ? Float32Array : Float64Array;
    const parameters = saved.parameters.map((p, i) => ({
      handle: job.put(new array(p)),
      length: p.length,
      rateScale: [1, 0, 0.5][i],
    }));
    const gradients = parameters.map(({ length }) => job.allocate(dtype, length));
    const bound = o.bind(job, dtype, parameters);
    bound.restore(saved.state, 5);
    for (let t = 5; t < 9; t++) {
      for (const gradient of gradients) job.write(gradient, new array(gradientAt(t)));
      bound.step(gradients, rateOf(o));
    }
    expect(bound.stepCount).toBe(9);
    const resumed = parameters.map((p) => Array.from(job.read(dtype, p.handle, p.length)));
    expect(resumed).toEqual(whole.parameters());
  }
});

test.each(optimizers)("a step of $name allocates nothing in its job", (o) => {
  const run = bind(o, "f32", start, [1, 0.1]);
  const mark = run.job.mark();
  for (let t = 0; t < 3; t++) run.step(gradientAt(t));
  expect(run.job.mark()).toBe(mark);
});

test("clipped gradients have at most the norm given, together and in their direction", () => {
  for (const [maxNorm, expected] of [
    [2.5, [0.7, 2.4]],
    [5.2, [1.4, 4.8]],
    [10, [1.4, 4.8]],
  ] as const) {
    const job = new Job();
    const x = [0, 0].map(() => job.put(Float64Array.of(0)));
    const parameters = x.map((handle) => ({ handle, length: 1, rateScale: 1 }));
    const frozen = { handle: job.put(Float64Array.of(0)), length: 1, rateScale: 0 };
    const o = clipNorm(gd({ learningRate: 1 }), maxNorm);
    const bound = o.bind(job, "f64", [...parameters, frozen]);
    // A frozen parameter's gradient is not even defined: it must not count.
    bound.step(
      [1.4, 4.8, Number.NaN].map((g) => job.put(Float64Array.of(g))),
      1,
    );
    const moved = x.map((handle) => -job.read("f64", handle, 1)[0]);
    moved.forEach((step, i) => {
      expect(Math.abs(step - expected[i])).toBeLessThan(1e-14);
    });
  }
});

test("gradients whose squares overflow or vanish are clipped all the same", () => {
  for (const size of [1e200, 1e-200]) {
    const run = bind(clipNorm(gd({ learningRate: 1 }), size), "f64", [0], [1, 1]);
    run.step([3 * size], 1 / size);
    for (const [x] of run.parameters()) expect(Math.abs(x + Math.SQRT1_2)).toBeLessThan(1e-14);
  }
});

test("a searched step goes along the direction that is searched, and anew where it leads uphill", () => {
  const job = new Job();
  const x = job.put(Float64Array.of(1, 2));
  const gradient = job.put(Float64Array.of(1, 0));
  const bound = scaledGd({ beta: 0.5 }).bind(job, "f64", [{ handle: x, length: 2, rateScale: 2 }]);
  const seen: number[][] = [];
  const step = (rates: number[]) =>
    bound.searchedStep?.([gradient], ([direction]) => {
      seen.push(Array.from(job.read("f64", direction, 2)));
      return rates.shift() as number;
    });
  expect(step([0.25])).toBe(0.25);
  expect(Array.from(job.read("f64", x, 2))).toEqual([0.5, 2]);
  job.write(gradient, Float64Array.of(0, 1));
  expect(step([-1, 0.5])).toBe(0.5);
  expect(seen).toEqual([
    [1, 0],
    [0.5, 1],
    [0, 1],
  ]);
  expect(Array.from(job.read("f64", x, 2))).toEqual([0.5, 1]);
  expect(step([Number.NaN, Number.NaN])).toBe(0);
  expect(Array.from(job.read("f64", x, 2))).toEqual([0.5, 1]);
  expect(bound.stepCount).toBe(3);
});

test("restore refuses a state of another shape", () => {
  const { bound } = bind(adam(), "f64", start, [1]);
  expect(() => bound.restore([new Float64Array(7)], 1)).toThrow(
    "restore: the state has buffers of 7 entries: they must have 7, 7",
  );
  expect(() => bound.restore([new Float64Array(7), new Float64Array(6)], 1)).toThrow(RangeError);
});

test("an optimizer is immutable and names itself and its rate", () => {
  expect(optimizers.map((o) => o.name)).toEqual([
    "gd",
    "gd",
    "momentum",
    "momentum",
    "adam",
    "adam",
    "adamw",
    "clipNorm(momentum)",
    "scaledGd",
  ]);
  expect(optimizers.every((o) => Object.isFrozen(o))).toBe(true);
  expect([gd(), momentum(), adam(), adamw()].map((o) => o.learningRate)).toEqual([
    undefined,
    undefined,
    1e-3,
    1e-3,
  ]);
});

test("options out of range are refused by name", () => {
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, -1];
  for (const value of bad) {
    expect(() => scaledGd({ learningRate: value })).toThrow(/learningRate is .*: it must be/);
    expect(() => scaledGd({ damping: value })).toThrow(/damping is .*: it must be/);
    for (const make of [gd, momentum, adam, adamw]) {
      expect(() => make({ learningRate: value })).toThrow(/learningRate is .*: it must be/);
      expect(() => make({ weightDecay: value })).toThrow(/weightDecay is .*: it must be/);
    }
    expect(() => adam({ epsilon: value })).toThrow(RangeError);
  }
  for (const make of [gd, momentum, adam, adamw]) {
    expect(() => make({ learningRate: 0 })).toThrow(RangeError);
  }
  for (const value of [1, -0.1, Number.NaN]) {
    expect(() => scaledGd({ beta: value })).toThrow(`scaledGd: beta is ${value}: it must be`);
    expect(() => momentum({ beta: value })).toThrow(`momentum: beta is ${value}: it must be`);
    expect(() => adam({ beta1: value })).toThrow("adam: beta1");
    expect(() => adamw({ beta2: value })).toThrow("adamw: beta2");
  }
  for (const value of [...bad, 0]) {
    expect(() => clipNorm(scaledGd(), 1)).toThrow("clipNorm: scaledGd searches for its rate");
    expect(() => clipNorm(gd(), value)).toThrow(`clipNorm: maxNorm is ${value}: it must be`);
  }
  expect(() => adam({ epsilon: 0 })).toThrow("adam: epsilon is 0: it must be a finite number > 0");
  expect(() => momentum({ nesterov: 1 as unknown as boolean })).toThrow(TypeError);
  expect(() => bind(adam({ epsilon: 1e-60 }), "f32", start, [1])).toThrow("must not round to 0");
});

test("adamw decays by its default where the decay is left out or undefined", () => {
  const losses = (options: object) => {
    const problem = factorization(Matrix.randomNormal(4, 3, { seed: 1 }));
    const model = deepFactorization({ shape: problem, seed: 0, scale: 0.5 });
    const optimizer = adamw({ learningRate: 0.1, ...options });
    return Array.from(train(model, problem, { steps: 4, optimizer }), ({ loss }) => loss);
  };
  expect(losses({ weightDecay: undefined })).toEqual(losses({}));
  expect(losses({ weightDecay: 0 })).not.toEqual(losses({}));
});
