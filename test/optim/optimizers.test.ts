import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deepFactorization } from "../../src/factorization/models/deep-factorization.js";
import { factorization } from "../../src/factorization/problems/factorization.js";
import { ScaledParameter, scaledGd } from "../../src/factorization/training/scaled-gd.js";
import { train } from "../../src/factorization/training/train.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { adam } from "../../src/optim/adam.js";
import { adamw } from "../../src/optim/adamw.js";
import { clipNorm } from "../../src/optim/clip-norm.js";
import { gd } from "../../src/optim/gd.js";
import { momentum } from "../../src/optim/momentum.js";
import { type Optimizer, Parameter } from "../../src/optim/optimizer.js";
import { Block, type DType, Job } from "../../src/wasm/index.js";

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

const arrayOf = (dtype: DType, values: number[]) =>
  dtype === "f32" ? Float32Array.from(values) : Float64Array.from(values);

/** A column of these values, that any optimizer takes. */
function parameterOf(
  job: Job,
  dtype: DType,
  values: number[],
  rateScale = 1,
  ridges?: number[],
): Parameter {
  const put = (data: number[]) =>
    Block.put(job, { dtype, rows: data.length, cols: 1, data: arrayOf(dtype, data) });
  const gradient = put(values);
  return new ScaledParameter(put(values), gradient, rateScale, ridges && put(ridges));
}

/** Parameters of the given rate scales in a job, each starting at `start`. */
function bind(optimizer: Optimizer, dtype: DType, start: number[], rateScales: number[]) {
  const job = new Job();
  const parameters = rateScales.map((rateScale) => parameterOf(job, dtype, start, rateScale));
  const bound = optimizer.bind(parameters);
  return {
    job,
    bound,
    step(values: number[], rate = rateOf(optimizer)) {
      for (const { gradient } of parameters) gradient.write(arrayOf(dtype, values));
      bound.step(rate);
    },
    parameters: () => parameters.map((parameter) => Array.from(parameter.read())),
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

test.each([adam, adamw])("a parameter's own epsilon stands for %o's", (make) => {
  const [own, common] = [1e-3, 1e-8];
  const path = (epsilon: number, ofParameter?: number) => {
    const job = new Job();
    const { rows, cols } = { rows: 1, cols: start.length };
    const block = Block.put(job, new Matrix(rows, cols, Float64Array.from(start)));
    const gradient = Block.zeros(job, "f64", rows, cols);
    const parameter = new Parameter(block, gradient, 1, undefined, ofParameter);
    const bound = make({ learningRate: 0.1, epsilon }).bind([parameter]);
    for (let t = 0; t < 4; t++) {
      gradient.write(Float64Array.from(gradientAt(t), (g) => 1e-3 * g));
      bound.step(0.1);
    }
    return Array.from(parameter.read());
  };
  expect(path(common, own)).toEqual(path(own));
  expect(path(common, own)).not.toEqual(path(common));
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
    const parameters = saved.parameters.map((values, i) =>
      parameterOf(job, dtype, values, [1, 0, 0.5][i]),
    );
    const bound = o.bind(parameters);
    bound.restore(saved.state, 5);
    for (let t = 5; t < 9; t++) {
      for (const { gradient } of parameters) gradient.write(arrayOf(dtype, gradientAt(t)));
      bound.step(rateOf(o));
    }
    expect(bound.stepCount).toBe(9);
    const resumed = parameters.map((parameter) => Array.from(parameter.read()));
    expect(resumed).toEqual(whole.parameters());
  }
});

test.each(optimizers)("after a reset $name steps as one that has never stepped", (o) => {
  const run = bind(o, "f64", start, [1, 0, 0.5]);
  for (let t = 0; t < 3; t++) run.step(gradientAt(t));
  run.bound.reset();
  expect(run.bound.stepCount).toBe(0);
  const job = new Job();
  const twins = run
    .parameters()
    .map((values, i) => parameterOf(job, "f64", values, [1, 0, 0.5][i]));
  const fresh = o.bind(twins);
  for (let t = 3; t < 6; t++) {
    run.step(gradientAt(t));
    for (const { gradient } of twins) gradient.write(Float64Array.from(gradientAt(t)));
    fresh.step(rateOf(o));
  }
  expect(run.parameters()).toEqual(twins.map((twin) => Array.from(twin.read())));
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
    const o = clipNorm(gd({ learningRate: 1 }), maxNorm);
    // A frozen parameter's gradient is not even defined: it must not count.
    const parameters = [1, 1, 0].map((rateScale) => parameterOf(job, "f64", [0], rateScale));
    const bound = o.bind(parameters);
    [1.4, 4.8, Number.NaN].forEach((g, i) => {
      parameters[i].gradient.write(Float64Array.of(g));
    });
    bound.step(1);
    expected.forEach((step, i) => {
      expect(Math.abs(-parameters[i].read()[0] - step)).toBeLessThan(1e-14);
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
  const x = parameterOf(new Job(), "f64", [1, 2], 2);
  x.gradient.write(Float64Array.of(1, 0));
  const bound = scaledGd({ beta: 0.5 }).bind([x]);
  const seen: number[][] = [];
  const step = (rates: number[]) =>
    bound.searchedStep?.(([direction]) => {
      seen.push(Array.from(direction.read()));
      return rates.shift() as number;
    });
  expect(step([0.25])).toBe(0.25);
  expect(Array.from(x.read())).toEqual([0.5, 2]);
  x.gradient.write(Float64Array.of(0, 1));
  expect(step([-1, 0.5])).toBe(0.5);
  expect(seen).toEqual([
    [1, 0],
    [0.5, 1],
    [0, 1],
  ]);
  expect(Array.from(x.read())).toEqual([0.5, 1]);
  expect(step([Number.NaN, Number.NaN])).toBe(0);
  expect(Array.from(x.read())).toEqual([0.5, 1]);
  expect(bound.stepCount).toBe(3);
});

test("scaledGd refuses gradients that nothing has scaled, by name", () => {
  const { job, dtype, rows, cols, handle, gradient } = parameterOf(new Job(), "f64", [1, 2]);
  const plain = new Parameter(new Block(job, dtype, rows, cols, handle), gradient);
  expect(() => scaledGd().bind([plain])).toThrow("scaledGd: the gradients are not scaled");
  const clipped = clipNorm(scaledGd({ learningRate: 1 }), 1);
  expect(() => clipped.bind([plain])).toThrow(TypeError);
});

test.each([[[0.3]], [[0.1, 0, 2]], [[1, 2, 3, 4, 5, 6]]])(
  "ridges %j are Adam's weight decay, each of its part",
  (ridges) => {
    const values = [1, -2, 0.25, 3, -0.5, 4];
    /** Entries first .. end - 1 after three steps. */
    const stepped = (o: Optimizer, first: number, end: number, ridges?: number[]) => {
      const part = values.slice(first, end);
      const x = parameterOf(new Job(), "f32", part, 1, ridges);
      const bound = o.bind([x]);
      for (let t = 1; t < 4; t++) {
        x.gradient.write(Float32Array.from(part, (value) => value / t - 1));
        bound.step(0.1);
      }
      return Array.from(x.read());
    };
    const size = values.length / ridges.length;
    const parts = ridges.flatMap((weightDecay, i) =>
      stepped(adam({ weightDecay }), i * size, (i + 1) * size),
    );
    expect(stepped(adam({ weightDecay: 9 }), 0, values.length, ridges)).toEqual(parts);
  },
);

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
