import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateRanking, type Ranker, rankMatrix, splitInteractions } from "../../src/index.js";
import type { Interactions } from "../../src/ranking/interactions.js";
import { groupedClicks } from "../helpers/interactions.js";

interface Fixture {
  cutoffs: number[];
  bounds: number[] | null;
  observed: number[][];
  test: number[][];
  scores: number[][];
  expected: Record<string, unknown>;
}
// Made by NumPy from the definitions: test/fixtures/ranking.py.
const { evaluations } = JSON.parse(
  readFileSync(new URL("../fixtures/ranking.json", import.meta.url), "utf8"),
) as { evaluations: Fixture[] };

const colId = (col: number) => `x${String(col).padStart(2, "0")}`;
const table = (cols: number[][]): Interactions => ({
  rowIds: cols.flatMap((list, u) => list.map(() => `u${u}`)),
  colIds: cols.flatMap((list) => list.map(colId)),
});
const rowOf = ({ id }: { id: string }) => Number(id.slice(1));

/** Every number that is expected is there, and NaN only where one row has no standard error. */
function expectNumbers(found: Record<string, unknown>, expected: Record<string, unknown>) {
  for (const [key, value] of Object.entries(expected)) {
    if (typeof value === "number") {
      expect(Math.abs((found[key] as number) - value), key).toBeLessThan(1e-12);
    } else {
      expectNumbers(found[key] as typeof found, value as typeof expected);
    }
  }
}

describe.each(evaluations)("NumPy's numbers, cut at $cutoffs", (fixture) => {
  const { cutoffs, bounds, observed, scores, expected } = fixture;
  const split = { train: table(observed), test: table(fixture.test) };
  const options = { cutoffs, ...(bounds && { groupBounds: bounds }) };
  const byScores = evaluateRanking({ scores: (row) => scores[rowOf(row)] }, split, options);

  test("by scores, over all rows and by groups", () => {
    expectNumbers(byScores as Record<string, unknown>, expected);
    expect(byScores.groups).toHaveLength((expected.groups as unknown[]).length);
    const rows = byScores.groups.reduce((sum, group) => sum + group.rows, 0);
    expect(rows).toBe(byScores.rows);
  });

  test("by lists that are sorted beforehand, whatever the order of the lines", () => {
    const list: Ranker = {
      list: (row) => {
        const values = scores[rowOf(row)];
        const order = [...values.keys()].sort((i, j) => values[j] - values[i] || i - j);
        return order.map(colId).filter((id) => !row.history.colIds.includes(id));
      },
    };
    const { rowIds, colIds } = split.train;
    const train = {
      rowIds: [...(rowIds as string[])].reverse(),
      colIds: [...(colIds as string[])].reverse(),
    };
    expect(evaluateRanking(list, { ...split, train }, options)).toEqual(byScores);
  });
});

describe("what counts", () => {
  const train = { rowIds: ["a", "a", "b", "c", "c"], colIds: ["x", "y", "x", "z", "w"] };
  const cut = { cutoffs: [2] };

  test("an empty list is 0 everywhere, and the row stays", () => {
    const lists: Record<string, string[]> = { a: ["z"], b: [] };
    const chosen = { rowIds: ["a", "b"], colIds: ["z", "z"] };
    const result = evaluateRanking({ list: ({ id }) => lists[id] }, { train, test: chosen }, cut);
    expect(result.rows).toBe(2);
    for (const key of ["ndcg2", "recall2", "hitRate2", "mrr2", "map2"] as const) {
      expect(result[key]).toBe(0.5);
    }
    expect(result.precision2).toBe(0.25);
    expect(result.coverage2).toBe(0.25);
    expect(result.untested).toBe(1);
    const none = evaluateRanking({ list: () => [] }, { train, test: chosen }, cut);
    expect(none.ndcg2).toBe(0);
    expect(none.novelty2).toBeNaN();
  });

  test("unknown, seen and repeated ids of a list have their places", () => {
    const chosen = { rowIds: ["a"], colIds: ["w"] };
    for (const first of ["unknown", "x", "z"]) {
      const list = first === "z" ? ["z", "z", "w"] : [first, "w"];
      const { mrr3 } = evaluateRanking(
        { list: () => list },
        { train, test: chosen },
        { cutoffs: [3] },
      );
      expect(mrr3).toBe(1 / list.length);
    }
  });

  test("repeats of the history, unknown columns and dislikes do not, and are counted", () => {
    const chosen = {
      rowIds: ["a", "a", "b", "b", "c", "d"],
      colIds: ["x", "z", "nothing", "x", "x", "w"],
      weights: [1, 1, 1, 1, -1, 1],
    };
    const best: Ranker = { list: ({ id }) => (id === "a" ? ["z"] : ["w"]) };
    const result = evaluateRanking(best, { train, test: chosen }, cut);
    expect(result).toMatchObject({ rows: 2, skipped: 2, ignored: 3, untested: 0, ndcg2: 1 });
    expect(result.groups.map(({ smallest }) => smallest)).toEqual([0, 2]);
  });

  test("rows that are folded in have the histories that are given", () => {
    const asked: unknown[] = [];
    const ranker: Ranker = {
      scores: ({ id, history, colIds, n }) => {
        asked.push({ id, history, n });
        return colIds.map((_, i) => -i);
      },
    };
    const histories = { rowIds: ["e", "e"], colIds: ["z", "nothing"], weights: [0.1, 1] };
    const chosen = { rowIds: ["e"], colIds: ["x"] };
    const result = evaluateRanking(ranker, { train, test: chosen, histories }, cut);
    expect(asked).toEqual([{ id: "e", history: { colIds: ["z"], weights: [0.1] }, n: 2 }]);
    // Candidates are w, x and y.
    expect(result.mrr2).toBe(0.5);
    expect(result.popularity.mrr2).toBe(1);
  });

  test("a better order is not worse in any metric of a row", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.nat({ max: 8 }), (seed, at) => {
        const cols = Array.from({ length: 12 }, (_, i) => colId(i));
        const all = { rowIds: ["a", ...cols.map(() => "b")], colIds: [colId(11), ...cols] };
        const order = cols
          .slice(0, 11)
          .sort(
            (x, y) => ((seed * (x.charCodeAt(2) + 7)) % 31) - ((seed * (y.charCodeAt(2) + 7)) % 31),
          );
        const chosen = { rowIds: ["a", "a"], colIds: [order[at + 1], order[10]] };
        const better = [...order];
        [better[at], better[at + 1]] = [better[at + 1], better[at]];
        const [low, high] = [order, better].map((list) =>
          evaluateRanking({ list: () => list }, { train: all, test: chosen }, { cutoffs: [5] }),
        );
        for (const key of ["ndcg5", "recall5", "precision5", "hitRate5", "mrr5", "map5"] as const) {
          expect(high[key]).toBeGreaterThanOrEqual(low[key]);
        }
      }),
    );
  });

  test.each<[string, () => unknown]>([
    [
      "ranker is 5: it must be a MatrixRanking",
      () => evaluateRanking(5 as never, { train, test: train }),
    ],
    [
      "ranker has neither scores nor list",
      () => evaluateRanking({} as never, { train, test: { rowIds: ["a"], colIds: ["z"] } }),
    ],
    [
      'there are 1 scores of row "a" and 4 columns',
      () =>
        evaluateRanking({ scores: () => [1] }, { train, test: { rowIds: ["a"], colIds: ["z"] } }),
    ],
    [
      'the score of row "a" at column "x" is NaN',
      () =>
        evaluateRanking(
          { scores: () => [1, Number.NaN, 1, 1] },
          { train, test: { rowIds: ["a"], colIds: ["z"] } },
        ),
    ],
    [
      'the list of row "a"[0] is 0.5',
      () =>
        evaluateRanking({ list: () => [0.5] }, { train, test: { rowIds: ["a"], colIds: ["z"] } }),
    ],
    [
      "evaluateRanking: none of the 3 rows can be judged",
      () => evaluateRanking({ list: () => [] }, { train, test: train }),
    ],
    [
      "cutoffs[0] is 0",
      () => evaluateRanking({ list: () => [] }, { train, test: train }, { cutoffs: [0] }),
    ],
    [
      "cutoffs is Array: it must be one entry or more",
      () => evaluateRanking({ list: () => [] }, { train, test: train }, { cutoffs: [] }),
    ],
    [
      "groupBounds[1] is 3 after 3: the bounds must increase",
      () => evaluateRanking({ list: () => [] }, { train, test: train }, { groupBounds: [3, 3] }),
    ],
    [
      "evaluateRanking: train: rowIds has 1 entries and colIds 0",
      () =>
        evaluateRanking({ list: () => [] }, { train: { rowIds: [1], colIds: [] }, test: train }),
    ],
  ])("%s", (message, call) => {
    expect(call).toThrow(message);
  });
});

describe("a model's own evaluation", () => {
  const clicks = groupedClicks({ rows: 80, cols: 60, groups: 3, choices: 9 }, 4);
  const close = (found: unknown, expected: unknown) =>
    expectNumbers(found as Record<string, unknown>, expected as Record<string, unknown>);

  test("is that of its scores, and of its lists", () => {
    const split = splitInteractions(clicks, { seed: 2 });
    const model = rankMatrix(split.train, { rank: 12, validationFraction: 0 });
    const own = model.evaluate(split.test);
    expect(evaluateRanking(model, split)).toEqual(own);
    const lists = evaluateRanking(
      { list: ({ history, n }) => model.recommend(model.foldIn(history), n).map(({ id }) => id) },
      split,
    );
    close(lists, own);
    expect(own.ndcg10).toBeGreaterThan(own.popularity.ndcg10 + 2 * own.differenceErrors.ndcg10);
  });

  test("of unseen rows folds them in", () => {
    const split = splitInteractions(clicks, { by: "rows", seed: 2 });
    const model = rankMatrix(split.train, { rank: 12, validationFraction: 0 });
    const { histories } = split;
    const own = model.evaluate(split.test, { ...(histories && { histories }), cutoffs: [10] });
    const scores: Ranker = {
      list: ({ history }) => model.recommend(model.foldIn(history), 10).map(({ id }) => id),
    };
    close(evaluateRanking(scores, split, { cutoffs: [10] }), own);
    expect(own.rows).toBe(16);
    expect(own.untested).toBe(0);
  });
});
