import { expect, test, vi } from "vitest";
import {
  type CompletionOptions,
  type CompletionProgress,
  completeMatrix,
  fitCompletion,
  MatrixCompletion,
} from "../../src/index.js";
import { SparseRows } from "../../src/linalg/sparse-rows.js";
import type { FloatArray } from "../../src/wasm/index.js";
import { shuffled } from "../helpers/random.js";
import { buildRatings, type Columns, pickEntries } from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";

const small = { rows: 40, cols: 30, rank: 2, observed: 0.4, noise: 0.3, seed: 1 };
const quick: CompletionOptions = { steps: 40 };
const { observed, hidden } = buildRatings(small);
const model = completeMatrix(observed, quick);
const bytes = model.save();

const map = (columns: Columns, f: (value: number) => number): Columns => ({
  ...columns,
  values: columns.values.map(f),
});

test("the order of the observations does not change one bit of the model", () => {
  for (const seed of [1, 2]) {
    const order = shuffled(observed.values.length, seed);
    expect(completeMatrix(pickEntries(observed, order), quick).save()).toEqual(bytes);
  }
});

test("the same input and seed give the same file; another seed gives another", () => {
  expect(completeMatrix(observed, quick).save()).toEqual(bytes);
  expect(completeMatrix(observed, { ...quick, seed: 1 }).save()).not.toEqual(bytes);
});

test("values times a power of two give exactly the predictions times it", () => {
  for (const factor of [2 ** 10, 2 ** -40, 2 ** -400, 2 ** 400]) {
    const scaled = completeMatrix(
      map(observed, (v) => v * factor),
      quick,
    ).predictAll();
    expect(Array.from(scaled.data, (v) => v / factor)).toEqual(Array.from(model.predictAll().data));
  }
});

test("scaling and shifting the values scales and shifts the predictions", () => {
  const plain = model.predictAll().data as Float64Array;
  for (const [scale, shift] of [
    [3, 0],
    [0.1, -3],
    [300, 500],
    [1, 1e5],
  ]) {
    const moved = completeMatrix(
      map(observed, (v) => scale * v + shift),
      quick,
    ).predictAll().data;
    const error = plain.reduce(
      (max, v, i) => Math.max(max, Math.abs((moved[i] - shift) / scale - v)),
      0,
    );
    // Rounded to f32 along another path: 40 steps of training multiply 1e-7 by some hundreds.
    expectBelow(1e-3, { error }, { scale, shift });
  }
});

test("rows and columns with other names of the same order give the same numbers", () => {
  const renamed = { ...observed, rowIds: observed.rowIds.map((id) => `x${id}`) };
  const twin = completeMatrix(renamed, quick);
  expect(twin.predictAll()).toEqual(model.predictAll());
  expect(twin.rowIds).toEqual(model.rowIds.map((id) => `x${id}`));
});

test("the iterator tells its phases, its steps and a falling loss, and returns the model", () => {
  const run = fitCompletion(observed, quick);
  const seen: CompletionProgress[] = [];
  let next = run.next();
  for (; !next.done; next = run.next()) seen.push(next.value);
  expect(next.value).toBeInstanceOf(MatrixCompletion);
  expect(next.value.save()).toEqual(bytes);

  const phases = seen.map(({ phase }) => phase);
  expect([...new Set(phases)]).toEqual(phaseOrder);
  expect(phases).toEqual(phases.slice().sort((a, b) => rank(a) - rank(b)));
  seen.slice(1).forEach(({ step, totalSteps }, i) => {
    expect(step).toBe(i + 1);
    expect(totalSteps).toBeGreaterThanOrEqual(step);
  });
  const refit = seen.filter(({ phase }) => phase === "refit");
  expect(refit[refit.length - 1].totalSteps).toBe(next.value.steps);
  expect(refit[refit.length - 1].loss).toBeLessThan(0.7 * seen[0].loss);
  expectBelow(0.01, { start: Math.abs(refit[0].loss / seen[0].loss - 1) });
  const measured = seen.filter(({ validationRmse }) => validationRmse !== undefined);
  expect(measured.length).toBeGreaterThan(8);
  expect(Math.min(...measured.map(({ validationRmse }) => validationRmse as number))).toBeLessThan(
    model.baselineRmse(hidden),
  );
  expect(next.value.history.filter(({ phase }) => phase === "refit")).toEqual(
    refit.map(({ regularization: _, ...progress }) => progress),
  );
});

const phaseOrder: CompletionProgress["phase"][] = ["biases", "search", "refit", "ranking"];
const rank = (phase: CompletionProgress["phase"]) => phaseOrder.indexOf(phase);

test("leaving the loop stops the fit", () => {
  let steps = 0;
  for (const { step } of fitCompletion(observed)) {
    steps = step;
    if (step === 3) break;
  }
  expect(steps).toBe(3);
});

test("a fit changes neither the observations nor a sparse matrix that is there", () => {
  const values = Float64Array.from(observed.values, (value) => 1000 * value);
  const given = values.slice();
  const { fromSorted } = SparseRows;
  const made: { matrix: SparseRows; values: FloatArray }[] = [];
  const spy = vi.spyOn(SparseRows, "fromSorted").mockImplementation((...parts) => {
    const matrix = fromSorted(...parts);
    made.push({ matrix, values: matrix.values.slice() });
    return matrix;
  });
  try {
    completeMatrix({ ...observed, values }, quick);
  } finally {
    spy.mockRestore();
  }
  expect(values).toEqual(given);
  expect(made.length).toBeGreaterThan(1);
  for (const { matrix, values: before } of made) expect(matrix.values).toEqual(before);
});

test("structure that only little regularization lets through is found at any depth", () => {
  for (const seed of [1, 2]) {
    const recipe = { rows: 400, cols: 300, rank: 4, observed: 0.12, noise: 1.6, seed };
    const { observed, hidden } = buildRatings(recipe);
    for (const depth of [0, 2, 3]) {
      const model = completeMatrix(observed, { implicit: false, ranking: false, depth });
      const share = model.rmse(hidden) / model.baselineRmse(hidden);
      expectBelow(0.93, { share }, { seed, depth });
    }
  }
});
