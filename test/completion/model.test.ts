import fc from "fast-check";
import { expect, test } from "vitest";
import { completeMatrix, fitCompletion, Matrix, MatrixCompletion, svd } from "../../src/index.js";
import { buildRatings, buildStars, pickEntries } from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";

const recipe = { rows: 40, cols: 30, rank: 2, observed: 0.4, noise: 0.3, seed: 1 };
const { observed, hidden } = buildRatings(recipe);
const model = completeMatrix(observed, { steps: 40 });
const stars = buildStars({ ...recipe, seed: 3 });
const starModel = completeMatrix(stars.observed, { steps: 40, rank: 8 });
const unclipped = completeMatrix(stars.observed, { steps: 40, rank: 8, clip: false });
// Too few to hold any out: the biases stand alone.
const few = pickEntries(observed, [0, 1, 2, 3, 4]);
const biasModel = completeMatrix(few);
const models = { model, starModel, unclipped, biasModel };

test.each(Object.entries(models))("%s: predictAll, predictEach and predict agree", (_, m) => {
  const all = m.predictAll();
  expect([all.rows, all.cols]).toEqual([m.rows, m.cols]);
  const rowIds = m.rowIds.flatMap((id) => m.colIds.map(() => id));
  const colIds = m.rowIds.flatMap(() => m.colIds);
  const each = m.predictEach({ rowIds, colIds });
  each.forEach((value, p) => {
    expect(m.predict(rowIds[p], colIds[p])).toBe(value);
    expectBelow(1e-13, { error: Math.abs(value - all.data[p]) / (1 + Math.abs(value)) });
  });
});

test("the factorization beats the biases on entries it has not seen, and says what it is", () => {
  expect(model.rmse(hidden)).toBeLessThan(0.6 * model.baselineRmse(hidden));
  expect([model.rows, model.cols, model.rank, model.depth]).toEqual([40, 30, 30, 2]);
  expect(model.observed).toBe(observed.values.length);
  const sides = (model.rows + model.cols) * model.rank * (model.implicit ? 2 : 1);
  expect(model.parameterCount).toBe(sides + model.rows + model.cols);
  const withCores = completeMatrix(observed, { steps: 60, solver: "adam", implicit: false });
  const factors = (model.rows + model.cols) * model.rank;
  expect(withCores.parameterCount).toBe(factors + 2 * model.rank ** 2 + model.rows + model.cols);
});

test("biases that stand alone are the baseline, and have no factors", () => {
  expect([biasModel.rank, biasModel.depth, biasModel.implicit]).toEqual([0, 0, false]);
  expect(biasModel.parameterCount).toBe(biasModel.rows + biasModel.cols);
  expect(biasModel.rmse(few)).toBe(biasModel.baselineRmse(few));
  expect(biasModel.singularValues()).toHaveLength(0);
});

test("predictions stay inside the observed range unless clip is false", () => {
  const { data } = starModel.predictAll();
  expect([Math.min(...data), Math.max(...data)]).toEqual([1, 5]);
  expect(Math.max(...unclipped.predictAll().data)).toBeGreaterThan(5);
});

test("recommend is sorted, honours n and leaves out what was rated", () => {
  for (const m of [model, starModel, biasModel]) {
    for (const row of m.rowIds) {
      const rated = new Set(
        (m === starModel ? stars.observed : observed).colIds.filter(
          (_, p) => (m === starModel ? stars.observed : observed).rowIds[p] === row,
        ),
      );
      const list = m.recommend(row, m.cols + 5);
      if (m !== biasModel) expect(list).toHaveLength(m.cols - rated.size);
      expect(list.filter(({ id }) => m !== biasModel && rated.has(id))).toEqual([]);
      list.forEach(({ id, score }, i) => {
        expect(score).toBe(m.predict(row, id));
        if (i > 0) expect(score).toBeLessThanOrEqual(list[i - 1].score);
      });
      expect(m.recommend(row, 3)).toEqual(list.slice(0, 3));
      const withRated = m.recommend(row, 1e6, { excludeRated: false });
      expect(new Set(withRated.map(({ id }) => id)).size).toBe(m.cols);
    }
    expect(m.recommend(m.rowIds[0], 0)).toEqual([]);
    expect(m.recommend(m.rowIds[0]).length).toBeLessThanOrEqual(10);
  }
});

test("columns that tie come in the order of their ids", () => {
  const flat = completeMatrix({
    rowIds: ["a", "b", "b", "b", "b"],
    colIds: ["z", "y", "10", "9", "z"],
    values: [2, 2, 2, 2, 2],
  });
  expect(flat.recommend("a").map(({ id }) => id)).toEqual(["10", "9", "y"]);
});

test("the singular values are those of the predictions without mean and biases", () => {
  const all = unclipped.predictAll();
  // Double centring takes off mean and biases of the prediction and of the product alike.
  const values = unclipped.singularValues();
  expect(values).toHaveLength(8);
  expect(values).toEqual(values.slice().sort((a, b) => b - a));
  const { S } = svd(all);
  // Mean and biases add a matrix of rank 2: the singular values interlace.
  for (let i = 0; i + 2 < values.length; i++) {
    expect(S[i + 2]).toBeLessThanOrEqual(values[i] * (1 + 1e-6));
    expect(values[i + 2]).toBeLessThanOrEqual(S[i] * (1 + 1e-6));
  }
  expect(S[10] < 1e-5 * S[0]).toBe(true);
});

test("load reads a Buffer, as Node's readFile gives it, at any place of its pool", () => {
  const bytes = model.save();
  const pooled = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
  expect(MatrixCompletion.load(pooled).save()).toEqual(bytes);
});

test("ids may be any text or number", () => {
  const ids = [
    "__proto__",
    "",
    "constructor",
    " ",
    "1",
    "\ud800",
    "é",
    "e\u0301",
    "\u0000",
    "日本",
  ];
  const odd = completeMatrix({
    rowIds: ids,
    colIds: ids.slice().reverse(),
    values: ids.map((_, i) => i),
  });
  expect(odd.rows).toBe(10);
  expect(odd.rowIds).toEqual(ids.slice().sort());
  const again = MatrixCompletion.load(odd.save());
  for (const id of ids) {
    expect(again.hasRow(id)).toBe(true);
    expect(again.predict(id, "1")).toBe(odd.predict(id, 1));
  }
  expect(odd.hasRow("toString")).toBe(false);
  expect(odd.hasCol(1)).toBe(true);
});

test("ids that were not trained on count with the mean and the bias of the known side", () => {
  const { predictEach } = { predictEach: model.predictEach.bind(model) };
  const [both, row, col] = predictEach({
    rowIds: ["nobody", "u0", "nobody"],
    colIds: ["nothing", "nothing", "i0"],
  });
  const mean = observed.values.reduce((sum, value) => sum + value, 0) / observed.values.length;
  expect(both).toBeCloseTo(mean, 12);
  expect(row).not.toBe(both);
  expect(col).not.toBe(both);
  const unseen = { rowIds: ["nobody"], colIds: ["nothing"], values: [mean] };
  expectBelow(1e-12, { rmse: model.rmse(unseen), baseline: model.baselineRmse(unseen) });
});

test("duplicates: the last wins, or their mean, or an error; all are counted", () => {
  const twice = {
    rowIds: [...few.rowIds, few.rowIds[0], few.rowIds[0]],
    colIds: [...few.colIds, few.colIds[0], few.colIds[0]],
    values: [...few.values, 7, -3],
  };
  const replaced = { ...few, values: [-3, ...few.values.slice(1)] };
  const last = completeMatrix(twice);
  expect(last.predictAll()).toEqual(completeMatrix(replaced).predictAll());
  expect([last.duplicates, last.observed, biasModel.duplicates]).toEqual([2, 5, 0]);
  const mean = (few.values[0] + 7 - 3) / 3;
  const meanModel = completeMatrix(twice, { duplicates: "mean" });
  const expected = completeMatrix({ ...few, values: [mean, ...few.values.slice(1)] });
  expectBelow(1e-6, {
    difference: Math.abs(meanModel.predictAll().data[0] - expected.predictAll().data[0]),
  });
  expect(() => completeMatrix(twice, { duplicates: "error" })).toThrow(
    `row "${few.rowIds[0]}" and column "${few.colIds[0]}" have 3 values: duplicates is "error"`,
  );
});

test("the mean of duplicates does not depend on their order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 2, maxLength: 6 }),
      (values) => {
        const at = (list: number[]) =>
          completeMatrix(
            { rowIds: list.map(() => "a"), colIds: list.map(() => "b"), values: list },
            { duplicates: "mean" },
          ).save();
        expect(at(values.slice().reverse())).toEqual(at(values));
      },
    ),
    { numRuns: 30 },
  );
});

test("unknown ids and bad arguments are refused by name", () => {
  expect(() => model.predict("nobody", "i0")).toThrow(
    'predict: row "nobody" is unknown: it must be one of the 40 rows trained on',
  );
  expect(() => model.predict("u0", "nothing")).toThrow('predict: column "nothing" is unknown');
  expect(() => model.recommend("nobody")).toThrow('recommend: row "nobody" is unknown');
  expect(() => model.recommend("u0", -1)).toThrow("recommend: n is -1");
  expect(() => model.recommend("u0", 1.5)).toThrow(RangeError);
  expect(() => model.recommend("u0", 5, { only: ["nothing"] })).toThrow(
    "recommend: only has no column that the model knows",
  );
  expect(() => model.recommendAll(5, { rows: ["nobody"] }).next()).toThrow(
    'recommendAll: row "nobody" is unknown',
  );
  expect(() => model.recommend("u0", 5, { excludeRated: "no" as never })).toThrow(
    'recommend: excludeRated is "no": it must be true or false',
  );
  expect(() => model.recommend("u0", 5, null as never)).toThrow("recommend: options is null");
  expect(() => model.predict({} as string, "i0")).toThrow(TypeError);
  expect(() => model.rmse({ rowIds: [], colIds: [], values: [] })).toThrow(
    "rmse: there are no observations",
  );
  expect(() => model.rmse({ rowIds: ["u0"], colIds: [], values: [1] })).toThrow(
    "the lengths must be equal",
  );
  expect(() => model.predictEach({ rowIds: ["u0"], colIds: [] })).toThrow(
    "predictEach: rowIds has 1 entries and colIds 0",
  );
});

test("observations and options out of range are refused by name", () => {
  const good = { rowIds: ["a", "b", "b"], colIds: ["x", "x", "y"], values: [1, 2, 3] };
  const refuse = (change: object, options = {}) =>
    expect(() => completeMatrix({ ...good, ...change }, options));
  refuse({ values: [1, Number.NaN, 3] }).toThrow("completeMatrix: values[1] is NaN");
  refuse({ values: [1, 2, Number.POSITIVE_INFINITY] }).toThrow("values[2] is Infinity");
  refuse({ values: [1, 2, 1e200] }).toThrow("values[2] is 1e+200");
  refuse({ values: [1, 2, "3"] }).toThrow(TypeError);
  refuse({ values: [1, 2] }).toThrow("the lengths must be equal");
  refuse({ rowIds: undefined }).toThrow("rowIds is undefined: it must be an array");
  refuse({ rowIds: ["a", "b", null] }).toThrow("rowIds[2] is of type object");
  refuse({ rowIds: [], colIds: [], values: [] }).toThrow("there are no observations");
  refuse({}, { rank: 3 }).toThrow(
    "completeMatrix: rank is 3 and the matrix is 2 x 2: rank must be at most 2",
  );
  refuse({}, { rank: 0 }).toThrow("rank is 0");
  refuse({}, { rank: 1.5 }).toThrow("rank is 1.5");
  refuse({}, { depth: -1 }).toThrow("depth is -1");
  refuse({}, { seed: -1 }).toThrow("seed is -1");
  refuse({}, { steps: 0 }).toThrow("steps is 0");
  refuse({}, { regularization: 0 }).toThrow("regularization is 0");
  refuse({}, { regularization: Number.NaN }).toThrow("regularization is NaN");
  refuse({}, { validationFraction: 0 }).toThrow("validationFraction is 0");
  refuse({}, { validationFraction: 0.6 }).toThrow("validationFraction is 0.6");
  refuse({}, { duplicates: "first" }).toThrow('duplicates is "first"');
  refuse({}, { implicit: 1 }).toThrow("implicit is 1: it must be true or false");
  refuse({}, { clip: "no" }).toThrow(TypeError);
  // The iterator refuses when it is made, not at its first step.
  expect(() => fitCompletion({ ...good, values: [1] })).toThrow("fitCompletion: rowIds has 3");
});

test("predictAll is a matrix of doubles", () => {
  expect(model.predictAll()).toBeInstanceOf(Matrix);
  expect(model.predictAll().dtype).toBe("f64");
});
