import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SplitKind, splitInteractions } from "../../src/index.js";

interface Table {
  rowIds: string[];
  colIds: string[];
  weights: number[];
  times: number[];
}

/** Lines with repeated cells, equal times, and rows of one column. */
const tables = fc
  .array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 12 }), fc.nat({ max: 6 })), {
    minLength: 12,
    maxLength: 120,
  })
  .map(
    (lines): Table => ({
      rowIds: lines.map(([row]) => `r${row}`),
      colIds: lines.map(([, col]) => `c${col}`),
      weights: lines.map((_, i) => i),
      times: lines.map(([, , time]) => time),
    }),
  )
  .filter(({ rowIds, colIds }) => cellCounts(rowIds, colIds).filter((n) => n > 1).length > 4);
const seeds = fc.nat({ max: 1000 });
const kinds: SplitKind[] = ["random", "last", "time", "rows"];

function cellCounts(rowIds: ArrayLike<unknown>, colIds: ArrayLike<unknown>): number[] {
  return [...columnsByRow({ rowIds, colIds }).values()].map((cols) => cols.size);
}

function columnsByRow({ rowIds, colIds }: Record<"rowIds" | "colIds", ArrayLike<unknown>>) {
  const rows = new Map<unknown, Set<unknown>>();
  for (let i = 0; i < rowIds.length; i++) {
    rows.set(rowIds[i], (rows.get(rowIds[i]) ?? new Set()).add(colIds[i]));
  }
  return rows;
}

/** Weights are the numbers of the lines. */
const lines = (part: { weights?: ArrayLike<number> } | undefined) =>
  Array.from(part?.weights ?? []);

describe.each(kinds)("by %s", (by) => {
  test("every line is in one part, with all of its fields, and the parts keep the order", () => {
    fc.assert(
      fc.property(tables, seeds, (table, seed) => {
        const { train, test: held, histories } = splitInteractions(table, { by, seed });
        const parts = [train, held, ...(histories ? [histories] : [])];
        expect(parts.flatMap(lines).sort((a, b) => a - b)).toEqual(table.weights);
        for (const part of parts) {
          expect(lines(part)).toEqual(lines(part).sort((a, b) => a - b));
          lines(part).forEach((line, i) => {
            expect(part.rowIds[i]).toBe(table.rowIds[line]);
            expect(part.colIds[i]).toBe(table.colIds[line]);
            expect(part.times?.[i]).toBe(table.times[line]);
          });
        }
      }),
    );
  });

  test("the order of the lines does not matter, and seeds do", () => {
    fc.assert(
      fc.property(tables, seeds, (table, seed) => {
        const turned = Object.fromEntries(
          Object.entries(table).map(([key, column]) => [key, [...column].reverse()]),
        ) as unknown as Table;
        const [one, other] = [table, turned].map((of) => splitInteractions(of, { by, seed }));
        // By time, lines of one cell and time have nothing to tell them apart.
        if (by !== "time") {
          expect(lines(other.test).sort((a, b) => a - b)).toEqual(lines(one.test));
        }
        expect(lines(other.test)).toHaveLength(lines(one.test).length);
      }),
    );
    const rows = Array.from({ length: 400 }, (_, i) => i);
    const even = { rowIds: rows.map((i) => i >> 2), colIds: rows, times: rows.map(() => 0) };
    const [first, second] = [1, 2].map((seed) => splitInteractions(even, { by, seed }).test.colIds);
    expect(first).not.toEqual(second);
  });
});

test("random: each row gives its share, and keeps a column", () => {
  fc.assert(
    fc.property(tables, seeds, (table, seed) => {
      const { train, test: held } = splitInteractions(table, { fraction: 0.3, seed });
      const kept = columnsByRow(train);
      const given = columnsByRow(held);
      for (const [row, cols] of columnsByRow(table)) {
        const size = given.get(row)?.size ?? 0;
        const share = Math.min(Math.max(1, Math.round(0.3 * cols.size)), cols.size - 1);
        expect(size).toBe(cols.size === 1 ? 0 : share);
        expect((kept.get(row)?.size ?? 0) + size).toBe(cols.size);
      }
    }),
  );
});

test("folds are disjoint, and five fifths of rows are all rows", () => {
  const rowIds = Array.from({ length: 300 }, (_, i) => i % 43);
  const colIds = rowIds.map((_, i) => i);
  for (const by of ["random", "rows"] as const) {
    const folds = [0, 1, 2, 3, 4].map((fold) =>
      splitInteractions({ rowIds, colIds }, { by, fold }),
    );
    const held = folds.flatMap((fold) => Array.from(fold.test.colIds));
    expect(new Set(held).size).toBe(held.length);
    if (by === "random") continue;
    const rows = folds.flatMap((fold) => [...new Set(Array.from(fold.test.rowIds))]);
    expect(rows).toHaveLength(43);
    expect(new Set(rows).size).toBe(43);
  }
});

test("last: the column whose first line is the latest", () => {
  fc.assert(
    fc.property(tables, seeds, (table, seed) => {
      const { test: held } = splitInteractions(table, { by: "last", seed });
      const given = columnsByRow(held);
      for (const [row, cols] of columnsByRow(table)) {
        if (cols.size === 1) expect(given.has(row)).toBe(false);
        else expect(given.get(row)?.size).toBe(1);
        const first = (col: unknown) =>
          Math.min(
            ...table.times.filter((_, i) => table.rowIds[i] === row && table.colIds[i] === col),
          );
        for (const col of given.get(row) ?? []) {
          for (const other of cols) expect(first(other)).toBeLessThanOrEqual(first(col));
        }
      }
    }),
  );
});

test("time: nothing in the test is older than what is trained on", () => {
  fc.assert(
    fc.property(tables, seeds, (table, seed) => {
      const { train, test: held } = splitInteractions(table, { by: "time", fraction: 0.4, seed });
      expect(held.rowIds.length).toBe(Math.round(0.4 * table.rowIds.length));
      const [before, after] = [train, held].map(({ times }) => Array.from(times ?? []));
      expect(Math.max(...before)).toBeLessThanOrEqual(Math.min(...after));
    }),
  );
});

test("rows: those that are judged are not trained on, and have a history", () => {
  fc.assert(
    fc.property(tables, seeds, (table, seed) => {
      const all = [...columnsByRow(table).values()];
      const judgeable = all.filter(({ size }) => size > 1).length;
      const split = splitInteractions(table, { by: "rows", fraction: 0.5, seed });
      const [train, held, before] = [split.train, split.test, split.histories].map((part) =>
        columnsByRow(part ?? { rowIds: [], colIds: [] }),
      );
      expect(train.size).toBe(all.length - Math.round(judgeable / 2));
      expect(held.size).toBe(Math.round(judgeable / 2));
      for (const [row, cols] of held) {
        expect(train.has(row)).toBe(false);
        expect(before.get(row)?.size).toBeGreaterThanOrEqual(1);
        for (const col of cols) expect(before.get(row)?.has(col)).toBe(false);
      }
    }),
  );
});

const clicks = { rowIds: ["a", "a", "b", "b"], colIds: ["x", "y", "y", "z"] };
test.each<[string, () => unknown]>([
  [
    'by is "user": it must be "random", "last", "time" or "rows"',
    () => splitInteractions(clicks, { by: "user" as never }),
  ],
  [
    'by is "last" and the interactions have no times',
    () => splitInteractions(clicks, { by: "last" }),
  ],
  [
    'by is "time" and the interactions have no times',
    () => splitInteractions(clicks, { by: "time" }),
  ],
  [
    'fraction is 0.5 and by is "last", which has no fraction',
    () => splitInteractions(clicks, { by: "last", fraction: 0.5 }),
  ],
  [
    'fold is 1 and by is "time", which has no fold',
    () => splitInteractions(clicks, { by: "time", fold: 1 }),
  ],
  [
    "fold is 5 and fraction 0.2: fold must be below 5",
    () => splitInteractions(clicks, { fold: 5 }),
  ],
  ["fraction is 1: it must be between 0 and 1", () => splitInteractions(clicks, { fraction: 1 })],
  ["seed is -1", () => splitInteractions(clicks, { seed: -1 })],
  ["nothing of 0 interactions is held out", () => splitInteractions({ rowIds: [], colIds: [] })],
  [
    "nothing of 2 interactions is held out",
    () => splitInteractions({ rowIds: [1, 2], colIds: [1, 2] }),
  ],
  [
    "nothing of 2 interactions is left to train on",
    () => splitInteractions({ rowIds: [1, 1], colIds: [1, 2] }, { by: "rows", fraction: 0.9 }),
  ],
  [
    "times[0] is NaN: every time must be a finite number",
    () => splitInteractions({ rowIds: [1], colIds: [1], times: [Number.NaN] }),
  ],
  [
    "colIds 1 and times 2: the lengths must be equal",
    () => splitInteractions({ rowIds: [1], colIds: [1], times: [1, 2] }),
  ],
])("%s", (message, call) => {
  expect(call).toThrow(message);
});
