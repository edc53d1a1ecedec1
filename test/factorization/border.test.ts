// What a run is told besides its options: checkpoints, schedules, sizes of values.
import { expect, test } from "vitest";
import * as core from "../../src/index.js";

const { Matrix } = core;
const A = Matrix.from([
  [2, 1, 0],
  [1, 3, 1],
  [0, 1, 4],
]);
const problem = core.factorization(A);
const model = () => core.deepFactorization({ shape: A, scale: 0.3 });
const run = core.train(model(), problem, { steps: 5 });
run.next();
run.next();
const right = run.checkpoint();
const factor = (change: (W: core.Matrix) => core.Matrix) => ({
  ...right,
  factors: right.factors.map(change),
});

test.each<[unknown, string]>([
  [null, "checkpoint is null: it must be what the method checkpoint of a run gives"],
  [{}, "checkpoint.step is undefined: it must be an integer in 0 .. 2147483647"],
  [{ ...right, step: Number.NaN }, "checkpoint.step is NaN"],
  [{ ...right, step: 1e15 }, "checkpoint.step is 1000000000000000"],
  [{ ...right, stpe: 3 }, 'there is no field of checkpoint "stpe": did you mean step?'],
  [{ step: 1, state: right.state }, "checkpoint.factors is undefined: it must be an array"],
  [
    { ...right, factors: right.factors.slice(1) },
    "checkpoint.factors has 2 entries: it must have 3",
  ],
  [factor((W) => W.astype("f32")), "checkpoint.factors[0] is 3 x 3 f32: it must be 3 x 3 f64"],
  [factor(() => Matrix.zeros(2, 2)), "checkpoint.factors[0] is 2 x 2 f64: it must be 3 x 3 f64"],
  [factor(() => new Matrix(1, 1, Float64Array.of(Number.NaN))), "every entry must be finite"],
  [
    { ...right, state: [[1]] },
    "checkpoint.state[0] is Array: it must be an array of finite numbers",
  ],
  [{ ...right, state: [Float64Array.of(Number.NaN)] }, "checkpoint.state[0] is not finite"],
])("a checkpoint of another model or of nonsense is refused: %#", (checkpoint, message) => {
  const call = () => core.train(model(), problem, { steps: 9, checkpoint: checkpoint as never });
  expect(call).toThrow(message);
  expect(call).toThrow(/^train: /);
});

test("a schedule's rate must be a finite number that is not negative", () => {
  for (const rate of [Number.NaN, -1, Number.POSITIVE_INFINITY, "a", null]) {
    for (const optimizer of [core.gd(), core.scaledGd()]) {
      const steps = core.train(model(), problem, {
        ...{ steps: 2, optimizer, schedule: () => rate as number },
      });
      steps.next();
      expect(() => steps.next()).toThrow(/^train: the schedule's rate is /);
    }
  }
});

test("values whose squares overflow are refused by name", () => {
  const huge = core.factorization(
    Matrix.from([
      [1e300, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
  );
  expect(() => core.train(model(), huge, { steps: 2 })).toThrow(
    "train: the loss of zero output is Infinity: the problem's values must be smaller",
  );
  const news = { rowIndices: [0, 1], colIndices: [0, 0], values: [1, -1e300] };
  expect(() => new core.OnlineCompletion({ rank: 1 }).update(news)).toThrow(
    "OnlineCompletion.update: values[1] is -1e+300: it must be at most 1e+100 in size",
  );
});

test("nonsense in the place of a model, a type or a list is refused by name", () => {
  const data = { rows: 1, cols: 1, rowIndices: [0], colIndices: [0], values: [1] };
  expect(() => core.OnlineCompletion.from({} as never, data)).toThrow(
    "OnlineCompletion.from: model.U is undefined: it must be a Matrix",
  );
  for (const make of [core.spectralCompress, core.fitLowRank]) {
    expect(() => make(problem, { rank: 1, steps: 1, dtype: "f16" } as never)).toThrow(TypeError);
  }
  expect(() => core.spectralCompress(problem, { rank: 1, dtype: "f16" as never })).toThrow(
    'spectralCompress: dtype is "f16"',
  );
  expect(() => core.deepFactorization({ shape: A, scale: null as never })).toThrow("scale is null");
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
  const holes = [1, , 1] as number[];
  expect(() => core.train(model(), problem, { steps: 1, learningRateRatios: holes })).toThrow(
    "learningRateRatios[1] is undefined",
  );
  expect(() => core.sensing({ operators: [A], measurements: ["1"] as never })).toThrow(
    'sensing: measurements[0] is "1": it must be a number',
  );
  expect(() => core.clipNorm({} as never, 1)).toThrow("clipNorm: optimizer is Object");
  const odd = { ...core.gd({ learningRate: 0.1 }), bind: () => ({}) } as never;
  for (const optimizer of [odd, core.clipNorm(odd, 1)]) {
    expect(() => core.train(model(), problem, { steps: 1, optimizer })).toThrow(
      "optimizer: bind gives Object: it must be a BoundOptimizer",
    );
  }
  const uncounted = { ...problem, density: Symbol("x") } as never;
  expect(() => core.spectralCompress(uncounted, { rank: 1 })).toThrow(
    "spectralCompress: problem is Object: factorization, completion or sensing must give it",
  );
  const huge = { rows: 2 ** 30, cols: 2 ** 30 };
  for (const initialization of ["signed-permutation", "haar"] as const) {
    expect(() => core.deepFactorization({ shape: huge, initialization })).toThrow(
      core.OutOfMemoryError,
    );
  }
  const wide = core.deepFactorization({ shape: { rows: 2 ** 15, cols: 2 ** 15 }, depth: 2 });
  expect(() => wide.factors()).toThrow(core.OutOfMemoryError);
  const [rowIndices, colIndices, values] = [[0], [0], [1]];
  expect(() => core.completion({ ...huge, rowIndices, colIndices, values })).toThrow(
    core.OutOfMemoryError,
  );
});
