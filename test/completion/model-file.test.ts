import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeModel, encodeModel } from "../../src/completion/model-file.js";
import type { ModelState } from "../../src/completion/model-state.js";
import { crc32 } from "../../src/formats/checksum.js";
import { completeMatrix, MatrixCompletion, ModelFileError } from "../../src/index.js";
import { groupedClicks } from "../helpers/interactions.js";
import { buildRatings } from "../helpers/ratings.js";

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const version1 = new Uint8Array(fixture("model-v1.bin"));
const expected = JSON.parse(fixture("model-v1.json").toString());

const { observed } = buildRatings({
  rows: 9,
  cols: 8,
  rank: 1,
  observed: 0.7,
  noise: 0.1,
  seed: 2,
});
const factorized = completeMatrix(observed, { steps: 10, rank: 2 });
const clicks = groupedClicks({ rows: 16, cols: 9, groups: 2, choices: 4 }, 1);
/** With a ranking head: equal values are clicks. */
const ranked = completeMatrix({ ...clicks, values: clicks.rowIds.map((_, p) => 3 + (p % 2)) });
const biases = completeMatrix({ rowIds: ["a", "b"], colIds: ["x", "x"], values: [1, 2] });

test("the file of version 1 is read, and predicts what it predicted", () => {
  const model = MatrixCompletion.load(version1);
  for (const key of [
    "rows",
    "cols",
    "observed",
    "duplicates",
    "rank",
    "depth",
    "implicit",
    "settings",
    "parameterCount",
    "steps",
    "rowIds",
    "colIds",
  ] as const) {
    const before =
      key === "settings"
        ? { ...expected.settings, ranking: false, outliers: "auto", solver: "adam" }
        : expected[key];
    expect([key, model[key]]).toEqual([key, before]);
  }
  expect(model.history).toHaveLength(expected.historyLength);
  expect(model.history.at(-1)).toEqual({ validationRmse: undefined, ...expected.lastHistory });
  expect(Array.from(model.predictAll().data)).toEqual(expected.predictions);
  const scored = (list: { id: string; score: number }[]) =>
    list.map(({ id, score }) => ({ id, score }));
  expect(scored(model.recommend("ann 3", 4))).toEqual(expected.recommended);
  const folded = model.foldIn({ colIds: ["映画1", "映画2", "映画2"], values: [1, 4, 3] });
  expect(scored(model.recommend(folded, 20))).toEqual(expected.folded);
  expect([model.recommendsBy, model.orders]).toEqual(["rating", undefined]);
  expect(model.save()).toEqual(version1);
});

test("the file of version 2 is read, and orders as it ordered", () => {
  const bytes = new Uint8Array(fixture("model-v2.bin"));
  const said = JSON.parse(fixture("model-v2.json").toString());
  const model = MatrixCompletion.load(bytes);
  const folded = model.foldIn({ colIds: ["映画1", "映画3", "映画4"], values: [1, 3, 2.2] });
  expect({
    settings: model.settings,
    orders: model.orders,
    recommended: model.recommend("ann 3", 4),
    rated: model.recommend("ann 3", 4, { by: "rating" }),
    folded: model.recommend(folded, 20),
  }).toEqual({ ...said, settings: { ...said.settings, outliers: "auto", solver: "adam" } });
  expect(model.save()).toEqual(bytes);
});

test.each([
  ["a factorization", factorized],
  ["biases alone", biases],
  ["a ranking head", ranked],
])("what is loaded is what was saved, to the bit: %s", (_, model) => {
  const bytes = model.save();
  const loaded = MatrixCompletion.load(bytes);
  expect(loaded.save()).toEqual(bytes);
  expect(loaded.predictAll()).toEqual(model.predictAll());
  expect(loaded.singularValues()).toEqual(model.singularValues());
  expect(loaded.recommend(loaded.rowIds[0])).toEqual(model.recommend(model.rowIds[0]));
  expect(loaded.history).toEqual(model.history);
  expect(loaded.settings).toEqual(model.settings);
  expect(loaded.baselineRmse(observed)).toBe(model.baselineRmse(observed));
});

test("bytes in the middle of a buffer are read as well", () => {
  const bytes = factorized.save();
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 3);
  const loaded = MatrixCompletion.load(larger.subarray(3, 3 + bytes.length));
  expect(loaded.predictAll()).toEqual(factorized.predictAll());
});

test("a flipped bit in any byte is found out", () => {
  for (const bytes of [factorized.save(), biases.save(), ranked.save()]) {
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i] ^= 1 << (i % 8);
      expect(() => MatrixCompletion.load(changed), `byte ${i}`).toThrow(ModelFileError);
    }
  }
});

test("every value of every byte of the frame is found out", () => {
  const bytes = biases.save();
  for (let i = 0; i < 24; i++) {
    for (let change = 1; change < 256; change++) {
      const changed = bytes.slice();
      changed[i] ^= change;
      expect(() => MatrixCompletion.load(changed)).toThrow(ModelFileError);
    }
  }
});

test("a file cut anywhere, or with something behind it, is refused", () => {
  const bytes = factorized.save();
  for (const whole of [bytes, ranked.save()]) {
    for (let length = 0; length < whole.length; length++) {
      expect(() => MatrixCompletion.load(whole.subarray(0, length))).toThrow(ModelFileError);
    }
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  expect(() => MatrixCompletion.load(longer)).toThrow(
    `model file: it is damaged: it has ${bytes.length + 1} bytes and must have ${bytes.length}`,
  );
});

/** With a checksum that fits, so that only what is inside can betray it. */
function seal(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}

test("a version from the future is named", () => {
  const bytes = biases.save();
  for (const version of [0, 5]) {
    bytes[8] = version;
    expect(() => MatrixCompletion.load(seal(bytes))).toThrow(
      `model file: its version is ${version}: this program reads versions 1 to 4`,
    );
  }
});

test("a sealed file of nonsense is refused or read, never a crash or another error", () => {
  for (const model of [factorized, ranked]) {
    const bytes = model.save();
    let refused = 0;
    for (let i = 16; i < bytes.length - 4; i++) {
      const changed = bytes.slice();
      changed[i] ^= 0xff;
      try {
        const [first] = MatrixCompletion.load(seal(changed)).recommend(model.rowIds[0], 1);
        if (first) expect(Number.isFinite(first.score)).toBe(true);
      } catch (error) {
        if (!(error instanceof ModelFileError)) expect(error).toBeInstanceOf(RangeError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(100);
  }
});

type Change = (state: ModelState) => void;
const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
const settled = (changes: Partial<ModelState["settings"]>): Change => {
  return (state) => Object.assign(state.settings, changes);
};

/** What the writer of a file with a right checksum may have put into it, and what is said of it. */
const lies: [string, Change][] = [
  [
    "rank is 0",
    (state) => {
      const none = new Float32Array(0);
      Object.assign(state.settings, { rank: 0 });
      Object.assign(state, { rowFactors: none, colFactors: none, patternFactors: none });
    },
  ],
  ["depth is 65", settled({ depth: 65 })],
  ["seed is -1", settled({ seed: -1 })],
  ["the steps of a training is 0.5", settled({ steps: 0.5 })],
  ["regularization is NaN", settled({ regularization: nan })],
  ["validationFraction is 0.6", settled({ validationFraction: 0.6 })],
  ["the number of duplicates is -1", (state) => Object.assign(state, { duplicates: -1 })],
  ["the number of steps is Infinity", (state) => Object.assign(state, { steps: infinity })],
  ["the number of parameters is NaN", (state) => Object.assign(state, { parameterCount: nan })],
  ["the mean is NaN", (state) => Object.assign(state, { mean: nan })],
  ["the mean is 1e+200", (state) => Object.assign(state, { mean: 1e200 })],
  ["the scale is 0", (state) => Object.assign(state, { scale: 0 })],
  ["the scale is Infinity", (state) => Object.assign(state, { scale: infinity })],
  ["the range of the predictions is 2 .. 1", (state) => Object.assign(state, { low: 2, high: 1 })],
  [
    "the range of the predictions is NaN .. 1",
    (state) => Object.assign(state, { low: nan, high: 1 }),
  ],
  [
    "the range of the predictions is -Infinity",
    (state) => Object.assign(state, { low: -infinity }),
  ],
  ["the range of the predictions is", settled({ clip: false })],
  ["the ridge of a bias is -1", (state) => Object.assign(state, { biasRidge: -1 })],
  ["the ridge of the factors is 0", (state) => Object.assign(state, { factorRidge: 0 })],
  ['row id 1 is "u0"', (state) => Object.assign(state.rowIds, { 1: state.rowIds[0] })],
  ['column id 2 is "a"', (state) => Object.assign(state.colIds, { 2: "a" })],
  ["a row bias is NaN", (state) => state.rowBias.fill(nan, 3, 4)],
  ["a column bias is Infinity", (state) => state.colBias.fill(infinity, 7)],
  ["a row bias of the bias model is NaN", (state) => state.baselineRowBias.fill(nan)],
  ["a column bias of the bias model is NaN", (state) => state.baselineColBias.fill(nan)],
  ["a row factor is NaN", (state) => state.rowFactors.fill(nan, 0, 1)],
  ["a column factor is -Infinity", (state) => state.colFactors.fill(-infinity, 1, 2)],
  ["a loss of the history is NaN", (state) => Object.assign(state.history[0], { loss: nan })],
  ["a step of the history is 0.5", (state) => Object.assign(state.history[1], { step: 0.5 })],
  [
    "an error of the history",
    (state) => Object.assign(state.history[1], { validationRmse: infinity }),
  ],
  ["outside the matrix", (state) => state.rowStart.fill(1, 0, 1)],
  ["outside the matrix", (state) => state.rowStart.fill(-5, 2, 3)],
  ["outside the matrix", (state) => state.colIndices.fill(8, 0, 1)],
  ["outside the matrix", (state) => state.colIndices.fill(state.colIndices[0], 1, 2)],
];

test.each(lies)("a file with a right checksum is not believed: %s", (said, change) => {
  const state = decodeModel(factorized.save());
  change(state);
  const load = () => MatrixCompletion.load(encodeModel(state));
  expect(load).toThrow(ModelFileError);
  expect(load).toThrow(said);
});

type HeadChange = (head: NonNullable<ModelState["head"]>) => void;

/** The same of a ranking head. */
const headLies: [string, HeadChange][] = [
  ["the share of a grade is 0", ({ grades }) => grades.shares.fill(0, 0, 1)],
  ["the share of a grade is 1.5", ({ grades }) => grades.shares.fill(1.5, 1)],
  ["the share of a grade is NaN", ({ grades }) => grades.shares.fill(nan)],
  ["grade 1 is 3, 1", ({ grades }) => grades.levels.fill(3)],
  ["the level of a grade is Infinity", ({ grades }) => grades.levels.fill(infinity, 1)],
  ["the grade of an entry is 2", ({ numbers }) => numbers.fill(2, 5, 6)],
  ["the rank of the ranking head is 9", (head) => widen(head, 9)],
  ["the weight of a cell is 0", (head) => Object.assign(head, { cellWeight: 0 })],
  ["the weight of a cell is NaN", (head) => Object.assign(head, { cellWeight: nan })],
  ["the threshold is -1", (head) => Object.assign(head, { threshold: -1 })],
  ["the threshold is 1e-200", (head) => Object.assign(head, { threshold: 1e-200 })],
  ["a factor is NaN", ({ factors }) => factors.fill(nan, 3, 4)],
  ["the squared size of factor 1 is", ({ factors, rank }) => factors.fill(1e18, rank, rank + 1)],
];
const widen = (head: NonNullable<ModelState["head"]>, rank: number) =>
  Object.assign(head, { rank, factors: new Float32Array(rank * head.cols) });

test.each(headLies)("a ranking head with a right checksum is not believed: %s", (said, change) => {
  const state = decodeModel(ranked.save());
  expect(state.head?.rank).toBeGreaterThan(0);
  change(state.head as NonNullable<ModelState["head"]>);
  const load = () => MatrixCompletion.load(encodeModel(state));
  expect(load).toThrow(ModelFileError);
  expect(load).toThrow(said);
});

test.each([
  ["an NDCG of the orders is 1.5", { ranking: 1.5 }, 4],
  ["an NDCG of the orders is NaN", { popularity: nan }, 4],
  ["the rows judged is 1", {}, 1],
])("measures with a right checksum are not believed: %s", (said, changes, rows) => {
  const state = decodeModel(ranked.save());
  const ndcg10 = { ranking: 0.5, rating: 0.25, popularity: 0, ...changes };
  const load = () => MatrixCompletion.load(encodeModel({ ...state, comparison: { ndcg10, rows } }));
  expect(load).toThrow(ModelFileError);
  expect(load).toThrow(said);
});

test("sizes beyond the file's end are refused before there is room for them", () => {
  const bytes = factorized.save();
  for (const at of [20, 116]) {
    const changed = bytes.slice();
    new DataView(changed.buffer).setUint32(at, 0xffff_ffff, true);
    expect(() => MatrixCompletion.load(seal(changed))).toThrow(ModelFileError);
  }
});

test("bytes in any memory are the same model", () => {
  const bytes = factorized.save();
  const around = (memory: Uint8Array) => {
    memory.set(bytes, 5);
    return memory.subarray(5, 5 + bytes.length);
  };
  const size = bytes.length + 9;
  for (const memory of [
    ...[new Uint8Array(size), Buffer.alloc(size), new Uint8Array(new SharedArrayBuffer(size))],
    new Uint8Array(Reflect.construct(ArrayBuffer, [size, { maxByteLength: 2 * size }])),
  ]) {
    expect(MatrixCompletion.load(around(memory)).save()).toEqual(bytes);
  }
});

test("values of the smallest size make a model that is read and folds", () => {
  const tiny = completeMatrix({
    rowIds: ["a", "a", "b", "c"],
    colIds: ["x", "y", "x", "y"],
    values: [5e-324, 1e-323, 5e-324, 0],
  });
  const loaded = MatrixCompletion.load(tiny.save());
  expect(loaded.predictAll().data.every(Number.isFinite)).toBe(true);
  expect(() => loaded.foldIn({ colIds: ["x"], values: [1e150] })).toThrow(
    "foldIn: the row would lie at",
  );
});

test("what is no file at all is refused by name", () => {
  expect(() => MatrixCompletion.load(new Uint8Array(0))).toThrow(
    "model file: it is not a model file of lowrank: it does not begin with LOWRANKM",
  );
  expect(() => MatrixCompletion.load(new TextEncoder().encode("LOWRANKM"))).toThrow(
    "it is cut off after 8 bytes",
  );
  expect(() => MatrixCompletion.load("LOWRANKM" as unknown as Uint8Array)).toThrow(TypeError);
});
