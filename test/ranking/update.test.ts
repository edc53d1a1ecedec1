import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uniform } from "../../lab/random.mjs";
import { factorsByPrior } from "../../src/als/prior.js";
import { RowSolver } from "../../src/als/row-solver.js";
import { solveByKernels } from "../../src/als/solve-by-kernels.js";
import { Matrix, MatrixRanking, rankMatrix, solve, splitInteractions } from "../../src/index.js";
import { groupedClicks } from "../helpers/interactions.js";

const plain = { validationFraction: 0 };
const clicks = groupedClicks({ rows: 90, cols: 60, groups: 3, choices: 9 }, 5);
const model = rankMatrix(clicks, { ...plain, rank: 16 });
const groupOf = (id: string) => Number(id.slice(3)) % 3;

/** A new column that rows of group 1 chose, a new row of group 2, and a known cell again. */
const news = {
  rowIds: ["row1", "row4", "row7", "row10", "new2", "new2", "new2", clicks.rowIds[0]],
  colIds: ["fresh", "fresh", "fresh", "fresh", "col2", "col5", "col8", clicks.colIds[0]],
};
const updated = model.update(news);

/** What one row has, of all lines. */
const historyOf = (row: string) =>
  [clicks, news].flatMap(({ rowIds, colIds }) => colIds.filter((_, i) => rowIds[i] === row));

test("a prior is the answer without cells, and with every cell its share in the objective falls", () => {
  const cell = fc.tuple(
    fc.nat({ max: 19 }),
    fc.float({ min: Math.fround(-2), max: 3, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.nat(1000), fc.uniqueArray(cell, { selector: ([col]) => col }), (seed, cells) => {
      const [cols, rank, cellWeight, threshold] = [20, 3, 0.3, 0.2];
      const next = uniform(seed);
      const factors = Float32Array.from({ length: cols * rank }, () => next() - 0.5);
      const solver = new RowSolver({ factors, cols, rank, cellWeight, threshold }, solveByKernels);
      const prior = Float64Array.from({ length: rank }, () => next() - 0.5);
      /** prior' P (x - y), P the precision of what is said without cells: y is x without the prior. */
      const share = (count: number) => {
        const chosen = cells.slice(0, count).sort(([a], [b]) => a - b);
        const history = {
          colIndices: Int32Array.from(chosen, ([col]) => col),
          weights: Float32Array.from(chosen, ([, weight]) => weight),
        };
        const without = solver.factorsOf(history);
        const difference = factorsByPrior(solver, history, prior).map(
          (value, c) => value - without[c],
        );
        let sum = 0;
        for (let a = 0; a < rank; a++) {
          sum += threshold * cellWeight * cols * prior[a] * difference[a];
          for (let i = 0; i < cols; i++) {
            for (let b = 0; b < rank; b++) {
              const gram = factors[i * rank + a] * factors[i * rank + b];
              sum += cellWeight * gram * prior[a] * difference[b];
            }
          }
        }
        return sum;
      };
      const none = { colIndices: new Int32Array(0), weights: undefined };
      factorsByPrior(solver, none, prior).forEach((value, c) => {
        expect(Math.abs(value - prior[c])).toBeLessThan(1e-9);
      });
      for (let count = 1; count <= cells.length; count++) {
        expect(share(count)).toBeLessThan(share(count - 1) + 1e-9);
        expect(share(count)).toBeGreaterThan(-1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

describe("update", () => {
  test("trained rows and their histories folded in are one", () => {
    expect([updated.rows, updated.cols]).toEqual([91, model.cols + 1]);
    expect(updated.observed).toBe(model.observed + 7);
    expect(updated.duplicates).toBe(model.duplicates + 1);
    for (const row of ["row1", "row33", "new2"]) {
      const folded = updated.foldIn([...new Set(historyOf(row))]);
      for (const { id, score } of updated.recommend(row, 61)) {
        expect(Math.abs(updated.score(folded, id) - score)).toBeLessThan(1e-6);
      }
      expect(updated.recommend(folded, 61)).toEqual(updated.recommend(row, 61));
    }
  });

  test("new columns go to those who are like the rows that chose them, new rows get theirs", () => {
    const place = (row: string) => updated.recommend(row, 61).findIndex(({ id }) => id === "fresh");
    const placesOf = (group: number) =>
      Array.from({ length: 20 }, (_, i) => place(`row${3 * (i + 5) + group}`));
    const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    expect(mean(placesOf(1))).toBeLessThan(mean(placesOf(0)) / 2);
    expect(mean(placesOf(1))).toBeLessThan(mean(placesOf(2)) / 2);
    const first = updated.recommend("new2", 5).map(({ id }) => groupOf(id));
    expect(first.filter((group) => group === 2).length).toBeGreaterThanOrEqual(4);
    expect(groupOf(updated.similarItems("fresh", 1)[0].id)).toBe(1);
  });

  test("only the columns that are touched change, and these are exact for the rows before", () => {
    const [before, after] = [model.factors().cols, updated.factors().cols];
    const touched = new Set(news.colIds);
    const row = (of: MatrixRanking, factors: typeof before, id: string) =>
      Array.from(factors.row(of.colIds.indexOf(id)));
    for (const id of model.colIds) {
      const same =
        JSON.stringify(row(model, before, id)) === JSON.stringify(row(updated, after, id));
      expect(same).toBe(!touched.has(id));
    }
    // The objective's gradient at the new column by its definition, rows solved with the old columns.
    const view = new DataView(updated.save().buffer);
    const [cellWeight, threshold] = [view.getFloat64(68, true), view.getFloat64(76, true)];
    const Y = model.colIds.map((id) => row(model, before, id));
    const rows = updated.rowIds.map((id) => {
      const history = new Set(historyOf(id));
      const ridge = threshold * (history.size + cellWeight * updated.cols);
      const own = Y.filter((_, i) => history.has(model.colIds[i]));
      const A = Array.from({ length: 16 }, (_, a) =>
        Array.from({ length: 16 }, (_, b) => {
          const gram = Y.reduce((sum, y) => sum + cellWeight * y[a] * y[b], a === b ? ridge : 0);
          return own.reduce((sum, y) => sum + y[a] * y[b], gram);
        }),
      );
      const b = A.map((_, a) => [own.reduce((sum, y) => sum + y[a], 0)]);
      return { id, x: Array.from(solve(Matrix.from(A), Matrix.from(b)).data) };
    });
    const y = row(updated, after, "fresh");
    const gradient = new Float64Array(16);
    let scale = 0;
    for (const { id, x } of rows) {
      const product = x.reduce((sum, value, c) => sum + value * y[c], 0);
      const pull = (historyOf(id).includes("fresh") ? product - 1 : 0) + cellWeight * product;
      for (let c = 0; c < 16; c++) gradient[c] += pull * x[c];
      scale += Math.abs(pull) * Math.hypot(...x);
    }
    for (let c = 0; c < 16; c++) gradient[c] += threshold * (4 + cellWeight * rows.length) * y[c];
    expect(Math.hypot(...gradient) / scale).toBeLessThan(1e-5);
  });

  test("the order of the lines and the way by a file do not matter", () => {
    const reversed = {
      rowIds: [...news.rowIds].reverse(),
      colIds: [...news.colIds].reverse(),
    };
    const bytes = updated.save();
    expect(model.update(reversed).save()).toEqual(bytes);
    expect(MatrixRanking.load(model.save()).update(news).save()).toEqual(bytes);
    expect(model.update({ rowIds: [], colIds: [] }).save()).toEqual(model.save());
  });

  test("is nearly as good as a fit of everything", () => {
    const outer = splitInteractions(clicks, { seed: 1 });
    const inner = splitInteractions(outer.train, { by: "rows", fraction: 0.3, seed: 2 });
    const late = [inner.test, inner.histories].flatMap((part) => part ?? []);
    const begun = rankMatrix(inner.train, { ...plain, rank: 16 });
    const grown = late.reduce((so, part) => so.update(part), begun);
    expect(grown.observed).toBe(outer.train.rowIds.length);
    const whole = rankMatrix(outer.train, { ...plain, rank: 16 });
    const [ours, theirs] = [grown, whole].map((of) => of.evaluate(outer.test).ndcg10);
    expect(ours).toBeGreaterThan(0.9 * theirs);
  });

  test("weights of known cells are the new ones, or their sums", () => {
    const table = {
      rowIds: ["a", "a", "b", "b", "c", "c"],
      colIds: ["x", "y", "y", "z", "x", "z"],
    };
    const again = { rowIds: ["a"], colIds: ["x"], weights: [3] };
    for (const duplicates of ["once", "sum"] as const) {
      const grown = rankMatrix(table, { ...plain, duplicates }).update(again);
      const folded = grown.foldIn({
        colIds: ["x", "y"],
        weights: [duplicates === "sum" ? 4 : 3, 1],
      });
      expect(grown.score(folded, "z")).toBeCloseTo(grown.score("a", "z"), 12);
      expect(grown.observed).toBe(6);
    }
  });

  test("of popularity counts, and a model without histories refuses it", () => {
    const popular = rankMatrix({ rowIds: ["a", "a"], colIds: ["x", "y"] });
    const grown = popular.update({ rowIds: ["b", "c", "c"], colIds: ["y", "y", "w"] });
    expect(grown.rank).toBe(0);
    expect(grown.recommend("b", 5, { excludeSeen: false })).toEqual([
      { id: "y", score: 3 },
      { id: "w", score: 1 },
      { id: "x", score: 1 },
    ]);
    const anonymous = MatrixRanking.load(model.save({ histories: false }));
    expect(() => anonymous.update(news)).toThrow("update: the model was saved without histories");
    expect(() => model.update({ rowIds: [1], colIds: [] })).toThrow(
      "update: rowIds has 1 entries and colIds 0: the lengths must be equal",
    );
  });
});

describe("half-lives", () => {
  const times = clicks.rowIds.map((_, i) => (i * 37) % 100);
  const latest = Math.max(...times);
  const decayedWeights = times.map((time) => 2 ** ((time - latest) / 20));
  const timed = { ...clicks, times };
  const aged = rankMatrix(timed, { ...plain, rank: 8, halfLife: 20 });

  test("weigh as 2^(-age / halfLife) does by hand", () => {
    const byHand = rankMatrix({ ...clicks, weights: decayedWeights }, { ...plain, rank: 8 });
    for (const row of ["row0", "row50"]) {
      const scores = byHand.recommend(row, 60);
      for (const { id, score } of scores) expect(aged.score(row, id)).toBeCloseTo(score, 5);
    }
    const never = rankMatrix(timed, { ...plain, rank: 8 });
    expect(never.save()).toEqual(rankMatrix(clicks, { ...plain, rank: 8 }).save());
  });

  test("hold for rows that are folded in, for updates and in the file", () => {
    const loaded = MatrixRanking.load(aged.save());
    expect(loaded.save()).toEqual(aged.save());
    expect(loaded.settings.halfLife).toBe(20);
    const lines = clicks.rowIds.flatMap((id, i) => (id === "row5" ? [i] : []));
    const history = {
      colIds: lines.map((i) => clicks.colIds[i]),
      times: lines.map((i) => times[i]),
    };
    expect(loaded.recommend(loaded.foldIn(history), 9)).toEqual(aged.recommend("row5", 9));
    const later = loaded.update({ rowIds: ["row5"], colIds: ["late"], times: [latest + 20] });
    const grown = { colIds: [...history.colIds, "late"], weights: [] as number[] };
    grown.weights = [...lines.map((i) => decayedWeights[i]), 2];
    expect(later.score(later.foldIn(grown), "col1")).toBeCloseTo(later.score("row5", "col1"), 6);
    const unseen = { rowIds: ["q", "q"], colIds: history.colIds.slice(0, 2), times: [0, 99] };
    const evaluated = aged.evaluate({ rowIds: ["q"], colIds: ["col7"] }, { histories: unseen });
    expect(evaluated.rows).toBe(1);
  });

  test("the latest of several lines of a cell counts, wherever it is", () => {
    const table = { rowIds: ["a", "a", "b", "b", "a"], colIds: ["x", "y", "y", "z", "x"] };
    const options = { ...plain, rank: 1, halfLife: 1 };
    const one = rankMatrix({ ...table, times: [9, 9, 9, 9, 2] }, options);
    const other = rankMatrix({ ...table, times: [2, 9, 9, 9, 9] }, options);
    expect(one.save()).toEqual(other.save());
  });

  test.each<[string, () => unknown]>([
    ["halfLife is 0: it must be a number > 0", () => rankMatrix(timed, { halfLife: 0 })],
    ["the interactions have no times", () => rankMatrix(clicks, { halfLife: 5 })],
    ["update: weights fall with age", () => aged.update(news)],
    [
      "times[0] is 1000, more than 40 half-lives after 99",
      () => aged.update({ rowIds: ["row5"], colIds: ["x"], times: [1000] }),
    ],
    ["times[0] is NaN", () => aged.foldIn({ colIds: ["col1"], times: [Number.NaN] })],
    ["colIds has 1 entries and times 2", () => aged.foldIn({ colIds: ["col1"], times: [1, 2] })],
  ])("%s", (message, call) => {
    expect(call).toThrow(message);
  });
});
