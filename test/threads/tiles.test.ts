import fc from "fast-check";
import { expect, test } from "vitest";
import { tiles } from "../../src/threads/tiles.js";

const size = fc.integer({ min: 0, max: 3000 });
const product = fc.record({ m: size, n: size, k: size, parts: fc.integer({ min: 1, max: 64 }) });

test("tiles cover every entry once, and none is a sliver", () => {
  fc.assert(
    fc.property(product, ({ m, n, k, parts }) => {
      const cut = tiles(m, n, k, parts);
      const area = cut.reduce((sum, { rows, cols }) => sum + rows * cols, 0);
      expect(area).toBe(m * n);
      for (const { row, col, rows, cols } of cut) {
        expect(rows).toBeGreaterThanOrEqual(Math.min(m, 48));
        expect(cols).toBeGreaterThanOrEqual(Math.min(n, 48));
        expect(row + rows).toBeLessThanOrEqual(m);
        expect(col + cols).toBeLessThanOrEqual(n);
        expect(row % 16 || col % 16).toBe(0);
      }
      // Equal area and no overlap make a cover.
      const overlap = cut.some((a, i) =>
        cut.slice(i + 1).some((b) => {
          const apart = (from: number, length: number, other: number, otherLength: number) =>
            from + length <= other || other + otherLength <= from;
          return !(apart(a.row, a.rows, b.row, b.rows) || apart(a.col, a.cols, b.col, b.cols));
        }),
      );
      expect(overlap).toBe(false);
    }),
  );
});

test("a large product is cut into as many parts as asked, a small one is left whole", () => {
  for (const parts of [1, 2, 3, 4, 6, 8, 16]) {
    expect(tiles(1024, 1024, 1024, parts).length).toBeGreaterThanOrEqual(parts);
    expect(tiles(1024, 1024, 1024, parts).length).toBeLessThanOrEqual(1.5 * parts);
    expect(tiles(50, 50, 50, parts)).toHaveLength(1);
  }
  expect(tiles(1024, 1024, 1024, 4).map(({ rows, cols }) => [rows, cols])).toEqual(
    Array(4).fill([512, 512]),
  );
});
