import { expect, test } from "vitest";
import { completeMatrix } from "../../src/index.js";
import { shuffled } from "../helpers/random.js";
import { buildRatings, pickEntries } from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";

const { observed, hidden } = buildRatings({
  rows: 80,
  cols: 50,
  rank: 2,
  observed: 0.4,
  noise: 0.3,
  seed: 4,
});
const entriesOf = (columns: typeof observed, inside: (row: string) => boolean) =>
  pickEntries(
    columns,
    columns.rowIds.flatMap((row, p) => (inside(row) ? [p] : [])),
  );
const isNew = (row: string) => Number(row.slice(1)) >= 70;
const newRows = Array.from({ length: 10 }, (_, i) => `u${70 + i}`);
const trained = entriesOf(observed, (row) => !isNew(row));
const options = { clip: false };
const model = completeMatrix(trained, options);
const rowOf = (row: string) => entriesOf(observed, (other) => other === row);

test("new rows are predicted about as well as by a model that was trained with them", () => {
  const full = completeMatrix(observed, options);
  let [folded, count] = [0, 0];
  for (const row of newRows) {
    const place = model.foldIn(rowOf(row));
    const unseen = entriesOf(hidden, (other) => other === row);
    unseen.colIds.forEach((col, p) => {
      folded += (model.predict(place, col) - unseen.values[p]) ** 2;
      count += 1;
    });
  }
  const rows = entriesOf(hidden, isNew);
  const retrained = full.rmse(rows);
  expectBelow(1.1, { ratio: Math.sqrt(folded / count) / retrained });
  expect(Math.sqrt(folded / count)).toBeLessThan(0.6 * full.baselineRmse(rows));
});

test("a trained row folded in by its own entries is predicted nearly as it was trained", () => {
  for (const row of ["u0", "u1", "u2"]) {
    const place = model.foldIn(rowOf(row));
    let [difference, size] = [0, 0];
    for (const col of model.colIds) {
      difference += (model.predict(place, col) - model.predict(row, col)) ** 2;
      size += model.predict(row, col) ** 2;
    }
    expectBelow(0.1, { difference: Math.sqrt(difference / size) }, row);
  }
});

test("the order of the observations does not matter, and folding leaves the model alone", () => {
  const before = model.save();
  const entries = rowOf("u75");
  const place = model.foldIn(entries);
  const other = model.foldIn(pickEntries(entries, shuffled(entries.values.length, 1)));
  expect(model.recommend(other, 99)).toEqual(model.recommend(place, 99));
  expect(model.save()).toEqual(before);
});

test("recommend leaves out what the new row was placed by", () => {
  const entries = rowOf("u76");
  const place = model.foldIn(entries);
  const list = model.recommend(place, 99);
  expect(list).toHaveLength(model.cols - entries.colIds.length);
  expect(list.filter(({ id }) => entries.colIds.includes(id))).toEqual([]);
  expect(model.recommend(place, 99, { excludeRated: false })).toHaveLength(model.cols);
});

test("no observations give the average row: the mean and the columns' biases", () => {
  const place = model.foldIn({ colIds: [], values: [] });
  const average = model.predictEach({
    rowIds: model.colIds.map(() => "nobody"),
    colIds: model.colIds,
  });
  model.colIds.forEach((col, i) => {
    expect(model.predict(place, col)).toBe(average[i]);
  });
});

test("columns that the model does not know are left out and counted", () => {
  const entries = rowOf("u77");
  const place = model.foldIn({
    colIds: ["nothing", ...entries.colIds, "nothing"],
    values: [1, ...entries.values, 1e6],
  });
  expect([place.ignored, place.duplicates, place.unknown]).toEqual([2, 0, ["nothing"]]);
  expect(model.recommend(place, 99)).toEqual(model.recommend(model.foldIn(entries), 99));
});

test("a row of unknown columns alone is refused, unless it was asked for", () => {
  const unknown = { colIds: ["no", "nor", "no", "none", "\n"], values: [1, 2, 3, 4, 5] };
  expect(() => model.foldIn(unknown)).toThrow(
    'foldIn: all columns are unknown, "no", "nor", "none", … (4): they must be among the ' +
      `${model.cols} columns trained on ({ unknown: "all" } takes the average row)`,
  );
  const average = model.foldIn(unknown, { unknown: "all" });
  expect([average.ignored, average.unknown]).toEqual([5, ["no", "nor", "none", "\n"]]);
  const empty = model.foldIn({ colIds: [], values: [] });
  expect(model.recommend(average, 9)).toEqual(model.recommend(empty, 9));
  const some = { colIds: ["no", model.colIds[0]], values: [1, 2] };
  expect(model.foldIn(some, { unknown: "some" }).unknown).toEqual(["no"]);
  expect(() => model.foldIn(some, { unknown: "none" })).toThrow(
    'foldIn: columns are unknown, "no": they must be among the ' +
      `${model.cols} columns trained on (leave them out)`,
  );
  expect(() => model.foldIn(some, { unknown: "any" as never })).toThrow(
    'foldIn: unknown is "any": it must be "some", "all" or "none"',
  );
});

test("observations of several rows are not folded into one", () => {
  const [a, b] = model.colIds;
  const one = { rowIds: [7, "7"], colIds: [a, b], values: [1, 2] };
  const { rowIds: _, ...bare } = one;
  expect(model.recommend(model.foldIn(one), 9)).toEqual(model.recommend(model.foldIn(bare), 9));
  expect(() => model.foldIn({ ...one, rowIds: ["x", "y"] })).toThrow(
    'foldIn: rowIds[0] is "x" and rowIds[1] is "y": the observations must be of one row',
  );
  expect(() => model.foldIn({ ...one, rowIds: ["x"] })).toThrow(
    "foldIn: rowIds has 1 entries and values 2: the lengths must be equal",
  );
});

test("several values of one column follow the model's policy", () => {
  const twice = { colIds: ["i1", "i2", "i1"], values: [1, 2, 4] };
  const last = model.foldIn(twice);
  expect(last.duplicates).toBe(1);
  const same = model.foldIn({ colIds: ["i1", "i2"], values: [4, 2] });
  expect(model.recommend(last, 5)).toEqual(model.recommend(same, 5));
  const meanModel = completeMatrix(trained, { ...options, steps: 10, duplicates: "mean" });
  expect(meanModel.recommend(meanModel.foldIn(twice), 5)).toEqual(
    meanModel.recommend(meanModel.foldIn({ colIds: ["i1", "i2"], values: [2.5, 2] }), 5),
  );
  const strict = completeMatrix(trained, { ...options, steps: 10, duplicates: "error" });
  expect(() => strict.foldIn(twice)).toThrow('foldIn: column "i1" has several values');
});

test("in a model of biases a new row gets a bias: its mean residual, shrunk", () => {
  const biases = completeMatrix(
    {
      rowIds: ["a", "a", "b", "b", "c", "c"],
      colIds: ["x", "y", "x", "y", "x", "y"],
      values: [1, 2.2, 3, 3.9, 5, 6.1],
    },
    { clip: false },
  );
  expect(biases.rank).toBe(0);
  const none = biases.foldIn({ colIds: [], values: [] });
  const shift = (values: number[]) => {
    const place = biases.foldIn({ colIds: ["x", "y"], values });
    const [dx, dy] = ["x", "y"].map(
      (col) => biases.predict(place, col) - biases.predict(none, col),
    );
    expect(dx).toBeCloseTo(dy, 12);
    return dx;
  };
  const atAverage = ["x", "y"].map((col) => biases.predict(none, col));
  expect(shift(atAverage)).toBeCloseTo(0, 12);
  const up = shift(atAverage.map((value) => value + 1));
  expect(up).toBeGreaterThan(0.5);
  expect(up).toBeLessThan(1);
  expect(shift(atAverage.map((value) => value + 2))).toBeCloseTo(2 * up, 12);
});

test("more observations than factors are taken too, and many of them", () => {
  const columns = Array.from({ length: 50 }, (_, i) => `i${i}`);
  const place = model.foldIn({ colIds: columns, values: columns.map((_, i) => Math.sin(i)) });
  for (const col of columns) expect(Number.isFinite(model.predict(place, col))).toBe(true);
});

test("bad observations and another model's row are refused by name", () => {
  expect(() => model.foldIn({ colIds: ["i1"], values: [] })).toThrow(
    "foldIn: colIds has 1 entries and values 0: the lengths must be equal",
  );
  expect(() => model.foldIn({ colIds: ["i1"], values: [Number.NaN] })).toThrow(
    "foldIn: values[0] is NaN",
  );
  expect(() => model.foldIn({ colIds: [null as unknown as string], values: [1] })).toThrow(
    TypeError,
  );
  const other = completeMatrix(trained, { ...options, steps: 10 });
  const place = other.foldIn({ colIds: ["i1"], values: [1] });
  expect(() => model.predict(place, "i1")).toThrow("the folded row is another model's");
  expect(() => model.recommend(place)).toThrow("the folded row is another model's");
});
