import fc from "fast-check";
import { expect, test } from "vitest";
import {
  absolute,
  FeedForward,
  medianOfMeans,
  type RecoverOptions,
  ReluGenerator,
  recover,
  squares,
} from "../../src/generative.js";
import { DivergenceError, gd, Matrix, matmul, SparseMatrix } from "../../src/index.js";
import { expectBelow } from "../helpers/ratios.js";
import { gaussian, median, normal, relativeError, seeds, times } from "./toys.js";

/** Whole layers, everything measured well. */
function problem(seed: number, sizes = [4, 30, 80], m = 40) {
  const generator = ReluGenerator.random({ sizes, seed });
  const z = normal(sizes[0], seed + 1000);
  const x = generator.value(new Matrix(1, z.length, z)).data as Float64Array;
  const A = gaussian(m, x.length, seed + 2000);
  return { generator, z, x, A, products: times(A, x) };
}

const finish = (options: RecoverOptions) => {
  const run = recover(options);
  for (const _ of run);
  return run;
};

test("sparse and matrix-free operators find what the dense one finds", () => {
  const { generator, A, products } = problem(1);
  // A tenth of the entries, so that the sparse one is sparse.
  A.data.forEach((_, i) => {
    if (i % 10 !== 0) A.data[i] = 0;
  });
  const places = [...A.data.keys()].filter((i) => A.data[i] !== 0);
  const sparse = SparseMatrix.fromTriplets({
    ...{ rows: A.rows, cols: A.cols, values: places.map((i) => A.data[i]) },
    rowIndices: places.map((i) => Math.floor(i / A.cols)),
    colIndices: places.map((i) => i % A.cols),
  });
  const free = {
    ...{ rows: A.rows, cols: A.cols },
    multiply: (X: Matrix) => matmul(A, X),
    multiplyTransposed: (X: Matrix) => matmul(A, X, { transposeA: true }),
  };
  const [dense, ...others] = [A, sparse, free].map(
    (operator) =>
      finish({ operator, measurements: products, generator, steps: 50, restarts: 1 }).latent,
  );
  for (const other of others) expectBelow(1e-9, { gap: relativeError(other, dense) });
});

test("an operator at the end of the range is computed with as it is", () => {
  const { generator, A, products } = problem(2);
  const scale = 2 ** -520;
  const tiny = new Matrix(
    A.rows,
    A.cols,
    A.data.map((a) => a * scale),
  );
  const options = { generator, steps: 0, restarts: 1 };
  // Too small to be squared.
  const loss = absolute();
  const run = finish({
    ...options,
    loss,
    operator: tiny,
    measurements: products.map((y) => y * scale),
  });
  const plain = finish({ ...options, loss, operator: A, measurements: products });
  expectBelow(1e-12, { gap: Math.abs(run.loss / scale - plain.loss) / plain.loss });
});

test("phase retrieval: absolute values tell the signal up to its sign", () => {
  const errors = seeds(5).map((seed) => {
    const { generator, x, A, products } = problem(seed, [4, 40, 120], 100);
    const run = finish({
      ...{ operator: A, measurements: products.map(Math.abs), generator, kind: "magnitude" },
      ...{ optimizer: gd({ learningRate: 0.5 }), restarts: 4, negationCheck: true, seed },
    });
    return relativeError(run.signal, x);
  });
  expectBelow(1e-3, { median: median(errors) });
});

test("one-bit: signs tell the direction, and more of them tell it better", () => {
  const error = (m: number) =>
    median(
      seeds(5).map((seed) => {
        const { generator, x, A, products } = problem(seed, [4, 40, 120], m);
        const run = finish({
          ...{ operator: A, measurements: products.map((u) => (u > 0 ? 1 : -1)), generator },
          ...{ kind: "sign", seed },
        });
        const unit = (v: ArrayLike<number>) => {
          const all = Array.from(v);
          const length = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0));
          return all.map((value) => value / length);
        };
        return relativeError(unit(run.signal), unit(x));
      }),
    );
  const [few, many] = [error(100), error(1600)];
  expectBelow(0.15, { many });
  expectBelow(few / 2, { many });
});

test("the iterator shows the loss before each step, and may be left at any time", () => {
  const { generator, z, A, products } = problem(3);
  const options = { operator: A, measurements: products, generator, restarts: 1 };
  const run = recover({ ...options, steps: 30 });
  const losses = [...run].map(({ loss, step, restart }) => {
    expect(restart).toBe(0);
    return { loss, step };
  });
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 31 }, (_, i) => i));
  expect(run.loss).toBe(losses.at(-1)!.loss);
  const early = recover({ ...options, steps: 30 });
  for (const { step } of early) if (step === 7) break;
  expect(early.loss).toBe(losses[7].loss);
  expect(early.next()).toEqual({ done: true, value: undefined });
  const exact = finish({ ...options, start: z, tolerance: 1e-20, restarts: 3 });
  expectBelow(1e-20, { loss: exact.loss });
  expect(exact.latent).toEqual(z);
  expect([...recover({ ...options, steps: 0, restarts: 2 })]).toHaveLength(2);
});

test("one seed, one result; another seed, another start", () => {
  const { generator, A, products } = problem(4);
  const options = { operator: A, measurements: products, generator, steps: 20 };
  for (const loss of [squares(), absolute(), medianOfMeans({ blocks: 8 })]) {
    const latent = (seed: number) => finish({ ...options, loss, seed }).latent;
    expect(latent(5)).toEqual(latent(5));
    expect(latent(5)).not.toEqual(latent(6));
  }
});

test("f32 finds what f64 finds", () => {
  const { generator, x, A, products } = problem(5);
  const single = ReluGenerator.fromSafetensors(generator.toSafetensors(), {
    ...{ output: "relu", dtype: "f32" },
  });
  const options = { measurements: products, steps: 2000 };
  const run = finish({ ...options, operator: A.astype("f32"), generator: single });
  expect(run.signal).toBeInstanceOf(Float32Array);
  expectBelow(1e-3, { error: relativeError(run.signal, x) });
});

test("a step that is too large ends with an error, not with NaN", () => {
  const { generator, A, products } = problem(6);
  const optimizer = gd({ learningRate: 1e30 });
  const run = recover({ operator: A, measurements: products, generator, optimizer });
  expect(() => [...run]).toThrow(DivergenceError);
  expect(() => run.signal).toThrow("recover: the first start diverged");
});

test("a generator comes back from its file, whatever its shape", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 14 }),
      fc.boolean(),
      fc.constantFrom("linear" as const, "relu" as const),
      fc.constantFrom("f32" as const, "f64" as const),
      (sizes, biases, output, dtype) => {
        const network = new FeedForward({ sizes, biases, output, dtype });
        const parameters = network.start({ seed: 2 });
        parameters.forEach((_: number, i: number) => {
          parameters[i] += i / 64;
        });
        const generator = new ReluGenerator(network, parameters);
        const again = ReluGenerator.fromSafetensors(generator.toSafetensors(), { output, dtype });
        expect(again).toEqual(generator);
      },
    ),
    { numRuns: 30 },
  );
});

test("what does not fit is refused by name", () => {
  const { generator, A, products } = problem(7);
  const good = { operator: A, measurements: products, generator };
  const refused = (options: object, text: string) =>
    expect(() => recover({ ...good, ...options } as RecoverOptions)).toThrow(text);
  refused({ loss: medianOfMeans({ blocks: 7 }) }, "40 measurements and 7 blocks: the blocks must");
  refused({ measurements: products.slice(1) }, "recover: operator is 40 x 80, there are 39");
  refused({ operator: A.transpose() }, "recover: operator is 80 x 40");
  refused({ operator: A.astype("f32") }, "recover: operator is f32 and the generator is f64");
  refused({ measurements: products.map(() => NaN) }, "measurements[0] is NaN");
  refused({ kind: "sign" }, "recover: measurements[0] is");
  refused({ kind: "sign", loss: absolute(), measurements: products.map(() => 1) }, "no residuals");
  refused({ optimizer: gd() }, "recover: the optimizer's learningRate is undefined");
  refused({ start: [1] }, "recover: start has 1 entries: the generator takes 4");
  refused({ loss: "squares" }, "recover: loss is");
  refused({ generator: generator.network }, "recover: generator is Object: it must be a ReluGen");
  refused({ steps: -1 }, "recover: steps is -1");
  expect(() => new ReluGenerator(generator.network, new Float64Array(3))).toThrow("has 3 entries");
  expect(() => medianOfMeans({ blocks: 0 })).toThrow("medianOfMeans: blocks is 0");
});

test("the negation check goes to -z exactly where the whole loss is less there", () => {
  for (const seed of seeds(12)) {
    const { generator, z, A, products } = problem(seed, [4, 10, 20], 70);
    const start = normal(4, seed + 400);
    const lossAt = (at: Float64Array) =>
      recover({ operator: A, measurements: products, generator, start: at, steps: 0 }).loss;
    const negative = start.map((value) => -value);
    const [here, there] = [lossAt(start), lossAt(negative)];
    // Sparse operators look at all of their rows.
    const places = [...A.data.keys()];
    const sparse = SparseMatrix.fromTriplets({
      ...{ rows: A.rows, cols: A.cols, values: A.data },
      rowIndices: places.map((i) => Math.floor(i / A.cols)),
      colIndices: places.map((i) => i % A.cols),
    });
    for (const operator of [A, sparse]) {
      const run = recover({
        ...{ operator, measurements: products, generator, start, steps: 0, restarts: 1 },
        negationCheck: true,
      });
      expect(run.latent).toEqual(there < here ? negative : start);
    }
    expect(lossAt(z)).toBeLessThan(1e-20);
  }
});
