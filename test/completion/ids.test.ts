import fc from "fast-check";
import { expect, test } from "vitest";
import { index } from "../../src/completion/entries.js";
import { completeMatrix, type Id } from "../../src/index.js";

const values = [1, 2, 3];
const model = completeMatrix({ rowIds: [7, 7, 8], colIds: ["x", "y", "y"], values });

const unsafe = fc.oneof(
  fc.constantFrom(
    Number.NaN,
    Infinity,
    -Infinity,
    0.5,
    2 ** 53,
    -(2 ** 53),
    Number("1205640308657491975"),
  ),
  fc.double().filter((id) => !Number.isSafeInteger(id)),
);
/** Every place that takes an id, and what the message calls the place. */
const places: [string, string, (id: Id) => unknown][] = [
  ["completeMatrix", "rowIds[1]", (id) => complete([1, id, 2], ["x", "y", "z"])],
  ["completeMatrix", "colIds[2]", (id) => complete([1, 2, 3], ["x", "y", id])],
  ["predict", "row", (id) => model.predict(id, "x")],
  ["predict", "colId", (id) => model.predict(7, id)],
  ["predictEach", "rowIds[0]", (id) => model.predictEach({ rowIds: [id], colIds: ["x"] })],
  ["predictEach", "colIds[0]", (id) => model.predictEach({ rowIds: [7], colIds: [id] })],
  ["recommend", "row", (id) => model.recommend(id)],
  ["hasRow", "rowId", (id) => model.hasRow(id)],
  ["hasCol", "colId", (id) => model.hasCol(id)],
  ["foldIn", "colIds[1]", (id) => model.foldIn({ colIds: ["x", id], values: [1, 2] })],
  ["rmse", "rowIds[0]", (id) => model.rmse({ rowIds: [id], colIds: ["x"], values: [1] })],
];

function complete(rowIds: Id[], colIds: Id[]) {
  return completeMatrix({ rowIds, colIds, values });
}

test.each(places)(
  "%s refuses a number that is not a safe integer as an id, and says where: %s",
  (name, place, use) => {
    fc.assert(
      fc.property(unsafe, (id) => {
        expect(() => use(id)).toThrow(RangeError);
        expect(() => use(id)).toThrow(`${name}: ${place} is ${id}: an id that is a number must be`);
        expect(() => use(id)).toThrow("pass it as a string");
      }),
      { numRuns: 30 },
    );
  },
);

test("ids that are safe integers stand for their decimal text, up to the largest", () => {
  const ids = [0, -0, -7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  const { rowIds } = completeMatrix({
    rowIds: ids,
    colIds: ["a", "b", "a", "a", "a"],
    values: [1, 2, 3, 4, 5],
  });
  expect(rowIds).toEqual(["-7", "-9007199254740991", "0", "9007199254740991"]);
});

test("ids of 19 digits as strings stay three rows", () => {
  const rowIds = ["1205640308657491975", "1205640308657491976", "1205640308657491977"];
  expect(complete(rowIds, ["x", "x", "y"]).rowIds).toEqual(rowIds);
});

test("ids that are numbers are numbered as their texts are, large, negative and mixed with texts too", () => {
  const id = fc.oneof(
    fc.integer({ min: -3, max: 12 }),
    fc.constantFrom(-0, 1023, 1024, 1029, 5000, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)),
    fc.constantFrom("1", "01", "-0", "1024", "x", ""),
  );
  fc.assert(
    fc.property(fc.array(id, { minLength: 1, maxLength: 60 }), (ids) => {
      const values = ids.map(() => 1);
      const numbered = (rowIds: Id[]) => index("index", { rowIds, colIds: rowIds, values });
      expect(numbered(ids)).toEqual(numbered(ids.map(String)));
    }),
  );
});
