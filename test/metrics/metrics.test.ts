import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accuracy } from "../../src/metrics/accuracy.js";
import { pearson, spearman } from "../../src/metrics/correlation.js";
import { f1, macroF1 } from "../../src/metrics/f1.js";
import { matthews } from "../../src/metrics/matthews.js";
import { median } from "../../src/metrics/median.js";
import { rmse } from "../../src/metrics/rmse.js";

type Fixture = { truth: number[]; predicted: number[] } & Record<string, number>;
// Made by scikit-learn and SciPy: test/fixtures/metrics.py.
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/metrics.json", import.meta.url), "utf8"),
) as { classes: Fixture[]; numbers: Fixture[] };

test.each(Object.entries({ accuracy, f1, macroF1, matthews }))(
  "%s of classes is scikit-learn's",
  (name, metric) => {
    for (const { truth, predicted, ...expected } of fixtures.classes) {
      expect(Math.abs(metric(truth, predicted) - expected[name])).toBeLessThan(1e-12);
    }
  },
);

test.each(Object.entries({ pearson, spearman }))("%s of numbers is SciPy's", (name, metric) => {
  for (const { truth, predicted, ...expected } of fixtures.numbers) {
    expect(Math.abs(metric(truth, predicted) - expected[name])).toBeLessThan(1e-12);
  }
});

test("correlations ignore scale and origin, and rank correlation every growing map", () => {
  const list = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const n = Math.min(a.length, b.length);
      const [x, y] = [a.slice(0, n), b.slice(0, n)];
      const moved = y.map((value) => 3 * value - 7);
      const cubed = y.map((value) => value * value * value);
      if (new Set(x).size < 2 || new Set(y).size < 2) {
        expect(pearson(x, y)).toBeNaN();
        return;
      }
      expect(Math.abs(pearson(x, moved) - pearson(x, y))).toBeLessThan(1e-12);
      expect(Math.abs(spearman(x, cubed) - spearman(x, y))).toBeLessThan(1e-12);
      expect(Math.abs(pearson(x, x) - 1)).toBeLessThan(1e-12);
    }),
  );
});

test("a prediction that is no number makes correlations NaN", () => {
  expect(pearson([1, 2, 3], [1, Number.NaN, 2])).toBeNaN();
  expect(spearman([1, 2, 3], [1, Number.NaN, 2])).toBeNaN();
});

test.each(Object.entries({ accuracy, f1, macroF1, matthews, pearson, spearman }))(
  "%s refuses lists of different lengths and empty ones",
  (name, metric) => {
    expect(() => metric([1, 2], [1])).toThrow(`${name}: 2 true and 1 predicted values`);
    expect(() => metric([], [])).toThrow(RangeError);
  },
);

test("rmse is the root of the mean square, and refuses what has no mean", () => {
  expect(rmse([1, 2, 3, 4], [1, 2, 3, 8])).toBe(2);
  expect(() => rmse([], [])).toThrow(/^rmse: 0 true and 0 predicted values/);
  expect(() => rmse([1], [1, 2])).toThrow(/^rmse: 1 true and 2 predicted values/);
});

test("median is the middle one, the larger of two, and leaves the numbers in their order", () => {
  const values = [10, 9, 1, 100];
  expect(median(values)).toBe(10);
  expect(values).toEqual([10, 9, 1, 100]);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBe(0);
});
