import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uniform } from "../../lab/random.mjs";
import { Matrix, MatrixRanking, rankMatrix, SparseMatrix } from "../../src/index.js";
import { learnMap, mapped } from "../../src/ranking/feature-map.js";
import { groupedClicks } from "../helpers/interactions.js";

const matrix = (rows: number, cols: number, next: () => number) =>
  new Matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => next() - 0.5),
  );

describe("the map from features to factors", () => {
  /** Ridge with an intercept on all but example i, by the normal equations and Gauss-Jordan. */
  function fitWithout(F: Matrix, Y: Matrix, weights: Float64Array, ridge: number, left: number) {
    const size = F.cols + 1;
    const A = Array.from({ length: size }, () => new Array(size + Y.cols).fill(0) as number[]);
    for (let i = 0; i < F.rows; i++) {
      if (i === left) continue;
      const x = [1, ...F.row(i)];
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) A[a][b] += weights[i] * x[a] * x[b];
        for (let c = 0; c < Y.cols; c++) A[a][size + c] += weights[i] * x[a] * Y.row(i)[c];
      }
    }
    for (let a = 1; a < size; a++) A[a][a] += ridge;
    for (let a = 0; a < size; a++) {
      const pivot = A[a][a];
      A[a] = A[a].map((value) => value / pivot);
      A.forEach((row, b) => {
        if (b === a) return;
        const factor = row[a];
        for (let c = 0; c < row.length; c++) row[c] -= factor * A[a][c];
      });
    }
    return Float64Array.from(A.flatMap((row) => row.slice(size)));
  }

  const predicted = (map: Float64Array, rank: number, x: ArrayLike<number>) =>
    Array.from({ length: rank }, (_, c) =>
      Array.from(x).reduce((sum, value, f) => sum + value * map[(1 + f) * rank + c], map[c]),
    );

  test("is the ridge regression whose ridge leaves the least error of examples left out", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.constantFrom(0, 0.3, 5), (seed, noise) => {
        const next = uniform(seed);
        const [n, count, rank] = [14, 4, 2];
        const F = matrix(n, count, next);
        const W = matrix(count, rank, next);
        const Y = new Matrix(n, rank, new Float64Array(n * rank));
        for (let i = 0; i < n; i++) {
          for (let c = 0; c < rank; c++) {
            const exact = F.row(i).reduce((sum, x, f) => sum + x * W.row(f)[c], 0.7);
            Y.data[i * rank + c] = exact + noise * (next() - 0.5);
          }
        }
        const weights = Float64Array.from({ length: n }, () => 0.5 + next());
        const map = learnMap(F, Y, weights);
        // All ridges that could have been chosen, each by leaving out for real.
        const means = Array.from({ length: count }, (_, f) => {
          const total = weights.reduce((sum, w) => sum + w, 0);
          return F.data.reduce(
            (sum, x, at) =>
              sum + (at % count === f ? (weights[Math.floor(at / count)] * x) / total : 0),
            0,
          );
        });
        let largest = 0;
        const probe = Array.from({ length: count }, () => next());
        for (let step = 0; step < 400; step++) {
          const moved = new Array(count).fill(0) as number[];
          for (let i = 0; i < n; i++) {
            const x = Array.from(F.row(i), (value, f) => value - means[f]);
            const dot = x.reduce((sum, value, f) => sum + value * probe[f], 0);
            x.forEach((value, f) => {
              moved[f] += weights[i] * dot * value;
            });
          }
          largest = Math.hypot(...moved);
          moved.forEach((value, f) => {
            probe[f] = value / largest;
          });
        }
        const shares = [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3];
        const errors = [...shares, 10, 30, 100].map((share) => {
          let error = 0;
          for (let i = 0; i < n; i++) {
            const without = fitWithout(F, Y, weights, share * largest, i);
            predicted(without, rank, F.row(i)).forEach((value, c) => {
              error += weights[i] * (value - Y.row(i)[c]) ** 2;
            });
          }
          return { error, whole: fitWithout(F, Y, weights, share * largest, -1) };
        });
        const least = Math.min(...errors.map(({ error }) => error));
        const differences = errors
          .filter(({ error }) => error <= least * (1 + 1e-6) + 1e-14)
          .map(({ whole }) => Math.max(...whole.map((value, k) => Math.abs(value - map[k]))));
        expect(Math.min(...differences)).toBeLessThan(1e-5);
      }),
      { numRuns: 12 },
    );
  });

  test("features that say nothing give the mean", () => {
    const Y = Matrix.from([[1], [2], [6]]);
    const map = learnMap(Matrix.from([[4], [4], [4]]), Y, Float64Array.of(1, 1, 2));
    expect(mapped(map, 1, [4])[0]).toBeCloseTo(15 / 4, 6);
    expect(mapped(map, 1, [9])[0]).toBeCloseTo(15 / 4, 6);
  });
});

describe("columns and rows by their features", () => {
  const clicks = groupedClicks({ rows: 120, cols: 60, groups: 3, choices: 10 }, 8);
  const model = rankMatrix(clicks, { rank: 12, validationFraction: 0 });
  const groupOf = (id: string) => Number(id.replace(/\D/g, "")) % 3;
  /** A flag per group, and a column of noise. */
  const flags = (ids: readonly string[], next: () => number) =>
    Matrix.from(ids.map((id) => [0, 1, 2].map((g) => Number(groupOf(id) === g)).concat(next())));
  const colIds = [...model.colIds, "new0", "new1", "new2"];
  const cols = { ids: colIds, features: flags(colIds, uniform(1)) };
  const rows = { ids: model.rowIds, features: flags(model.rowIds, uniform(2)) };
  const described = model.withFeatures({ cols, rows });

  test("a column that nobody chose is recommended to those of its group", () => {
    expect(described.cols).toBe(model.cols + 3);
    let own = 0;
    for (const row of model.rowIds) {
      const [first] = described.recommend(row, 1, { only: ["new0", "new1", "new2"] });
      if (groupOf(first.id) === groupOf(row)) own++;
    }
    expect(own / model.rows).toBeGreaterThan(0.9);
    const alike = described.similarItems("new1", 6).map(({ id }) => groupOf(id));
    expect(alike.filter((group) => group === 1).length).toBeGreaterThanOrEqual(5);
  });

  test("what has a history stays as it was", () => {
    for (const row of ["row0", "row71"]) {
      const known = described.recommend(row, 60, { exclude: ["new0", "new1", "new2"] });
      expect(known.map(({ id }) => id)).toEqual(model.recommend(row, 60).map(({ id }) => id));
    }
    const [before, after] = [model.factors().cols, described.factors().cols];
    for (const id of model.colIds) {
      const at = described.colIds.indexOf(id);
      expect(after.row(at)).toEqual(before.row(model.colIds.indexOf(id)));
    }
  });

  test("a row without history is ordered by its features, until it has liked something", () => {
    const folded = described.foldIn({ features: [0, 1, 0, 0.5] });
    const first = described.recommend(folded, 8).map(({ id }) => groupOf(id));
    expect(first.filter((group) => group === 1).length).toBeGreaterThanOrEqual(7);
    const liked = described.foldIn({ colIds: ["col0"], features: [0, 1, 0, 0.5] });
    expect(described.recommend(liked, 9)).toEqual(
      described.recommend(described.foldIn(["col0"]), 9),
    );
    const disliked = described.foldIn({
      colIds: ["col1"],
      weights: [-1],
      features: [0, 1, 0, 0.5],
    });
    const left = described.recommend(disliked, 60).map(({ id }) => id);
    expect(left).not.toContain("col1");
    expect(groupOf(left[0])).toBe(1);
    expect(() => described.explain(folded, "col1")).toThrow("known by its features");
  });

  test("sparse features are dense ones, and neither the order of the ids matters nor a file", () => {
    const bytes = described.save();
    const { features } = cols;
    const at = Array.from(features.data.keys()).filter((p) => features.data[p] !== 0);
    const sparse = SparseMatrix.fromTriplets({
      ...{ rows: features.rows, cols: 4 },
      rowIndices: at.map((p) => Math.floor(p / 4)),
      colIndices: at.map((p) => p % 4),
      values: at.map((p) => features.data[p]),
    });
    expect(model.withFeatures({ rows, cols: { ...cols, features: sparse } }).save()).toEqual(bytes);
    const loaded = MatrixRanking.load(bytes);
    expect(loaded.save()).toEqual(bytes);
    const folded = { features: [1, 0, 0, 0] };
    expect(loaded.recommend(loaded.foldIn(folded), 9)).toEqual(
      described.recommend(described.foldIn(folded), 9),
    );
    const anonymous = MatrixRanking.load(described.save({ histories: false }));
    expect(anonymous.recommend(anonymous.foldIn(folded), 9)).toEqual(
      described.recommend(described.foldIn(folded), 9),
    );
  });

  test("more columns may come, and what is chosen in the end has a history", () => {
    const ids = [...colIds, "new3"];
    const more = described.withFeatures({ cols: { ids, features: flags(ids, uniform(1)) } });
    expect(more.cols).toBe(described.cols + 1);
    const chosen = more.update({ rowIds: ["row3", "row6"], colIds: ["new0", "new0"] });
    const again = chosen.withFeatures({ cols: { ids, features: flags(ids, uniform(9)) } });
    expect(again.score("row9", "new0")).toBe(chosen.score("row9", "new0"));
    expect(again.score("row9", "new3")).not.toBe(chosen.score("row9", "new3"));
  });

  test("what features say of a column fades with the rows that choose it, over updates and files", () => {
    /** How far the column is from where the same clicks bring one that nothing is said of. */
    const distances = (first: string, others: string) => {
      let [told, untold] = [described, model];
      const rows = model.rowIds.filter((id) => groupOf(id) === Number(others));
      return [0, 1, 3, 10, 40].map((count, i, counts) => {
        const news = rows.slice(counts[i - 1] ?? 0, count);
        const clicks = { rowIds: news, colIds: news.map(() => first) };
        if (count > 0) {
          told = MatrixRanking.load(told.update(clicks).save());
          untold = untold.update(clicks);
        }
        const at = (of: MatrixRanking) =>
          count > 0 || of === told
            ? of.factors().cols.row(of.colIds.indexOf(first))
            : new Float64Array(of.rank);
        const plain = at(untold);
        return Math.sqrt(
          Array.from(at(told)).reduce((sum, value, c) => sum + (value - plain[c]) ** 2, 0),
        );
      });
    };
    // Chosen by its own group, and by another one, which has to win in the end.
    for (const group of ["1", "2"]) {
      const [cold, once, few, some, many] = distances("new1", group);
      expect(once).toBeLessThan(cold);
      expect(once / cold).toBeGreaterThan(0.5);
      expect(few).toBeLessThan(once);
      expect(some).toBeLessThan(few);
      expect(many / cold).toBeLessThan(0.5);
    }
  });

  const one = Matrix.from([[1], [2]]);
  test.each<[string, () => unknown]>([
    ["there must be one of them", () => model.withFeatures({})],
    [
      "cols.features is Array",
      () => model.withFeatures({ cols: { ids: ["a"], features: [[1]] as never } }),
    ],
    [
      "cols.features is 2 x 1 and there are 1 ids",
      () => model.withFeatures({ cols: { ids: ["a"], features: one } }),
    ],
    [
      'cols.ids has "a" twice',
      () => model.withFeatures({ cols: { ids: ["a", "a"], features: one } }),
    ],
    [
      "the model knows none of the 2 ids of rows",
      () => model.withFeatures({ rows: { ids: ["a", "b"], features: one } }),
    ],
    [
      "cols.features[1] is NaN",
      () =>
        model.withFeatures({
          cols: { ids: ["a", "b"], features: Matrix.from([[1], [Number.NaN]]) },
        }),
    ],
    ["the model knows no features of rows", () => model.foldIn({ features: [1] })],
    ["there are 2 features: there must be 4", () => described.foldIn({ features: [1, 2] })],
    ["features[3] is NaN", () => described.foldIn({ features: [1, 2, 3, Number.NaN] })],
    ["foldIn: colIds is undefined: it must be an array", () => described.foldIn({})],
    [
      "the model is popularity",
      () => rankMatrix({ rowIds: ["a"], colIds: ["x"] }).withFeatures({ cols }),
    ],
    [
      "knows none of the 120 ids of rows",
      () => MatrixRanking.load(model.save({ histories: false })).withFeatures({ rows }),
    ],
  ])("%s", (message, call) => {
    expect(call).toThrow(message);
  });
});
