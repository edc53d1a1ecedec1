// What people try who have not read the documentation: it works, or the message says what to use.
import { inspect } from "node:util";
import { expect, test } from "vitest";
import * as core from "../src/index.js";
import { Matrix, MatrixCompletion, MatrixRanking, SparseMatrix } from "../src/index.js";
import { loadEncoder } from "../src/lora.js";
import { tinyModel } from "./helpers/text-models.js";

const A = Matrix.from([
  [1, 2],
  [3, 4],
]);
const ratings = [
  { user: "ann", item: "tea", rating: 5 },
  { user: "ann", item: "rum", rating: 1 },
  { user: 7, item: "tea", rating: 4 },
  { user: 7, item: "milk", rating: 2 },
];
const columns = {
  rowIds: ["ann", "ann", 7, 7],
  colIds: ["tea", "rum", "tea", "milk"],
  values: [5, 1, 4, 2],
};
const model = core.completeMatrix(columns);
const places = { rowIds: columns.rowIds, colIds: columns.colIds };
const ranking = core.rankMatrix(places, { validationFraction: 0 });

test.each<[string, (any: never) => unknown, string]>([
  [
    "new Matrix([[1, 2]])",
    () => new Matrix([[1, 2]] as never, 0, A.data),
    "Matrix.from takes rows",
  ],
  ["new Matrix(1, 2, [1, 2])", () => new Matrix(1, 2, [1, 2] as never), "Matrix.from takes other"],
  [
    "svd([[1, 2]])",
    () => core.svd([[1, 2]] as never),
    "A is Array: it must be a Matrix (Matrix.from",
  ],
  ["Matrix.eye(2)", () => (Matrix.eye as (n: number) => unknown)(2), "use Matrix.identity"],
  ["A.mmul(B)", () => (A.mmul as (B: Matrix) => unknown)(A), "use matmul(A, B)"],
  ["A.dot(B)", () => (A.dot as (B: Matrix) => unknown)(A), "innerProduct(A, B)"],
  ["A.columns", () => A.columns, "use matrix.cols"],
  ["A.shape", () => A.shape, "use matrix.rows and matrix.cols"],
  ["A.T", () => A.T, "use matrix.transpose()"],
  [
    "MatrixCompletion.load(path)",
    () => MatrixCompletion.load("m" as never),
    "the bytes of the file",
  ],
  [
    "recommend(id, { n })",
    () => model.recommend("ann", { n: 3 } as never),
    "recommend(row, 10, opt",
  ],
  [
    "ranking.recommend(id, { n })",
    () => ranking.recommend("ann", { n: 3 } as never),
    "(row, 10, op",
  ],
  [
    "model.similar(id)",
    () => (model.similar as () => unknown)(),
    "use rankMatrix, whose model has",
  ],
  [
    "ranking.similar(id)",
    () => (ranking.similar as () => unknown)(),
    "use similarItems or similarR",
  ],
  ["JSON.stringify(model)", () => JSON.stringify(model), "MatrixCompletion: a model is not"],
  [
    "JSON.stringify(ranking)",
    () => JSON.stringify({ ranking }),
    "save() gives its bytes, which Mat",
  ],
  [
    "svd(A).s",
    () => (core.svd(A) as unknown as { s: unknown }).s,
    "svd(A).s: there is none: use S",
  ],
  ["svd(A).Vt", () => (core.svd(A) as unknown as { Vt: unknown }).Vt, "use V, or V.transpose()"],
  ["qr(A).q", () => (core.qr(A) as unknown as { q: unknown }).q, "qr(A).q: there is none: use Q"],
  [
    "eigh(A).eigenvalues",
    () => (core.eigh(Matrix.identity(2)) as unknown as { eigenvalues: unknown }).eigenvalues,
    "use values",
  ],
  [
    "structuredClone(model)",
    () => structuredClone(model),
    "MatrixCompletion: a model is not copied",
  ],
  [
    "{ ...ranking }",
    () => ({ ...ranking }),
    "save() gives its bytes, which MatrixRanking.load takes",
  ],
  [
    'completeMatrix("ratings.csv")',
    () => core.completeMatrix("ratings.csv" as never),
    "lowrank train reads files",
  ],
  ["rankMatrix(text)", () => core.rankMatrix("a,b\n" as never), "lowrank train reads files"],
])("%s is answered with what to use", (_, call, message) => {
  expect(call).toThrow(message);
});

test("answers to other names show nowhere", () => {
  const found = core.svd(A);
  expect(Object.keys(found)).toEqual(["U", "S", "V"]);
  expect(inspect(found)).not.toContain("Vt");
  expect(Object.keys(structuredClone(found))).toEqual(["U", "S", "V"]);
  expect(inspect(model)).toBe(String(model));
});

test("records are as good as columns", () => {
  expect(core.completeMatrix(ratings).save()).toEqual(model.save());
  expect(model.rmse(ratings)).toBe(model.rmse(columns));
  const clicks = ratings.map(({ user, item }) => ({ user, item }));
  expect(core.rankMatrix(clicks, { validationFraction: 0 }).save()).toEqual(ranking.save());
  const weighted = ratings.map(({ user, item }, i) => ({ user, item, weight: i + 1, time: i }));
  const table = { ...places, weights: [1, 2, 3, 4], times: [0, 1, 2, 3] };
  expect(core.splitInteractions(weighted)).toEqual(core.splitInteractions(table));
});

test("a record that is wrong is named by its place", () => {
  const learn = (record: object) => () => core.completeMatrix([...ratings, record] as never);
  expect(learn({ user: "a", item: "b" })).toThrow(
    "completeMatrix: observations[4].rating is undefined: every record must have it",
  );
  expect(learn({ user: "a", item: "b", score: 1 })).toThrow(
    'completeMatrix: there is no field of observations[4] "score"',
  );
  expect(learn({ userId: "a", item: "b", rating: 1 })).toThrow("did you mean user?");
  expect(learn({ user: "a", item: "b", rating: "5" })).toThrow("values[4] is of type string");
  expect(learn(null as never)).toThrow(
    "observations[4] is null: it must be an object with user, item",
  );
  const clicks = [
    { user: "a", item: "b" },
    { user: "a", item: "c", weight: 2 },
  ];
  expect(() => core.rankMatrix(clicks)).toThrow(
    "rankMatrix: interactions[0].weight is undefined: all records must have it, or none",
  );
});

test("strings are texts, alone and in lists", () => {
  const encoder = loadEncoder(tinyModel());
  const expected = encoder.embed([{ text: "abc" }, { text: "x" }]);
  expect(encoder.embed(["abc", "x"]).equals(expected)).toBe(true);
  expect(encoder.embed(["abc", { text: "x" }]).equals(expected)).toBe(true);
  expect(encoder.embed("abc").rows).toBe(1);
  expect(encoder.tokenize("abc")).toEqual(encoder.tokenize({ text: "abc" }));
  expect(() => encoder.embed([5] as never)).toThrow("text 0 is 5: it must be { text }");
  expect(() => encoder.embed(5 as never)).toThrow("texts is 5: it must be a string, or an array");
});

test("a matrix survives structuredClone and JSON by from, whatever its type", () => {
  for (const dtype of ["f64", "f32"] as const) {
    const B = Matrix.randomNormal(3, 4, { dtype });
    for (const there of [structuredClone(B), JSON.parse(JSON.stringify(B))]) {
      const back = Matrix.from(there);
      expect(back).toBeInstanceOf(Matrix);
      expect([back.dtype, back.equals(B), back.data === there.data]).toEqual([dtype, true, false]);
    }
    const triplets = { rowIndices: [0, 2, 2], colIndices: [1, 0, 3], values: B.data.slice(0, 3) };
    const S = SparseMatrix.fromTriplets({ rows: 4, cols: 5, ...triplets });
    for (const there of [structuredClone(S), JSON.parse(JSON.stringify(S)), S]) {
      const back = SparseMatrix.from(there);
      expect(back).toBeInstanceOf(SparseMatrix);
      expect([back.dtype, back.values, back.colIndices]).toEqual([dtype, S.values, S.colIndices]);
    }
  }
  expect(Matrix.from([Float32Array.of(1, 2), Float32Array.of(3, 4)]).equals(A)).toBe(true);
  expect(Matrix.from({ rows: 2, cols: 2, data: [1, 2, 3, 4] }).equals(A)).toBe(true);
  expect(() => Matrix.from({ rows: 2, cols: 2, data: [1] })).toThrow("data has 1 entries");
  expect(() => Matrix.from({ rows: 1, cols: 1, data: ["1"] } as never)).toThrow('(0, 0) is "1"');
  expect(() => JSON.stringify(Matrix.from([[1, Number.NaN]]))).toThrow(
    "Matrix.toJSON: (0, 1) is NaN",
  );
});

test("SparseMatrix.from refuses rows that do not fit", () => {
  const good = { rows: 2, cols: 3, rowStart: [0, 2, 3], colIndices: [0, 2, 1], values: [1, 2, 3] };
  const refusals: [object, string][] = [
    [{ rowStart: [0, 3] }, "rowStart has 2 entries: it must have 3"],
    [{ rowStart: [1, 2, 3] }, "rowStart[0] is 1"],
    [{ rowStart: [0, 2, 2] }, "rowStart[2] is 2: it must be an integer in 3 .. 3"],
    [{ colIndices: [2, 0, 1] }, "row 0 has column 0 after 2: the columns of a row must ascend"],
    [{ colIndices: [0, 3, 1] }, "colIndices[1] is 3"],
    [{ values: [1, 2] }, "the lengths must be equal"],
    [{ values: [1, 2, Number.NaN] }, "NaN"],
  ];
  for (const [wrong, message] of refusals) {
    expect(() => SparseMatrix.from({ ...good, ...wrong })).toThrow(message);
  }
});

test("a model crosses to a worker in the bytes of save", () => {
  const there = structuredClone(model.save());
  expect(MatrixCompletion.load(there).predict("ann", "tea")).toBe(model.predict("ann", "tea"));
  const bytes = structuredClone(ranking.save());
  expect(MatrixRanking.load(bytes).recommend("ann", 1)).toEqual(ranking.recommend("ann", 1));
});

test("what is printed says what it is", () => {
  expect(String(A)).toBe("Matrix 2 x 2 f64\n  1  2\n  3  4");
  expect(String(Matrix.zeros(9, 9)).split("\n")).toHaveLength(10);
  expect(inspect(A)).toMatch(/^Matrix \{\s+rows: 2/);
  expect(String(model)).toBe("MatrixCompletion 2 x 3, 4 entries observed");
  expect(inspect(model)).toBe(String(model));
  expect(inspect(ranking)).toBe("MatrixRanking 2 x 3, 4 entries observed");
});

test("a seed is 0 where none is given", () => {
  expect(Matrix.randomNormal(2, 2).equals(Matrix.randomNormal(2, 2, { seed: 0 }))).toBe(true);
  const wide = Matrix.randomNormal(20, 9, { seed: 1 });
  const [given, left] = [{ rank: 2, seed: 0 }, { rank: 2 }];
  expect(core.randomizedSvd(wide, left)).toEqual(core.randomizedSvd(wide, given));
});
