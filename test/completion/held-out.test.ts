import fc from "fast-check";
import { expect, test } from "vitest";
import { crossValidation, holdOut } from "../../src/completion/held-out.js";

const heldOf = (marks: Uint8Array) => [...marks.keys()].filter((entry) => marks[entry] === 1);

test("holdOut holds out the share that was asked for", () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      fc.nat(),
      (n, f, seed) => {
        const marks = holdOut(n, f, seed);
        expect(marks).toHaveLength(n);
        expect(heldOf(marks)).toHaveLength(Math.round(f * n));
        expect(holdOut(n, f, seed)).toEqual(marks);
      },
    ),
  );
});

test("crossValidation holds every entry out exactly once, in folds of equal size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(200), fc.nat(), (folds, n, seed) => {
      const splits = crossValidation(n, folds, seed);
      expect(splits).toHaveLength(folds);
      expect(splits.flatMap(heldOf).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
      for (const marks of splits) {
        expect(marks).toHaveLength(n);
        expect(Math.abs(heldOf(marks).length - n / folds)).toBeLessThan(1);
      }
    }),
  );
});

test("other seeds split otherwise", () => {
  expect(holdOut(100, 0.5, 1)).not.toEqual(holdOut(100, 0.5, 2));
});
