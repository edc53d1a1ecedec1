// Gross errors among the observations: found, not learnt, listed; and where there are none nothing changes.
import fc from "fast-check";
import { expect, test } from "vitest";
import { grossErrors } from "../../src/completion/gross-errors.js";
import { medianPolish } from "../../src/completion/median-polish.js";
import { decodeModel, encodeModel } from "../../src/completion/model-file.js";
import { pseudoValues } from "../../src/completion/pseudo-values.js";
import {
  type CompletionOptions,
  completeMatrix,
  MatrixCompletion,
  ModelFileError,
} from "../../src/index.js";
import { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { runAlone } from "../../src/shards/exchange.js";
import { dataPath, missingData, readRatings } from "../helpers/data.js";
import { testWith } from "../helpers/needs.js";
import { shuffled, uniform } from "../helpers/random.js";
import { buildRatings, buildStars, type Columns, pickEntries } from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";
import { wholeShard } from "../helpers/shards.js";

const quick = { steps: 60, ranking: false };

/** The same entries, one in `every` of the values changed. */
function spoil(columns: Columns, every: number, seed: number, change: (value: number) => number) {
  const places = shuffled(columns.values.length, seed).slice(0, columns.values.length / every);
  const values = columns.values.slice();
  for (const p of places) values[p] = change(values[p]);
  return { ...columns, values };
}

/** The part of a clean model's gain over the biases that another one keeps, on clean entries. */
function keptGain(clean: MatrixCompletion, other: MatrixCompletion, test: Columns): number {
  const biases = clean.baselineRmse(test);
  return (biases - other.rmse(test)) / (biases - clean.rmse(test));
}

test.each([1, 2, 3])(
  "a hundredth of the values times 100 costs less than a tenth of the gain: low rank, seed %i",
  (seed) => {
    const shape = { rows: 70, cols: 60, rank: 2, observed: 0.4, noise: 0.2, seed };
    const { observed, hidden } = buildRatings(shape);
    const clean = completeMatrix(observed, quick);
    const spoilt = spoil(observed, 100, seed, (value) => 100 * value);
    const model = completeMatrix(spoilt, quick);
    expect(keptGain(clean, model, hidden)).toBeGreaterThan(0.9);
    expect(
      keptGain(clean, completeMatrix(spoilt, { ...quick, outliers: "keep" }), hidden),
    ).toBeLessThan(0.7);
    // Every one that is listed was spoilt, and all that are far out are listed.
    const changed = new Map(
      spoilt.values.flatMap((value, p) =>
        value === observed.values[p]
          ? []
          : [[`${observed.rowIds[p]} ${observed.colIds[p]}`, value]],
      ),
    );
    const found = new Map(model.outliers.map((one) => [`${one.rowId} ${one.colId}`, one.value]));
    for (const [place, value] of found) expect(changed.get(place)).toBe(value);
    for (const [place, value] of changed)
      if (Math.abs(value) > 25) expect(found.has(place)).toBe(true);
  },
);

test.each([
  ["times 100", (value: number) => 100 * value],
  ["replaced by 99", () => 99],
  ["replaced by -1000", () => -1000],
  ["replaced by 1e150", () => 1e150],
])("stars of which a hundredth is %s are completed as well as clean ones", (_, change) => {
  const shape = { rows: 70, cols: 60, rank: 2, observed: 0.4, noise: 0.3, seed: 5 };
  const { observed, hidden } = buildStars(shape);
  const clean = completeMatrix(observed, quick);
  const model = completeMatrix(spoil(observed, 100, 4, change), quick);
  expect(keptGain(clean, model, hidden)).toBeGreaterThan(0.9);
  expectBelow(1.02, { baseline: model.baselineRmse(hidden) / clean.baselineRmse(hidden) });
  expect(model.outliers).toHaveLength(Math.floor(observed.values.length / 100));
  for (const { value, expected } of model.outliers) {
    expect(value).toBe(change(observed.values.includes(value / 100) ? value / 100 : value));
    expect(expected).toBeGreaterThanOrEqual(1);
    expect(expected).toBeLessThanOrEqual(5);
  }
});

test("without gross errors the model is the one that keeps every value, to the bit", () => {
  for (const noise of [0, 0.3, 2]) {
    for (const build of [buildRatings, buildStars]) {
      const shape = { rows: 30, cols: 25, rank: 2, observed: 0.5, noise, seed: 3 };
      const { observed } = build(shape);
      const model = completeMatrix(observed, { steps: 20 });
      const kept = completeMatrix(observed, { steps: 20, outliers: "keep" });
      expect(model.predictAll()).toEqual(kept.predictAll());
      expect(model.recommend("u1")).toEqual(kept.recommend("u1"));
      expect(model.history).toEqual(kept.history);
      expect([model.outliers, kept.outliers]).toEqual([[], []]);
    }
  }
});

const spoilt = spoil(
  buildStars({ rows: 30, cols: 25, rank: 2, observed: 0.5, noise: 0.3, seed: 8 }).observed,
  60,
  2,
  (value) => 100 * value,
);

test("the order of the observations does not matter", () => {
  const model = completeMatrix(spoilt, { steps: 20 });
  const other = completeMatrix(pickEntries(spoilt, shuffled(spoilt.values.length, 6)), {
    steps: 20,
  });
  expect(other.save()).toEqual(model.save());
});

test("values times a power of two give predictions times it, to the bit", () => {
  const model = completeMatrix(spoilt, { steps: 20, ranking: false });
  for (const scale of [2 ** -40, 8, -1]) {
    const values = spoilt.values.map((value) => scale * value);
    const other = completeMatrix({ ...spoilt, values }, { steps: 20, ranking: false });
    expect(other.outliers.map(({ value }) => value / scale).sort()).toEqual(
      model.outliers.map(({ value }) => value).sort(),
    );
    if (scale < 0) continue;
    expect(other.predictAll().data.map((value) => value / scale)).toEqual(model.predictAll().data);
  }
});

test("the file has the outliers, and refuses places that are not in the pattern", () => {
  const model = completeMatrix(spoilt, { steps: 20 });
  const bytes = model.save();
  const loaded = MatrixCompletion.load(bytes);
  expect(model.outliers.length).toBeGreaterThan(3);
  expect(loaded.outliers).toEqual(model.outliers);
  expect(loaded.settings).toEqual(model.settings);
  expect(loaded.save()).toEqual(bytes);
  // They are rated all the same: not recommended to who has rated them.
  for (const { rowId, colId } of loaded.outliers) {
    expect(loaded.recommend(rowId, loaded.cols).map(({ id }) => id)).not.toContain(colId);
  }
});

test("without outliers the file of what Adam trained is one that older programs read", () => {
  const { observed } = buildStars({
    rows: 9,
    cols: 8,
    rank: 1,
    observed: 0.7,
    noise: 0.1,
    seed: 2,
  });
  const version = (given: Columns, options: CompletionOptions) => {
    const model = completeMatrix(given, { steps: 10, rank: 2, ...options });
    const loaded = MatrixCompletion.load(model.save());
    expect([loaded.settings, loaded.outliers]).toEqual([model.settings, model.outliers]);
    expect(loaded.save()).toEqual(model.save());
    return model.save()[8];
  };
  const solver = "adam";
  expect(version(observed, { solver })).toBe(2);
  expect(version(observed, { solver, ranking: false })).toBe(1);
  expect(version(observed, { solver, outliers: "keep" })).toBe(3);
  expect(version(observed, { solver, outliers: "keep", ranking: false })).toBe(3);
  expect(version(spoilt, { solver })).toBe(3);
  expect(version(spoilt, { solver, ranking: false })).toBe(3);
  for (const given of [observed, spoilt]) {
    for (const options of [{}, { ranking: false }, { outliers: "keep" }] as const) {
      expect(version(given, options)).toBe(4);
    }
  }
});

test("a model file with outliers that cannot be is refused", () => {
  const state = decodeModel(completeMatrix(spoilt, { steps: 10, rank: 2 }).save());
  const { outliers } = state;
  if (!outliers) throw new Error("no outliers were found");
  const { places, values } = outliers;
  for (const [changed, complaint] of [
    [{ ...outliers, bound: Number.NaN }, "the bound of the outliers is NaN: it must be above 0"],
    [{ ...outliers, places: places.slice().reverse() }, "the place of an outlier is"],
    [{ ...outliers, places: places.map((p) => p + 1e6) }, "the place of an outlier is"],
    [{ ...outliers, values: values.map(() => Number.POSITIVE_INFINITY) }, "at most 1e+151 in size"],
  ] as const) {
    const bytes = encodeModel({ ...state, outliers: changed });
    expect(() => MatrixCompletion.load(bytes)).toThrow(ModelFileError);
    expect(() => MatrixCompletion.load(bytes)).toThrow(complaint);
  }
});

/** A dense table of residuals. */
const table = (rows: number, cols: number, at: (row: number, col: number) => number) => {
  const places = Array.from({ length: rows * cols }, (_, p) => p);
  return SparseMatrix.fromTriplets({
    ...{ rows, cols },
    rowIndices: places.map((p) => Math.floor(p / cols)),
    colIndices: places.map((p) => p % cols),
    values: places.map((p) => at(Math.floor(p / cols), p % cols)),
  });
};
const found = (A: SparseMatrix) => {
  const shard = wholeShard(A);
  return Array.from(runAlone(grossErrors(shard, runAlone(medianPolish(shard)), 0)).places);
};

test("what is rare or large but no mistake is not taken for one", () => {
  const next = uniform(4);
  // Rare ones among zeros, as clicks or defects are.
  expect(found(table(40, 30, (u, i) => ((u * 30 + i) % 200 === 0 ? 1 : 0)))).toEqual([]);
  // A column in another unit, with its own mean and spread.
  expect(found(table(40, 30, (_, i) => (i === 3 ? 1e5 + 1e4 * next() : next())))).toEqual([]);
  // A row that uses a scale of 100.
  expect(found(table(40, 30, (u) => (u === 7 ? 50 + 50 * next() : 3 + 2 * next())))).toEqual([]);
  // Counts, whose tail is long: the cube of e to normal noise is a million for one in 10^6.
  const heavy = () => 10 ** (next() + next() + next());
  expect(found(table(60, 50, heavy))).toEqual([]);
  // All alike.
  expect(found(table(20, 20, () => 3))).toEqual([]);
});

test("one wild value is found where it is, alone in its column too", () => {
  const A = table(40, 30, (u, i) => ((u * 7 + i * 11) % 5) + (u === 5 && i === 6 ? 400 : 0));
  expect(found(A)).toEqual([5 * 30 + 6]);
  const single = SparseMatrix.fromTriplets({
    ...{ rows: 41, cols: 31 },
    rowIndices: Array.from({ length: 1201 }, (_, p) => Math.floor(p / 30)),
    colIndices: Array.from({ length: 1201 }, (_, p) => (p < 1200 ? p % 30 : 30)),
    values: Array.from({ length: 1201 }, (_, p) => (p < 1200 ? 1 + (p % 5) : 400)),
  });
  expect(found(single)).toEqual([1200]);
});

test("two wild values are found when their column has no others, three that agree are kept", () => {
  const withColumn = (count: number) => {
    const places = Array.from({ length: 1200 + count }, (_, p) => p);
    return SparseMatrix.fromTriplets({
      ...{ rows: 40, cols: 31 },
      rowIndices: places.map((p) => (p < 1200 ? Math.floor(p / 30) : p - 1200)),
      colIndices: places.map((p) => (p < 1200 ? p % 30 : 30)),
      values: places.map((p) => (p < 1200 ? 1 + ((p * 7 + Math.floor(p / 30)) % 5) : 400)),
    });
  };
  expect(found(withColumn(2))).toHaveLength(2);
  expect(found(withColumn(3))).toEqual([]);
});

test("a pseudo-value is the value, or as far from the prediction as the limit", () => {
  const size = fc.float({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 30 }), (pairs) => {
      const values = Float32Array.from(pairs, ([value]) => value);
      const predictions = Float32Array.from(pairs, ([, prediction]) => prediction);
      const A = SparseMatrix.fromTriplets({
        ...{ rows: 1, cols: values.length, values },
        rowIndices: values.map(() => 0),
        colIndices: values.map((_, p) => p),
      });
      const pseudo = runAlone(pseudoValues(values, predictions, wholeShard(A)));
      const distances = pseudo.map((value, p) => Math.abs(value - predictions[p]));
      const limit = distances.reduce((a, b) => Math.max(a, b));
      pseudo.forEach((value, p) => {
        if (value !== values[p]) expect(distances[p]).toBeGreaterThan(0.999 * limit - 1e-4);
        expect((value - predictions[p]) * (values[p] - predictions[p])).toBeGreaterThanOrEqual(0);
      });
      // More than half of them are as they were.
      expect(pseudo.filter((value, p) => value === values[p]).length).toBeGreaterThan(
        pseudo.length / 2,
      );
    }),
  );
});

testWith(missingData("ml-100k/u.data"))(
  "MovieLens 100K: nothing is taken for a mistake, and a hundredth times 100 is",
  () => {
    const ratings = readRatings(dataPath("ml-100k/u.data") as string);
    const columns: Columns = { ...ratings, values: Array.from(ratings.values) };
    const options = { steps: 10, ranking: false, implicit: false, rank: 4 };
    expect(completeMatrix(columns, options).outliers).toEqual([]);
    const model = completeMatrix(
      spoil(columns, 100, 1, (value) => 100 * value),
      options,
    );
    expect(model.outliers).toHaveLength(1000);
  },
);
