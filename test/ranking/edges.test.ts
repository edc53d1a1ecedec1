import { describe, expect, test } from "vitest";
import { MatrixRanking, rankMatrix } from "../../src/index.js";
import type { Interactions } from "../../src/ranking/interactions.js";

const ranked = (interactions: Interactions) => rankMatrix(interactions);

describe("small and odd data", () => {
  test("one row, one column, one cell", () => {
    expect(ranked({ rowIds: ["a"], colIds: ["x"] }).recommend("a", 5)).toEqual([]);
    const row = ranked({ rowIds: ["a", "a"], colIds: ["x", "y"] });
    expect(row.rank).toBe(0);
    expect(row.recommend("a", 5, { excludeSeen: false }).map(({ id }) => id)).toEqual(["x", "y"]);
    const column = ranked({ rowIds: ["a", "b"], colIds: ["x", "x"] });
    expect(column.recommend("a")).toEqual([]);
  });

  test("all cells observed", () => {
    const rowIds = ["a", "a", "a", "b", "b", "b", "c", "c", "c"];
    const colIds = ["x", "y", "z", "x", "y", "z", "x", "y", "z"];
    const model = rankMatrix({ rowIds, colIds }, { validationFraction: 0 });
    expect(model.rank).toBe(2);
    const scores = model.recommend("a", 3, { excludeSeen: false }).map(({ score }) => score);
    for (const score of scores) expect(score).toBeCloseTo(scores[0], 5);
    expect(() => model.evaluate({ rowIds, colIds })).toThrow("none of the 3 rows can be judged");
  });

  test("repeated lines are one cell, or add up", () => {
    const repeated = {
      rowIds: ["a", "a", "a", "b", "b", "c", "c"],
      colIds: ["x", "x", "y", "y", "z", "x", "z"],
    };
    const once = rankMatrix(repeated, { validationFraction: 0 });
    expect(once.duplicates).toBe(1);
    const rowIds = ["a", "a", "b", "b", "c", "c"];
    const plain = rankMatrix(
      { rowIds, colIds: ["x", "y", "y", "z", "x", "z"] },
      {
        validationFraction: 0,
      },
    );
    expect(once.recommend("a", 1)).toEqual(plain.recommend("a", 1));
    const sum = rankMatrix(repeated, { validationFraction: 0, duplicates: "sum" });
    const weighted = rankMatrix(
      { rowIds, colIds: ["x", "y", "y", "z", "x", "z"], weights: [2, 1, 1, 1, 1, 1] },
      { validationFraction: 0 },
    );
    expect(sum.score("a", "z")).toBe(weighted.score("a", "z"));
    expect(sum.score("a", "z")).not.toBe(once.score("a", "z"));
    const folded = sum.foldIn(["x", "x", "y"]);
    expect(sum.score(folded, "z")).toBeCloseTo(sum.score("a", "z"), 12);
  });

  test("weights from 1e-12 to 1e12, zeros and negative ones give finite scores", () => {
    const rowIds = ["a", "a", "b", "b", "c", "c", "d", "d"];
    const colIds = ["x", "y", "y", "z", "x", "z", "w", "x"];
    const weights = [1e12, 1e-12, 0, 3, -5, 1, 1e9, 7];
    const model = rankMatrix({ rowIds, colIds, weights }, { validationFraction: 0 });
    for (const row of model.rowIds) {
      for (const { score } of model.recommend(row, 9, { excludeSeen: false })) {
        expect(Number.isFinite(score)).toBe(true);
      }
    }
    expect(MatrixRanking.load(model.save()).save()).toEqual(model.save());
  });

  test("rows without a liked column, columns without a row that likes them, and new ones of both", () => {
    const rowIds = ["a", "a", "b", "b", "c", "c", "seen", "no", "no"];
    const colIds = ["x", "y", "y", "z", "x", "z", "w", "w", "x"];
    const weights = [1, 1, 1, 1, 1, 1, 0, -1, -1];
    const model = rankMatrix({ rowIds, colIds, weights }, { validationFraction: 0 });
    // Popular columns, most rows first, ties by their ids; what was seen or disliked is left out.
    expect(model.recommend("seen", 9).map(({ id }) => id)).toEqual(["x", "y", "z"]);
    expect(model.recommend("no", 9).map(({ id }) => id)).toEqual(["y", "z"]);
    expect(model.recommend("seen", 1)[0].score).toBe(2);
    // Nobody likes w: it comes last, and its factor says nothing.
    expect(model.recommend("a", 9).map(({ id }) => id)).toEqual(["z", "w"]);
    expect(Math.abs(model.score("a", "w"))).toBeLessThan(1e-6);
    const folded = model.foldIn(["nothing that is known"]);
    expect(model.recommend(folded, 1)[0].id).toBe("x");
  });

  test("one row, and one column, at any validation, count and update", () => {
    const row = rankMatrix({ rowIds: ["a", "a", "a", "a"], colIds: ["x", "y", "z", "w"] });
    expect([row.rank, row.validation]).toEqual([0, undefined]);
    const column = rankMatrix(
      { rowIds: ["a", "b", "c"], colIds: ["x", "x", "x"], weights: [1e9, 1, 1e-9] },
      { validationFraction: 0.5 },
    );
    expect(column.recommend(column.foldIn([]), 3)).toEqual([{ id: "x", score: 3 }]);
    expect(column.update({ rowIds: ["d"], colIds: ["y"] }).recommend("a", 2)[0].id).toBe("y");
  });

  test("with counts of 10^9 beside 1 a row is still the minimum for its history", () => {
    const rowIds = ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"];
    const colIds = ["v", "w", "w", "x", "x", "y", "y", "z", "z", "v"];
    const weights = [1e9, 1, 1, 1e9, 5, 1e9, 1, 1, -1e9, 3];
    const model = rankMatrix({ rowIds, colIds, weights }, { validationFraction: 0, rank: 3 });
    const view = new DataView(model.save().buffer);
    const [cellWeight, threshold, unit] = [68, 76, 84].map((at) => view.getFloat64(at, true));
    const { rows: X, cols: Y } = model.factors();
    model.rowIds.forEach((id, u) => {
      const x = Array.from(X.row(u));
      let ridge = cellWeight * model.cols;
      const gradient = new Float64Array(3);
      let scale = 0;
      model.colIds.forEach((colId, i) => {
        const y = Y.row(i);
        const at = rowIds.findIndex((row, p) => row === id && colIds[p] === colId);
        const weight = at < 0 ? 0 : weights[at] / unit;
        const product = x.reduce((sum, value, c) => sum + value * y[c], 0);
        const pull = Math.abs(weight) * (product - (weight > 0 ? 1 : 0)) + cellWeight * product;
        ridge += Math.abs(weight);
        scale += (Math.abs(weight) + Math.abs(pull)) * Math.hypot(...y);
        for (let c = 0; c < 3; c++) gradient[c] += pull * y[c];
      });
      for (let c = 0; c < 3; c++) gradient[c] += threshold * ridge * x[c];
      expect(Math.hypot(...gradient)).toBeLessThan(1e-6 * scale);
    });
  });

  test("a hundred thousand columns of one click each", () => {
    const count = 100_000;
    const model = rankMatrix(
      {
        rowIds: Array.from({ length: count }, (_, i) => i % 50),
        colIds: Array.from({ length: count }, (_, i) => i),
      },
      { rank: 4 },
    );
    expect(model.cols).toBe(count);
    expect(model.recommend(0, 3)).toHaveLength(3);
  });
});

describe("refusals", () => {
  const clicks = { rowIds: ["a", "a", "b", "b"], colIds: ["x", "y", "y", "z"] };
  const model = rankMatrix(clicks, { validationFraction: 0 });
  test.each<[string, () => unknown]>([
    [
      "there are no interactions: there must be at least one",
      () => ranked({ rowIds: [], colIds: [] }),
    ],
    ["rowIds has 1 entries and colIds 2", () => ranked({ rowIds: [1], colIds: [1, 2] })],
    ["colIds 1 and weights 2", () => ranked({ rowIds: [1], colIds: [1], weights: [1, 2] })],
    ["weights[0] is NaN", () => ranked({ rowIds: [1], colIds: [1], weights: [Number.NaN] })],
    ["weights[0] is 1e+300", () => ranked({ rowIds: [1], colIds: [1], weights: [1e300] })],
    ["no weight is positive", () => ranked({ rowIds: [1], colIds: [1], weights: [-1] })],
    ["rowIds[0] is 0.5", () => ranked({ rowIds: [0.5], colIds: [1] })],
    ["rank is 2", () => rankMatrix(clicks, { rank: 2 })],
    ["regularization is 0", () => rankMatrix(clicks, { regularization: 0 })],
    ["unobservedWeight is Infinity", () => rankMatrix(clicks, { unobservedWeight: 1 / 0 })],
    ["validationFraction is 0.6", () => rankMatrix(clicks, { validationFraction: 0.6 })],
    ['row "q" is unknown', () => model.recommend("q")],
    ['column "q" is unknown', () => model.score("a", "q")],
    ["n is -1", () => model.recommend("a", -1)],
    ["diversity is 2", () => model.recommend("a", 1, { diversity: 2 })],
    ["only has no column that the model knows", () => model.recommend("a", 1, { only: ["q"] })],
    ["another model's", () => model.recommend(rankMatrix(clicks).foldIn(["x"]))],
    [
      "foldIn: colIds has 1 entries and weights 0",
      () => model.foldIn({ colIds: ["x"], weights: [] }),
    ],
    ["none of the 1 rows can be judged", () => model.evaluate({ rowIds: ["a"], colIds: ["q"] })],
  ])("%s", (message, call) => {
    expect(call).toThrow(message);
  });
});

test("evaluate agrees with a list that is sorted and counted", () => {
  const rowIds = ["a", "a", "b", "b", "c", "c", "c", "d"];
  const colIds = ["x", "y", "y", "z", "x", "z", "v", "w"];
  const model = rankMatrix({ rowIds, colIds }, { validationFraction: 0, rank: 2 });
  const order = model.recommend("a", 10).map(({ id }) => id);
  const at = order.indexOf("w");
  const result = model.evaluate({ rowIds: ["a", "a", "e"], colIds: ["w", "x", "v"] });
  const popular = model.recommend(model.foldIn([]), 10).map(({ id }) => id);
  expect(result.rows).toBe(2);
  expect(result.ignored).toBe(1);
  const mean = (first: number, second: number) => (first + second) / 2;
  const ndcg = (place: number) => 1 / Math.log2(2 + place);
  expect(result.ndcg10).toBeCloseTo(mean(ndcg(at), ndcg(popular.indexOf("v"))), 12);
  expect(result.mrr10).toBeCloseTo(mean(1 / (1 + at), 1 / (1 + popular.indexOf("v"))), 12);
  expect(result.hitRate10).toBe(1);
  // Folded in for the evaluation: the same as by hand.
  const given = { rowIds: ["e"], colIds: ["z"] };
  const folded = model.recommend(model.foldIn(["z"]), 10).map(({ id }) => id);
  const strong = model.evaluate({ rowIds: ["e"], colIds: ["v"] }, { histories: given });
  expect(strong.mrr10).toBeCloseTo(1 / (1 + folded.indexOf("v")), 12);
});

test("a weight out of all proportion to those of the model is refused, not folded in as infinity", () => {
  const rowIds = ["a", "a", "b", "b", "c"];
  const colIds = ["x", "y", "x", "z", "z"];
  const options = { rank: 2, validationFraction: 0 };
  const tiny = rankMatrix({ rowIds, colIds, weights: rowIds.map(() => 1e-300) }, options);
  const said = /^(foldIn|update): a weight is 1 and those of the model are about [^\n]*at most 1/;
  expect(() => tiny.foldIn(["x"])).toThrow(said);
  expect(() => tiny.update({ rowIds: ["d"], colIds: ["x"] })).toThrow(said);
  const folded = tiny.foldIn({ colIds: ["x"], weights: [1e-300] });
  expect(tiny.recommend(folded, 2).every(({ score }) => Number.isFinite(score))).toBe(true);
});
