import fc from "fast-check";
import { expect, test } from "vitest";
import { coreOf, type Dataset, dropDuplicates, indexRatings, pick } from "../../src/cli/dataset.js";
import { crossValidation, holdOut } from "../../src/cli/split.js";

/** A file's worth of ratings from a recipe; few ids, so that duplicates and small rows occur. */
const recipe = fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.nat(9)), { maxLength: 80 });
const build = (entries: [number, number, number][]) =>
  indexRatings({
    rowIds: entries.map(([row]) => `u${row}`),
    colIds: entries.map(([, col]) => `i${col}`),
    values: Float64Array.from(entries, ([, , value]) => value),
  });

function entriesOf(dataset: Dataset): string[] {
  const { rowIds, colIds, rows, cols, values } = dataset;
  return Array.from(values, (value, i) => `${rowIds[rows[i]]} ${colIds[cols[i]]} ${value}`);
}

function countsOf(indices: Int32Array): number[] {
  const counts: number[] = [];
  for (const index of indices) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

test("pick gives back every rating in the order of the file", () => {
  fc.assert(
    fc.property(recipe, (entries) => {
      const all = pick(build(entries), Int32Array.from(entries.keys()));
      expect(all.rowIds).toEqual(entries.map(([row]) => `u${row}`));
      expect(all.colIds).toEqual(entries.map(([, col]) => `i${col}`));
      expect(Array.from(all.values)).toEqual(entries.map(([, , value]) => value));
    }),
  );
});

test("dropDuplicates keeps the last rating of each pair, as a map would, in the file's order", () => {
  fc.assert(
    fc.property(recipe, (entries) => {
      const last = new Map(entries.map(([row, col], i) => [`${row} ${col}`, i]));
      const expected = [...last.values()].sort((a, b) => a - b).map((i) => entries[i]);
      expect(entriesOf(dropDuplicates(build(entries)))).toEqual(
        expected.map(([row, col, value]) => `u${row} i${col} ${value}`),
      );
    }),
  );
});

test("coreOf keeps exactly the largest part with enough ratings on both sides", () => {
  fc.assert(
    fc.property(recipe, fc.integer({ min: 1, max: 5 }), (entries, minimum) => {
      const whole = dropDuplicates(build(entries));
      const core = coreOf(whole, minimum);
      expect(Math.min(minimum, ...countsOf(core.rows), ...countsOf(core.cols))).toBe(minimum);
      expect(countsOf(core.rows)).toHaveLength(core.rowIds.length);
      expect(countsOf(core.cols)).toHaveLength(core.colIds.length);
      // Peeling one row or column at a time, in another order, ends at the same part.
      let left = entriesOf(whole);
      for (;;) {
        const weak = left
          .flatMap((entry) => entry.split(" ").slice(0, 2))
          .find((id) => left.filter((entry) => ` ${entry}`.includes(` ${id} `)).length < minimum);
        if (weak === undefined) break;
        left = left.filter((entry) => !` ${entry}`.includes(` ${weak} `));
      }
      expect(entriesOf(core)).toEqual(left);
    }),
  );
});

test("holdOut splits every entry to one side, the share that was asked for", () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      fc.nat(),
      (n, f, seed) => {
        const { train, test: held } = holdOut(n, f, seed);
        expect(held).toHaveLength(Math.round(f * n));
        expect([...train, ...held].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
        expect(holdOut(n, f, seed)).toEqual({ train, test: held });
      },
    ),
  );
});

test("crossValidation holds every entry out exactly once, in folds of equal size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(200), fc.nat(), (folds, n, seed) => {
      const splits = crossValidation(n, folds, seed);
      expect(splits).toHaveLength(folds);
      expect(splits.flatMap(({ test: held }) => [...held]).sort((a, b) => a - b)).toEqual([
        ...Array(n).keys(),
      ]);
      for (const { train, test: held } of splits) {
        expect(train.length + held.length).toBe(n);
        expect(Math.abs(held.length - n / folds)).toBeLessThan(1);
        expect(new Set([...train, ...held]).size).toBe(n);
      }
    }),
  );
});

test("other seeds split otherwise", () => {
  expect(holdOut(100, 0.5, 1).test).not.toEqual(holdOut(100, 0.5, 2).test);
});
