import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Matrix } from "../../src/index.js";
import { fitRanking, MatrixRanking, rankMatrix } from "../../src/index.js";
import { groupedClicks, splitClicks } from "../helpers/interactions.js";

const clicks = groupedClicks({ rows: 120, cols: 90, groups: 3, choices: 12 }, 1);
const { train, test: chosen } = splitClicks(clicks, 3, 2);
const model = rankMatrix(train);

const rowOf = (A: Matrix, row: number) => Float64Array.from(A.row(row));

describe("what it learns", () => {
  test("the factors are clearly ahead of popularity where there are groups", () => {
    expect(model.rank).toBe(64);
    const { ndcg100, popularity, rows, skipped } = model.evaluate(chosen);
    expect(rows + skipped).toBe(120);
    expect(ndcg100).toBeGreaterThan(1.15 * popularity.ndcg100);
    expect(model.validation?.ndcg100).toBeGreaterThan(model.validation?.popularity.ndcg100 ?? 1);
  });

  test("columns of a row's own group come first", () => {
    const group = (id: string) => Number(id.slice(3)) % 3;
    let own = 0;
    for (const { id, recommendations } of model.recommendAll(5)) {
      own += recommendations.filter((column) => group(column.id) === group(id)).length;
    }
    expect(own / (5 * model.rows)).toBeGreaterThan(0.8);
    const neighbours = model.similarItems("col3", 5);
    expect(neighbours.filter(({ id }) => group(id) === 0).length).toBeGreaterThanOrEqual(4);
    const rows = model.similarRows("row4", 5);
    expect(rows.filter(({ id }) => group(id) === 1).length).toBeGreaterThanOrEqual(4);
    expect(rows.map(({ id }) => id)).not.toContain("row4");
  });

  test("pure chance is ordered by popularity", () => {
    const random = groupedClicks({ rows: 60, cols: 40, groups: 1, choices: 4 }, 3);
    const popular = rankMatrix(random);
    expect(popular.rank).toBe(0);
    const counts = new Map<string, number>();
    for (const id of random.colIds) counts.set(id, (counts.get(id) ?? 0) + 1);
    const order = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const all = popular.recommend("row0", 100, { excludeSeen: false });
    expect(all).toEqual(order.map(([id, score]) => ({ id, score })));
    expect(() => popular.similarItems("col0")).toThrow(
      "similarItems: the model is popularity, which knows nothing of likeness",
    );
  });

  test("settings that order held-out cells clearly better are taken, unless they were given", () => {
    // Three groups are far less than 64 factors: what is beyond them is noise.
    expect(model.settings).toMatchObject({ rank: 64, regularization: 0.5 });
    const given = rankMatrix(train, { regularization: 0.35 });
    expect(given.settings.regularization).toBe(0.35);
    expect(model.validation?.ndcg100).toBeGreaterThan(given.validation?.ndcg100 ?? 1);
    expect(rankMatrix(train, { validationFraction: 0 }).settings.regularization).toBe(0.35);
    // A hundred groups are more.
    const many = groupedClicks({ rows: 400, cols: 800, groups: 100, choices: 7 }, 1);
    const rich = rankMatrix(many, { regularization: 0.35 });
    expect(rich.rank).toBe(128);
    const narrow = rankMatrix(many, { rank: 64, regularization: 0.35 });
    expect(narrow.rank).toBe(64);
    expect(rich.validation?.ndcg100).toBeGreaterThan(narrow.validation?.ndcg100 ?? 1);
  });

  test("the factors of a row minimise the objective for its history", () => {
    // The objective's gradient by its definition: sum |w| (x.y - t) y + a sum (x.y) y + ridge x.
    const { rows: X, cols: Y } = model.factors();
    const { cellWeight, threshold } = objectiveNumbers();
    const history = new Set(train.colIds.filter((_, i) => train.rowIds[i] === "row7"));
    const x = rowOf(X, model.rowIds.indexOf("row7"));
    const gradient = new Float64Array(model.rank);
    let scale = 0;
    model.colIds.forEach((id, i) => {
      const y = rowOf(Y, i);
      const product = y.reduce((sum, value, c) => sum + value * x[c], 0);
      const pull = (history.has(id) ? product - 1 : 0) + cellWeight * product;
      for (let c = 0; c < model.rank; c++) gradient[c] += pull * y[c];
      scale += Math.abs(pull) * Math.hypot(...y);
    });
    const ridge = threshold * (history.size + cellWeight * model.cols);
    for (let c = 0; c < model.rank; c++) gradient[c] += ridge * x[c];
    expect(Math.hypot(...gradient) / scale).toBeLessThan(1e-12);
  });
});

/** a, and lambda by the definition of the noise threshold: from the saved file's numbers. */
function objectiveNumbers() {
  const bytes = model.save();
  const view = new DataView(bytes.buffer);
  // Frame 16, flags 4, rank 4, three numbers 24, fraction 8, policy 4, rank 4, rows 4.
  return { cellWeight: view.getFloat64(68, true), threshold: view.getFloat64(76, true) };
}

describe("rows", () => {
  test("a trained row and its history folded in are one", () => {
    for (const id of ["row0", "row33", "row119"]) {
      const history = train.colIds.filter((_, i) => train.rowIds[i] === id);
      const folded = model.foldIn(history.reverse());
      expect(model.recommend(folded, 90)).toEqual(model.recommend(id, 90));
      expect(model.score(folded, "col5")).toBe(model.score(id, "col5"));
    }
  });

  test("recommendAll gives what recommend gives, bit for bit", () => {
    const options = { only: ["col1", "col2", "col3", "col50"], excludeSeen: false };
    for (const { id, recommendations } of model.recommendAll(7)) {
      expect(recommendations).toEqual(model.recommend(id, 7));
    }
    const [first] = model.recommendAll(3, options);
    expect(first.recommendations).toEqual(model.recommend(first.id, 3, options));
    const some = ["row7", "row3", "row7"];
    expect([...model.recommendAll(3, { ...options, rows: some })]).toEqual(
      some.map((id) => ({ id, recommendations: model.recommend(id, 3, options) })),
    );
    expect(() => model.recommendAll(3, { rows: ["nobody"] }).next()).toThrow(
      'recommendAll: row "nobody" is unknown',
    );
  });

  test("what is seen, excluded or not among the only ones is left out", () => {
    const seen = train.colIds.filter((_, i) => train.rowIds[i] === "row8");
    const all = model.recommend("row8", 1000).map(({ id }) => id);
    expect(all).toHaveLength(model.cols - seen.length);
    for (const id of seen) expect(all).not.toContain(id);
    expect(model.recommend("row8", 1000, { excludeSeen: false })).toHaveLength(model.cols);
    const [best, second, third] = all;
    expect(model.recommend("row8", 1, { exclude: [best, "nobody knows"] })[0].id).toBe(second);
    const only = model.recommend("row8", 5, { only: [third, second, seen[0], "nobody knows"] });
    expect(only.map(({ id }) => id)).toEqual([second, third]);
  });

  test("scores fall, and are those of score and of the factors", () => {
    const { rows: X, cols: Y } = model.factors();
    const list = model.recommend("row20", 90);
    for (let i = 1; i < list.length; i++) {
      expect(list[i].score).toBeLessThanOrEqual(list[i - 1].score);
    }
    const x = rowOf(X, model.rowIds.indexOf("row20"));
    for (const { id, score } of list) {
      const y = rowOf(Y, model.colIds.indexOf(id));
      const product = y.reduce((sum, value, c) => sum + value * x[c], 0);
      expect(score).toBeCloseTo(product, 5);
      expect(model.score("row20", id)).toBeCloseTo(product, 12);
    }
  });

  test("an explanation adds up to the score", () => {
    for (const [row, column] of [
      ["row1", "col2"],
      ["row50", "col80"],
    ]) {
      const { score, parts } = model.explain(row, column);
      expect(parts.map(({ id }) => id).sort()).toEqual(
        train.colIds.filter((_, i) => train.rowIds[i] === row).sort(),
      );
      const sum = parts.reduce((total, part) => total + part.score, 0);
      expect(Math.abs(sum - score)).toBeLessThan(1e-9 * Math.abs(score) + 1e-12);
      expect(score).toBe(model.score(row, column));
      expect(model.explain(row, column, 2).parts).toEqual(parts.slice(0, 2));
    }
  });

  test("a row without a liked column gets the popular ones", () => {
    const popular = model.recommend(model.foldIn([]), 3);
    const counts = new Map<string, number>();
    for (const id of train.colIds) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(popular[0].score).toBe(Math.max(...counts.values()));
    const disliked = model.foldIn({ colIds: [popular[0].id], weights: [-1] });
    expect(model.recommend(disliked, 1)[0].id).toBe(popular[1].id);
    expect(model.explain(disliked, "col1").parts).toEqual([]);
  });

  test("unknown and repeated columns of a folded row are counted", () => {
    const folded = model.foldIn(["col1", "what", "col2", "col1", "what", "else"]);
    expect(folded.ignored).toBe(3);
    expect(folded.unknown).toEqual(["what", "else"]);
    expect(folded.duplicates).toBe(1);
    expect(model.recommend(folded, 5)).toEqual(model.recommend(model.foldIn(["col2", "col1"]), 5));
  });

  test("a diverse list holds other columns, and its columns are less alike", () => {
    const alike = (ids: readonly string[]) => {
      const { cols: Y } = model.factors();
      const rows = ids.map((id) => rowOf(Y, model.colIds.indexOf(id)));
      let sum = 0;
      rows.forEach((a, i) => {
        rows.slice(i + 1).forEach((b) => {
          const product = a.reduce((s, value, c) => s + value * b[c], 0);
          sum += product / (Math.hypot(...a) * Math.hypot(...b));
        });
      });
      return sum;
    };
    const ids = (diversity: number) =>
      model.recommend("row11", 8, { diversity }).map(({ id }) => id);
    expect(ids(0)).toEqual(model.recommend("row11", 8).map(({ id }) => id));
    expect(ids(0.7)[0]).toBe(ids(0)[0]);
    expect(new Set(ids(0.7)).size).toBe(8);
    expect(alike(ids(0.7))).toBeLessThan(alike(ids(0)));
  });
});

describe("the same bits", () => {
  test("whatever the order of the interactions", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const small = groupedClicks({ rows: 20, cols: 12, groups: 2, choices: 4 }, seed);
        const order = small.rowIds.map((_, i) => i).reverse();
        const reversed = {
          rowIds: order.map((i) => small.rowIds[i]),
          colIds: order.map((i) => small.colIds[i]),
        };
        expect(rankMatrix(reversed).save()).toEqual(rankMatrix(small).save());
      }),
      { numRuns: 5 },
    );
  });

  test("step by step or at once, and after saving and loading", () => {
    const steps = fitRanking(train);
    const phases: string[] = [];
    let next = steps.next();
    for (; !next.done; next = steps.next()) {
      phases.push(next.value.phase);
      expect(next.value.step).toBe(phases.length);
      expect(next.value.totalSteps).toBeGreaterThanOrEqual(next.value.step);
    }
    expect(phases.slice(-4)).toEqual(["start", "sweep", "sweep", "sweep"]);
    const bytes = model.save();
    expect(next.value.save()).toEqual(bytes);
    const loaded = MatrixRanking.load(bytes);
    expect(loaded.save()).toEqual(bytes);
    expect(loaded.recommend("row5", 20)).toEqual(model.recommend("row5", 20));
    expect(loaded.validation).toEqual(model.validation);
    expect(loaded.settings).toEqual(model.settings);
  });

  test("weights in another unit", () => {
    const weights = train.rowIds.map((_, i) => 1 + (i % 3));
    const one = rankMatrix({ ...train, weights }, { validationFraction: 0 });
    const other = rankMatrix(
      { ...train, weights: weights.map((weight) => weight * 2 ** 20) },
      { validationFraction: 0 },
    );
    expect(other.recommend("row5", 20)).toEqual(one.recommend("row5", 20));
  });
});

test("a file without histories holds no row, and serves rows that are folded in", () => {
  const bytes = model.save({ histories: false });
  const anonymous = MatrixRanking.load(bytes);
  expect(anonymous.rows).toBe(0);
  const text = new TextDecoder("utf-16le").decode(bytes.subarray(0, bytes.length & ~1));
  expect(text.includes("row11") || text.includes("ow11")).toBe(false);
  const history = train.colIds.filter((_, i) => train.rowIds[i] === "row9");
  expect(anonymous.recommend(anonymous.foldIn(history), 10)).toEqual(model.recommend("row9", 10));
  expect(() => anonymous.recommend("row9")).toThrow('recommend: row "row9" is unknown');
});

test("disliked columns and those like them come later", () => {
  const mine = train.colIds.filter((_, i) => train.rowIds[i] === "row2");
  const before = model.foldIn(mine);
  const disliked = model.recommend(before, 3).map(({ id }) => id);
  const after = model.foldIn({
    colIds: [...mine, ...disliked],
    weights: [...mine.map(() => 1), ...disliked.map(() => -20)],
  });
  const [like] = model.similarItems(disliked[0], 1);
  for (const id of [...disliked, like.id]) {
    expect(model.score(after, id)).toBeLessThan(model.score(before, id));
  }
});

test("a weight above others counts for more", () => {
  const [a, b] = ["col0", "col1"];
  const heavy = model.foldIn({ colIds: [a, b], weights: [10, 1] });
  const light = model.foldIn({ colIds: [a, b], weights: [1, 10] });
  expect(model.score(heavy, a)).toBeGreaterThan(model.score(light, a));
  expect(model.score(heavy, b)).toBeLessThan(model.score(light, b));
});
