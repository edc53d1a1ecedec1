import fc from "fast-check";
import { expect, test } from "vitest";
import { scoredItems } from "../../src/als/scored-items.js";

const recipe = fc.record({
  count: fc.integer({ min: 0, max: 300 }),
  cols: fc.oneof(fc.integer({ min: 0, max: 1e5 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
});

test("every item comes once, in order; the scores that wait are 16 MB of f64, or one row's", () => {
  fc.assert(
    fc.property(recipe, ({ count, cols }) => {
      const items = Array.from({ length: count }, (_, i) => i);
      const sizes: number[] = [];
      const found = scoredItems(items, cols, (some) => {
        sizes.push(some.length);
        return some.map((item) => 2 * item);
      });
      expect([...found]).toEqual(items.map((item) => ({ item, scores: 2 * item })));
      const most = Math.max(...sizes);
      expect(most).toBeLessThanOrEqual(64);
      if (most > 1) expect(8 * most * cols).toBeLessThanOrEqual(2 ** 24);
      if (most < Math.min(count, 64)) expect(8 * (most + 1) * cols).toBeGreaterThan(2 ** 24);
    }),
  );
});
