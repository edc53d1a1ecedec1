import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accuracy } from "../../src/metrics/accuracy.js";
import { calibration } from "../../src/metrics/calibration.js";
import { confusionMatrix } from "../../src/metrics/confusion-matrix.js";
import { pearson, spearman } from "../../src/metrics/correlation.js";
import { f1, macroF1 } from "../../src/metrics/f1.js";
import { mae } from "../../src/metrics/mae.js";
import { matthews } from "../../src/metrics/matthews.js";
import { median } from "../../src/metrics/median.js";
import { rmse } from "../../src/metrics/rmse.js";
import { RunningMean } from "../../src/metrics/running-mean.js";

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

const { ratings } = JSON.parse(
  // Made by NumPy: test/fixtures/ranking.py.
  readFileSync(new URL("../fixtures/ranking.json", import.meta.url), "utf8"),
) as {
  ratings: (Record<"truth" | "predicted", number[]> &
    Record<"mae" | "rmse" | "error", number> & {
      bins: Record<"count" | "predicted" | "observed", number>[];
    })[];
};

test("errors and calibration of ratings are NumPy's", () => {
  for (const { truth, predicted, bins, error, ...expected } of ratings) {
    expect(Math.abs(mae(truth, predicted) - expected.mae)).toBeLessThan(1e-12);
    expect(Math.abs(rmse(truth, predicted) - expected.rmse)).toBeLessThan(1e-12);
    const found = calibration(truth, predicted, { bins: bins.length });
    expect(Math.abs(found.error - error)).toBeLessThan(1e-12);
    expect(found.bins.map(({ count }) => count)).toEqual(bins.map(({ count }) => count));
    found.bins.forEach((bin, b) => {
      expect(Math.abs(bin.predicted - bins[b].predicted)).toBeLessThan(1e-12);
      expect(Math.abs(bin.observed - bins[b].observed)).toBeLessThan(1e-12);
    });
  }
});

test("calibration: equal predictions are in one bin, and the order of the pairs does not matter", () => {
  const pairs = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 9 })), { minLength: 1 });
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 12 }), (list, bins) => {
      const run = (of: [number, number][]) =>
        calibration(
          of.map(([, truth]) => truth),
          of.map(([predicted]) => predicted),
          { bins },
        );
      const found = run(list);
      expect(run([...list].reverse())).toEqual(found);
      expect(found.bins.length).toBeLessThanOrEqual(bins);
      const predictions = found.bins.map(({ predicted }) => predicted);
      expect(predictions).toEqual([...predictions].sort((a, b) => a - b));
      expect(found.bins.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
      // No value in two bins: the bins hold runs of whole values.
      const counts = [0, 1, 2, 3, 4, 5].map((v) => list.filter(([p]) => p === v).length);
      const ends = new Set([0]);
      counts.reduce((sum, count) => {
        ends.add(sum + count);
        return sum + count;
      }, 0);
      found.bins.reduce((sum, { count }) => {
        expect(ends.has(sum + count)).toBe(true);
        return sum + count;
      }, 0);
    }),
  );
});

test("errors of ratings refuse what is not a finite number", () => {
  for (const [name, metric] of Object.entries({ mae, rmse, calibration })) {
    expect(() => metric([1, Number.NaN], [1, 2])).toThrow(`${name}: truth[1] is NaN`);
    expect(() => metric([1, 2], ["1", 2] as never)).toThrow(`${name}: predicted[0] is "1"`);
    expect(() => metric([1], [])).toThrow(`${name}: 1 true and 0 predicted values`);
  }
  expect(() => calibration([1], [1], { bins: 0 })).toThrow("calibration: bins is 0");
});

test("a running mean is the mean, with the standard error of its numbers", () => {
  const mean = new RunningMean();
  for (const value of [1, 2, 4, 5]) mean.add(value);
  expect(mean.mean).toBe(3);
  // Squares 4, 1, 1, 4: variance 10 / 3, over 4 numbers.
  expect(mean.standardError).toBeCloseTo(Math.sqrt(10 / 12), 14);
  const one = new RunningMean();
  one.add(7);
  expect([one.mean, one.standardError]).toEqual([7, Number.NaN]);
});

test("a confusion matrix counts each pair of true and predicted class once", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 50 }),
      (pairs) => {
        const truth = pairs.map(([a]) => a);
        const predicted = pairs.map(([, b]) => b);
        const counts = confusionMatrix(truth, predicted, 4);
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            expect(counts[i][j]).toBe(pairs.filter(([a, b]) => a === i && b === j).length);
          }
        }
        const diagonal = counts.reduce((sum, row, i) => sum + row[i], 0);
        expect(diagonal / pairs.length).toBeCloseTo(accuracy(truth, predicted), 12);
      },
    ),
    { numRuns: 50 },
  );
});
