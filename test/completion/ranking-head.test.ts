import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradeEach, gradesOf, gradeWeights, maximumGrades } from "../../src/completion/grades.js";
import { completeMatrix, fitCompletion, MatrixCompletion, rankMatrix } from "../../src/index.js";
import { groupedClicks, splitClicks } from "../helpers/interactions.js";
import { buildStars, type Columns, pickEntries } from "../helpers/ratings.js";

/** Rows pick columns of their group, and rate them 3 to 5, others 1 to 3. */
function pickedStars(groups: number, choices: number, seed: number) {
  const clicks = groupedClicks({ rows: 120, cols: 90, groups, choices }, seed);
  const group = (id: string) => Number(id.slice(3)) % groups;
  const rated = ({ rowIds, colIds }: typeof clicks): Columns => {
    const star = (row: string, col: string) =>
      (group(row) === group(col) ? 3 : 1) + ((Number(col.slice(3)) * 7 + row.length) % 3);
    return { rowIds, colIds, values: rowIds.map((row, p) => star(row, colIds[p])) };
  };
  const { train, test } = splitClicks(clicks, 2, seed);
  return { observed: rated(train), picked: test };
}

const quick = { steps: 20, rank: 8 };
const { observed, picked } = pickedStars(3, 20, 3);
const model = completeMatrix(observed, quick);

const ratingsOf = ({ rowIds, colIds, values }: Columns, id: string) => {
  const places = rowIds.flatMap((row, p) => (row === id ? [p] : []));
  return { colIds: places.map((p) => colIds[p]), values: places.map((p) => values[p]) };
};

/** By its definition: the share of all values that are not larger. */
const shares = (values: readonly number[]) =>
  values.map((value) => values.filter((other) => other <= value).length / values.length);

describe("grades", () => {
  const stars = fc.array(fc.integer({ min: -3, max: 9 }), { minLength: 1, maxLength: 200 });

  test("a weight is the share of the values that are not larger", () => {
    fc.assert(
      fc.property(stars, (values) => {
        const grades = gradesOf(values);
        const weights = gradeWeights(grades, gradeEach(grades, values));
        expect(weights).toEqual(Float32Array.from(shares(values)));
      }),
    );
  });

  test("only the order of the values counts", () => {
    fc.assert(
      fc.property(stars, (values) => {
        const others = values.map((value) => 1e9 * value ** 3 - 7);
        const of = (list: readonly number[]) => gradeEach(gradesOf(list), list);
        expect(of(others)).toEqual(of(values));
        expect(gradesOf(others).shares).toEqual(gradesOf(values).shares);
      }),
    );
  });

  test("of many values the weights are within one grade of the share, and increase with them", () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => Math.sqrt((i * 7919) % 5000));
    const grades = gradesOf(values);
    expect(grades.levels).toHaveLength(maximumGrades);
    const weights = gradeWeights(grades, gradeEach(grades, values));
    const order = Array.from(values.keys()).sort((i, j) => values[i] - values[j]);
    order.forEach((i, place) => {
      expect(Math.abs(weights[i] - (place + 1) / 5000)).toBeLessThan(1 / 255 + 1e-6);
      if (place > 0) expect(weights[i]).toBeGreaterThanOrEqual(weights[order[place - 1]]);
    });
  });

  test("a value that nobody gave is in the grade below it, or in the first", () => {
    const grades = gradesOf([1, 3, 3, 5]);
    expect(Array.from(gradeEach(grades, [-9, 1, 2.9, 3, 4, 5, 99]))).toEqual([0, 0, 0, 1, 1, 2, 2]);
    expect(Array.from(grades.shares)).toEqual([0.25, 0.75, 1]);
  });
});

describe("which order recommends", () => {
  test("what rows pick, where held-out entries say that they do; it holds on entries unseen", () => {
    expect(model.recommendsBy).toBe("ranking");
    const { ndcg10, rows } = model.orders as NonNullable<typeof model.orders>;
    expect(ndcg10.ranking).toBeGreaterThan(ndcg10.rating);
    expect(ndcg10.ranking).toBeGreaterThan(ndcg10.popularity);
    expect(rows).toBeGreaterThan(100);
    const found = (by: "ranking" | "rating") =>
      model.rowIds.reduce((sum, id) => {
        const list = model.recommend(id, 10, { by }).map((column) => column.id);
        return sum + list.filter((col) => has(id, col)).length;
      }, 0);
    const has = (id: string, col: string) =>
      picked.rowIds.some((row, p) => row === id && picked.colIds[p] === col);
    expect(found("ranking")).toBeGreaterThan(1.2 * found("rating"));
  });

  test("predicted values, where ratings are missing at random", () => {
    const stars = buildStars({ rows: 60, cols: 45, rank: 2, observed: 0.35, noise: 0.3, seed: 11 });
    const random = completeMatrix(stars.observed, { steps: 40, rank: 8 });
    expect(random.recommendsBy).toBe("rating");
    expect(random.orders?.ndcg10.rating).toBeGreaterThan(random.orders?.ndcg10.ranking ?? 1);
    const [id] = random.rowIds;
    expect(random.recommend(id, 9)).toEqual(random.recommend(id, 9, { by: "rating" }));
    expect(() => random.recommend(id, 9, { by: "ranking" })).toThrow(
      'recommend: by is "ranking" and the model has no ranking head: it must be "rating", or',
    );
  });

  test("popularity, where rows pick popular columns and nothing else is to be seen", () => {
    const { observed } = pickedStars(1, 6, 5);
    const popular = completeMatrix(observed, quick);
    expect(popular.recommendsBy).toBe("ranking");
    const { ndcg10 } = popular.orders as NonNullable<typeof popular.orders>;
    expect(ndcg10.ranking).toBe(ndcg10.popularity);
    const weights = shares(observed.values);
    const sums = new Map<string, number>();
    observed.colIds.forEach((id, p) => {
      sums.set(id, (sums.get(id) ?? 0) + weights[p]);
    });
    const list = popular.recommend("row5", 20);
    for (const { id, score } of list) expect(score).toBeCloseTo(sums.get(id) as number, 4);
    expect(MatrixCompletion.load(popular.save()).recommend("row5", 20)).toEqual(list);
  });
});

describe("the ranking head", () => {
  test("orders as rankMatrix does with the grades as weights", () => {
    const { rowIds, colIds, values } = observed;
    const weights = shares(values);
    const ranking = rankMatrix({ rowIds, colIds, weights }, { validationFraction: 0 });
    for (const id of ["row0", "row17", "row119"]) {
      const list = model.recommend(id, 30);
      const expected = ranking.recommend(id, 30);
      list.forEach(({ score }, place) => {
        expect(score).toBeCloseTo(expected[place].score, 4);
      });
      expect(list.slice(0, 5).map((one) => one.id)).toEqual(
        expected.slice(0, 5).map((one) => one.id),
      );
    }
  });

  test("takes equal values as clicks, to the bit", () => {
    const { rowIds, colIds } = observed;
    const likes = completeMatrix({ rowIds, colIds, values: rowIds.map(() => 7) }, quick);
    const ranking = rankMatrix({ rowIds, colIds }, { validationFraction: 0 });
    expect(likes.recommendsBy).toBe("ranking");
    for (const id of ["row0", "row50"]) {
      const list = likes.recommend(id, 20).map(({ id, score }) => ({ id, score }));
      expect(list).toEqual(ranking.recommend(id, 20));
    }
  });

  test("a trained row and its ratings folded in are one", () => {
    for (const id of ["row0", "row33", "row119"]) {
      const folded = model.foldIn(ratingsOf(observed, id));
      const scores = (row: Parameters<typeof model.recommend>[0]) =>
        model.recommend(row, 90).map(({ id, score }) => ({ id, score }));
      expect(scores(folded)).toEqual(scores(id));
    }
  });

  test("a higher rating pulls more than a lower one", () => {
    const rate = (values: number[]) => {
      const row = model.foldIn({ colIds: ["col0", "col1"], values });
      return new Map(
        model.recommend(row, 90, { excludeRated: false }).map(({ id, score }) => [id, score]),
      );
    };
    const [first, second] = [rate([5, 1]), rate([1, 5])];
    expect(first.get("col0")).toBeGreaterThan(second.get("col0") as number);
    expect(first.get("col1")).toBeLessThan(second.get("col1") as number);
  });

  test("gives a row without ratings the popular columns", () => {
    const nobody = model.foldIn({ colIds: [], values: [] });
    const [first, second] = model.recommend(nobody, 2);
    expect(first.score).toBeGreaterThanOrEqual(second.score);
    expect(first.score).toBeGreaterThan(1);
  });

  test("values say what predict says, in either order, and the order is that of the scores", () => {
    for (const by of ["ranking", "rating"] as const) {
      const list = model.recommend("row9", 30, { by });
      const rated = new Set(ratingsOf(observed, "row9").colIds);
      list.forEach(({ id, score, value }, place) => {
        expect(value).toBe(model.predict("row9", id));
        if (by === "rating") expect(score).toBe(value);
        if (place > 0) expect(score).toBeLessThanOrEqual(list[place - 1].score);
        expect(rated.has(id)).toBe(false);
      });
    }
  });

  test("does not depend on the scale of the ratings", () => {
    const scaled = { ...observed, values: observed.values.map((value) => 2 ** 20 * value - 3) };
    const list = (of: MatrixCompletion) =>
      of.recommend("row3", 20).map(({ id, score }) => ({ id, score }));
    expect(list(completeMatrix(scaled, quick))).toEqual(list(model));
  });
});

describe("beside the model of the values", () => {
  const plain = completeMatrix(observed, { ...quick, ranking: false });

  test("nothing of that changes, nor of the file before it", () => {
    expect(plain.predictAll()).toEqual(model.predictAll());
    expect([plain.steps, plain.history]).toEqual([model.steps, model.history]);
    expect(plain.parameterCount).toBe(model.parameterCount);
    expect([plain.recommendsBy, plain.orders]).toEqual(["rating", undefined]);
    const [with1, with2] = [plain.save(), model.save()];
    // Behind magic, version, length and flags, and before the outliers and the checksum.
    expect(with2.subarray(20, with1.length - 8)).toEqual(with1.subarray(20, -8));
  });

  test("without a head the file of what Adam trained is one of version 1", () => {
    const adam = { ...quick, solver: "adam" } as const;
    const with2 = completeMatrix(observed, adam).save();
    const with1 = completeMatrix(observed, { ...adam, ranking: false }).save();
    expect([with1[8], with2[8]]).toEqual([1, 2]);
    // Behind magic, version and length, and before the checksum.
    expect(with2.subarray(16, with1.length - 4)).toEqual(with1.subarray(16, -4));
  });

  test("it is saved and loaded to the bit", () => {
    const loaded = MatrixCompletion.load(model.save());
    expect(loaded.recommendsBy).toBe("ranking");
    expect(loaded.orders).toEqual(model.orders);
    expect(loaded.settings).toEqual(model.settings);
    expect(loaded.recommend("row2", 90)).toEqual(model.recommend("row2", 90));
    const [a, b] = [loaded, model].map((of) => of.foldIn(ratingsOf(observed, "row2")));
    expect(loaded.recommend(a, 90)).toEqual(model.recommend(b, 90));
  });

  test("its turns are the last of the progress, and no part of the history", () => {
    const phases: string[] = [];
    const fit = fitCompletion(observed, quick);
    let next = fit.next();
    for (; !next.done; next = fit.next()) {
      const { phase, step, totalSteps } = next.value;
      phases.push(phase);
      if (phase === "ranking") expect(totalSteps).toBeGreaterThanOrEqual(step);
    }
    const first = phases.indexOf("ranking");
    expect(phases.slice(0, first)).not.toContain("ranking");
    expect(new Set(phases.slice(first))).toEqual(new Set(["ranking"]));
    expect(next.value.history.map(({ phase }) => phase)).not.toContain("ranking");
    expect(next.value.save()).toEqual(model.save());
  });

  test("the order of the ratings does not matter", () => {
    const reversed = observed.values.map((_, p) => p).reverse();
    expect(completeMatrix(pickEntries(observed, reversed), quick).save()).toEqual(model.save());
  });
});

test("hardly any data: a head or none, lists either way, saved and read", () => {
  for (let count = 1; count < 60; count += 4) {
    for (const flat of [false, true]) {
      const part = pickEntries(
        observed,
        Array.from({ length: count }, (_, i) => (i * 37) % observed.values.length),
      );
      if (flat) part.values.fill(4);
      const small = completeMatrix(part, { steps: 3 });
      const loaded = MatrixCompletion.load(small.save());
      for (const id of [small.rowIds[0], small.rowIds[small.rows - 1]]) {
        const list = loaded.recommend(id, 100);
        expect(list).toEqual(small.recommend(id, 100));
        for (const { score, value } of list) expect(Number.isFinite(score + value)).toBe(true);
      }
    }
  }
});

test.each([
  [1, 60],
  [60, 1],
  [2, 40],
])("%d x %d is ranked or not, and never an error", (rows, cols) => {
  const columns: Columns = { rowIds: [], colIds: [], values: [] };
  for (let cell = 0; cell < rows * cols; cell += 1 + (cell % 3 === 0 ? 1 : 0)) {
    columns.rowIds.push(`u${Math.floor(cell / cols)}`);
    columns.colIds.push(`i${cell % cols}`);
    columns.values.push(1 + ((cell * 13) % 5));
  }
  const small = completeMatrix(columns, { steps: 3 });
  expect(["ranking", "rating"]).toContain(small.recommendsBy);
  const all = small.recommend(small.rowIds[0], 100, { excludeRated: false });
  expect(all).toHaveLength(small.cols);
});
