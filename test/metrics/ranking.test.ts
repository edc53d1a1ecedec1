import fc from "fast-check";
import { expect, test } from "vitest";
import {
  averagePrecisionAt,
  discountsOf,
  hitRateAt,
  ndcgAt,
  precisionAt,
  recallAt,
  reciprocalRankAt,
} from "../../src/metrics/ranking.js";

const discounts = discountsOf(100);
/** Increasing places of relevant items. */
const places = fc
  .uniqueArray(fc.nat({ max: 150 }), { minLength: 1, maxLength: 30 })
  .map((list) => list.sort((a, b) => a - b));
const depth = fc.integer({ min: 1, max: 100 });

test("metrics have their values by hand", () => {
  const second = [1, 3, 40];
  expect(precisionAt(second, 10)).toBe(0.2);
  expect(recallAt(second, 10)).toBeCloseTo(2 / 3, 15);
  // There is room for two of three only.
  expect(recallAt(second, 2)).toBe(0.5);
  expect(hitRateAt(second, 1)).toBe(0);
  expect(hitRateAt(second, 2)).toBe(1);
  expect(reciprocalRankAt(second, 10)).toBe(0.5);
  expect(reciprocalRankAt([12], 10)).toBe(0);
  expect(averagePrecisionAt(second, 10)).toBeCloseTo((1 / 2 + 2 / 4) / 3, 15);
  // (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / log2(4))
  expect(ndcgAt(second, 10, discounts)).toBeCloseTo(
    (0.6309297535714574 + 0.43067655807339306) / (1 + 0.6309297535714574 + 0.5),
    14,
  );
});

test("the best order has 1 everywhere, and no relevant item among the first k has 0", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), depth, (count, k) => {
      const best = Array.from({ length: count }, (_, i) => i);
      const worst = best.map((i) => i + k);
      expect(ndcgAt(best, k, discounts)).toBe(1);
      for (const metric of [recallAt, hitRateAt, reciprocalRankAt]) {
        expect(metric(best, k)).toBe(1);
        expect(metric(worst, k)).toBe(0);
      }
      expect(averagePrecisionAt(best, k)).toBeCloseTo(1, 12);
      expect(averagePrecisionAt(worst, k)).toBe(0);
      expect(ndcgAt(worst, k, discounts)).toBe(0);
    }),
  );
});

test("an item that moves forward never lowers a metric", () => {
  fc.assert(
    fc.property(places, depth, (list, k) => {
      const at = list.findIndex((place, i) => place > (i > 0 ? list[i - 1] + 1 : 0));
      fc.pre(at >= 0);
      const better = list.map((place, i) => (i === at ? place - 1 : place));
      const all = [precisionAt, recallAt, hitRateAt, reciprocalRankAt, averagePrecisionAt];
      for (const metric of all) expect(metric(better, k)).toBeGreaterThanOrEqual(metric(list, k));
      expect(ndcgAt(better, k, discounts)).toBeGreaterThanOrEqual(ndcgAt(list, k, discounts));
    }),
  );
});
