// How Deep LoRA starts, and what Adam makes of it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "../../src/formats/checksum.js";
import type { LinearOperator } from "../../src/linalg/in-job/linear-operator.js";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { norm } from "../../src/linalg/norm.js";
import { svd } from "../../src/linalg/svd.js";
import type { Adaptation, GradientVisit, PlannedLayer } from "../../src/lora/adaptation.js";
import { DeepLora, type DeepLoraOptions } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { addition } from "../../src/lora/layer-adapter.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { adamw } from "../../src/optim/adamw.js";
import { Parameter } from "../../src/optim/optimizer.js";
import { Block, Job } from "../../src/wasm/index.js";
import { tinyModel } from "../helpers/text-models.js";

const { encoder } = loadEncoder(tinyModel("bert", {}), { dtype: "f64" });
const layer = "encoder.layer.0.attention.self.query";
const { rows, cols } = encoder.linearShape(layer);
const product = (...factors: Matrix[]): Matrix => factors.reduce((A, B) => matmul(A, B));
const times = (factor: number, A: Matrix) =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((x) => factor * x),
  );
const operator = (G: Matrix): LinearOperator => ({
  ...{ rows: G.rows, cols: G.cols },
  multiply: (X) => matmul(G, X),
  multiplyTransposed: (X) => matmul(G, X, { transposeA: true }),
});
/** Of rank 8: what the sketch keeps of it is exact. */
const gradient = matmul(
  Matrix.randomNormal(rows, 8, { seed: 5 }),
  Matrix.randomNormal(8, cols, { seed: 6 }),
);

/** The factors for a layer whose gradient is G, in halves that differ. */
function planned(options: DeepLoraOptions, G: Matrix): PlannedLayer {
  const half = (sign: number) => times(1 + sign / 4, G);
  const visit: GradientVisit = (names, see, examples) => {
    for (const name of names) {
      if (examples === undefined) see(name, operator(G), 1);
      else for (const sign of [-1, 1]) see(name, operator(half(sign)), 1 / 2);
    }
  };
  return new DeepLora({ rank: 4, targets: [layer], ...options }).plan(encoder, visit)[0];
}

test("the bases are the mean gradient's leading vectors, so that the start leads downhill", () => {
  const { factors } = planned({}, gradient);
  const [V, U] = [factors[0].matrix.transpose(), factors[4].matrix];
  const { S } = svd(gradient);
  const inside = product(U.transpose(), gradient, V);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      expect(Math.abs(inside.get(i, j) + (i === j ? S[i] : 0)) / S[0]).toBeLessThan(1e-9);
    }
  }
  for (const { matrix } of factors.slice(1, 4))
    expect(matrix).toEqual(times(0.1, Matrix.identity(4)));
  const start = addition({ factors: factors.map(({ matrix }) => matrix), scale: 1 });
  let slope = 0;
  for (let i = 0; i < start.data.length; i++) slope += start.data[i] * gradient.data[i];
  expect(slope / -(1e-3 * (S[0] + S[1] + S[2] + S[3]))).toBeCloseTo(1, 9);
  expect(factors.map(({ rateScale = 1 }) => rateScale)).toEqual([0.4, 1, 1, 1, 0.4]);
});

test("a factor's epsilon is a millionth of the largest singular value of its first gradient", () => {
  for (const options of [{}, { depth: 2, scale: 0.3 }, { form: "narrow", depth: 4 }] as const) {
    const { factors } = planned(options, gradient);
    const matrices = factors.map(({ matrix }) => matrix);
    factors.forEach(({ epsilon = Number.NaN }, k) => {
      const above = matrices
        .slice(k + 1)
        .reduce((A, W) => matmul(W, A), Matrix.identity(matrices[k].rows));
      const below = matrices.slice(0, k).reduce((A, W) => matmul(W, A), Matrix.identity(cols));
      const first = product(above.transpose(), gradient, below.transpose());
      const ratio = epsilon / (1e-6 * svd(first).S[0]);
      // Random factors see part of the gradient only, and it is of one vector that they ask.
      expect(ratio).toBeGreaterThan("form" in options ? 0.5 : 0.999);
      expect(ratio).toBeLessThan("form" in options ? 100 : 1.001);
    });
  }
});

/** AdamW on factor * 1/2 |addition - target|^2, with every gradient by hand. */
function trained({ factors }: PlannedLayer, target: Matrix, factor: number, steps: number) {
  const job = new Job();
  const parameters = factors.map(({ matrix, rateScale, epsilon }) => {
    const block = Block.put(job, matrix);
    const gradient = Block.zeros(job, "f64", matrix.rows, matrix.cols);
    return new Parameter(block, gradient, rateScale, undefined, epsilon);
  });
  const optimizer = adamw({ learningRate: 3e-3, weightDecay: 0, epsilon: 1e-6 }).bind(parameters);
  const now = () => parameters.map((p) => new Matrix(p.rows, p.cols, p.read()));
  for (let t = 0; t < steps; t++) {
    const matrices = now();
    const residual = addition({ factors: matrices, scale: 1 });
    target.data.forEach((x: number, i: number) => {
      residual.data[i] = factor * (residual.data[i] - x);
    });
    matrices.forEach((W, k) => {
      const above = matrices.slice(k + 1).reduce((A, F) => matmul(F, A), Matrix.identity(W.rows));
      const below = matrices.slice(0, k).reduce((A, F) => matmul(F, A), Matrix.identity(cols));
      parameters[k].gradient.write(product(above.transpose(), residual, below.transpose()).data);
    });
    optimizer.step(3e-3);
  }
  return now();
}

const distance = (A: readonly Matrix[], B: readonly Matrix[]) =>
  Math.max(
    ...A.map((W, k) =>
      norm(
        new Matrix(
          W.rows,
          W.cols,
          W.data.map((x, i) => x - B[k].data[i]),
        ),
      ),
    ),
  );

test("the run does not depend on the scale of the loss, to the bit where it is a power of two", () => {
  const recipe = fc.record({
    size: fc.constantFrom(1e-3, 0.02, 1),
    bases: fc.constantFrom("gradient" as const, "invariant" as const),
    form: fc.constantFrom("compressed" as const, "narrow" as const, "full" as const),
    depth: fc.integer({ min: 2, max: 4 }),
    factor: fc.constantFrom(1e-3, 0.07, 13, 1e3),
    exponent: fc.integer({ min: -10, max: 10 }),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(recipe, ({ size, factor, exponent, seed, ...options }) => {
      const target = times(size, Matrix.randomNormal(rows, cols, { seed }));
      const run = (by: number) =>
        trained(planned({ ...options, seed }, times(-by, target)), target, by, 15);
      const plain = run(1);
      expect(distance(run(2 ** exponent), plain)).toBe(0);
      expect(distance(run(factor), plain)).toBeLessThan(1e-6);
    }),
    { numRuns: 12 },
  );
});

test("in the published settings the scale of the loss decides whether the cores move", () => {
  const target = times(1e-3, Matrix.randomNormal(rows, cols, { seed: 3 }));
  const moved = (options: DeepLoraOptions, by: number) => {
    const layer = planned(options, times(-by, target));
    const before = layer.factors.map(({ matrix }) => matrix);
    return distance(trained(layer, target, by, 10).slice(1, 4), before.slice(1, 4));
  };
  expect(moved({ published: true }, 1e-3) / moved({ published: true }, 1e3)).toBeLessThan(0.01);
  expect(moved({}, 1e-3) / moved({}, 1e3)).toBeCloseTo(1, 3);
});

test("a layer that has no gradient, or hardly one, has an epsilon above zero all the same", () => {
  for (const size of [0, 1e-30]) {
    for (const { epsilon = 0 } of planned({ depth: 16 }, times(size, gradient)).factors) {
      expect(Math.fround(epsilon)).toBeGreaterThan(1e-21);
    }
  }
});

test("a gradient that is not finite is refused by the layer's name", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const visit: GradientVisit = (_, see) =>
      see(layer, { ...operator(gradient), multiply: (X) => times(bad, X) }, 1);
    const plan = () => new DeepLora({ rank: 4, targets: [layer] }).plan(encoder, visit);
    expect(plan).toThrow(RangeError);
    expect(plan).toThrow(
      `DeepLora: the gradient of ${layer} is not finite: the weights of the model`,
    );
  }
});

const examples = Array.from({ length: 20 }, (_, i) => ({
  text: i % 2 ? "abc abd" : "xyz wxy",
  pair: i % 3 ? undefined : "mno",
  label: i % 2,
}));
const settings = {
  task: { kind: "classification", labels: ["odd", "even"] },
  ...{ steps: 12, batchSize: 8, learningRate: 5e-3, headLearningRate: 5e-3, seed: 3 },
  finalRateShare: 1,
} as const;

// The recipe changed beside it and left it alone. Rounding may: the last time where the
// cross-entropy takes its exponentials by vectors.
test.each([
  ["compressed", 445433614],
  ["narrow", 2442893123],
  ["full", 176789728],
] as const)("published, the %s form keeps its bits", (form, expected) => {
  const method = new DeepLora({ rank: 4, form, seed: 2, published: true });
  const run = new Finetuning(loadEncoder(tinyModel()), examples, { ...settings, method });
  while (run.stepCount < 12) run.step();
  let sum = 0;
  for (const { factors } of run.adapter().layers) {
    for (const { data } of factors) {
      sum = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), sum);
    }
  }
  expect(sum).toBe(expected);
});

test("published, options that it fixes are refused by name, others are not", () => {
  for (const [name, value] of Object.entries({
    ...{ scale: 0.1, bases: "gradient", outerLearningRateRatio: 0.4, gradientExamples: 16 },
  })) {
    expect(() => new DeepLora({ published: true, [name]: value })).toThrow(TypeError);
    expect(() => new DeepLora({ published: true, [name]: value })).toThrow(
      `DeepLora: published is true and ${name} is `,
    );
  }
  const { learningRate, settings } = new DeepLora({ published: true, rank: 4, depth: 2, seed: 1 });
  expect(learningRate).toBe(0.02);
  // What runs have kept since before the mended recipe, so that they can be resumed.
  expect(settings).toEqual({
    ...{ rank: 4, depth: 2, scale: 1e-3, form: "compressed", outerLearningRateRatio: 0.01 },
    ...{ targets: undefined, seed: 1 },
  });
  expect(() => new DeepLora({ published: true, rank: 3 })).toThrow("rank is 3: it must be even");
  expect(() => new DeepLora({ bases: "invariant", rank: 3 })).toThrow("rank is 3: it must be even");
  expect(new DeepLora({ rank: 3 }).rank).toBe(3);
});

test("a method sees the gradients of as many batches as have the examples it asks for", () => {
  const seen = (asked: number | undefined) => {
    const shares: number[] = [];
    let sum = Matrix.zeros(rows, cols);
    const method: Adaptation = {
      ...{ name: "lora", learningRate: 1e-3, trainedTensors: () => [] },
      plan(_, visitGradients) {
        visitGradients!(
          [layer],
          (_name, G, share) => {
            shares.push(share);
            const dense = G.multiply(Matrix.identity(cols).astype("f32"));
            sum = new Matrix(
              rows,
              cols,
              sum.data.map((x, i) => x + share * dense.data[i]),
            );
          },
          asked,
        );
        return [];
      },
    };
    new Finetuning(loadEncoder(tinyModel()), examples, { ...settings, method });
    return { shares, size: norm(sum) };
  };
  expect(seen(undefined).shares).toEqual([1]);
  expect(seen(1).shares).toEqual([1]);
  expect(seen(9).shares).toEqual([0.5, 0.5]);
  // 20 examples fill two batches of 8, and a third that an epoch drops.
  expect(seen(256).shares).toEqual([0.5, 0.5]);
  expect(seen(256).size).not.toBe(seen(1).size);
});
