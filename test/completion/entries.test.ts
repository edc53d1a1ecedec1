import fc from "fast-check";
import { expect, test } from "vitest";
import {
  core,
  type IndexedEntries,
  index,
  select,
  settle,
  sortIds,
  split,
  withoutDuplicates,
} from "../../src/completion/entries.js";

/** A file's worth of ratings from a recipe; few ids, so that duplicates and small rows occur. */
const recipe = fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.nat(9)), { maxLength: 80 });
const build = (entries: [number, number, number][]) =>
  index("test", {
    rowIds: entries.map(([row]) => `u${row}`),
    colIds: entries.map(([, col]) => `i${col}`),
    values: Float64Array.from(entries, ([, , value]) => value),
  });

function entriesOf(dataset: IndexedEntries): string[] {
  const { rowIds, colIds, rows, cols, values } = dataset;
  return Array.from(values, (value, i) => `${rowIds[rows[i]]} ${colIds[cols[i]]} ${value}`);
}

function countsOf(indices: Int32Array): number[] {
  const counts: number[] = [];
  for (const index of indices) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

test("index gives every entry its ids and its value, each id once", () => {
  fc.assert(
    fc.property(recipe, (entries) => {
      const indexed = build(entries);
      expect(entriesOf(indexed)).toEqual(
        entries.map(([row, col, value]) => `u${row} i${col} ${value}`),
      );
      expect(indexed.rowIds).toEqual([...new Set(entries.map(([row]) => `u${row}`))]);
      expect(indexed.colIds).toEqual([...new Set(entries.map(([, col]) => `i${col}`))]);
    }),
  );
});

test("sortIds numbers the ids in increasing order and leaves the entries what they are", () => {
  const id = fc.string({
    unit: fc.constantFrom("a", "Z", "é", "\u{1f600}", "\uffff"),
    maxLength: 3,
  });
  const ids = fc.array(fc.tuple(id, id), { maxLength: 20 });
  fc.assert(
    fc.property(ids, (pairs) => {
      const values = pairs.map((_, i) => i);
      const [rowIds, colIds] = [pairs.map(([row]) => row), pairs.map(([, col]) => col)];
      const sorted = sortIds(index("test", { rowIds, colIds, values }));
      expect(sorted.rowIds).toEqual([...new Set(rowIds)].sort());
      expect(sorted.colIds).toEqual([...new Set(colIds)].sort());
      expect(Array.from(sorted.rows, (row) => sorted.rowIds[row])).toEqual(rowIds);
      expect(Array.from(sorted.cols, (col) => sorted.colIds[col])).toEqual(colIds);
    }),
  );
});

test("settle leaves one value per place, by rows and then columns, as a map would", () => {
  fc.assert(
    fc.property(recipe, fc.constantFrom("last", "mean"), (entries, policy) => {
      const indexed = sortIds(build(entries));
      const groups = new Map<string, number[]>();
      for (const [row, col, value] of entries) {
        const key = `u${row} i${col}`;
        groups.set(key, [...(groups.get(key) ?? []), value]);
      }
      const expected = [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, values]) => {
          const sum = values.reduce((total, value) => total + value, 0);
          return `${key} ${policy === "last" ? values.at(-1) : sum / values.length}`;
        });
      const settled = settle("test", indexed, policy);
      const { rowIds, colIds, rows, cols } = indexed;
      const found = Array.from(settled.entries, (entry, p) => {
        return `${rowIds[rows[entry]]} ${colIds[cols[entry]]} ${settled.values[p]}`;
      });
      expect(found).toEqual(expected);
    }),
  );
});

test("split parts the entries, each part with the ids that occur in it", () => {
  fc.assert(
    fc.property(recipe, fc.infiniteStream(fc.boolean()), (entries, choices) => {
      const held = Uint8Array.from(entries, () => Number(choices.next().value));
      const parts = split(build(entries), held);
      for (const [mark, part] of [parts.train, parts.test].entries()) {
        const own = entries.filter((_, i) => held[i] === mark);
        expect(entriesOf(part)).toEqual(own.map(([row, col, value]) => `u${row} i${col} ${value}`));
        expect(part.rowIds).toHaveLength(new Set(own.map(([row]) => row)).size);
        expect(part.colIds).toHaveLength(new Set(own.map(([, col]) => col)).size);
        expect(select(build(entries), held, mark as 0 | 1)).toEqual(part);
      }
    }),
  );
});

test("withoutDuplicates keeps the last rating of each pair, as a map would, in the file's order", () => {
  fc.assert(
    fc.property(recipe, (entries) => {
      const last = new Map(entries.map(([row, col], i) => [`${row} ${col}`, i]));
      const expected = [...last.values()].sort((a, b) => a - b).map((i) => entries[i]);
      expect(entriesOf(withoutDuplicates(build(entries)))).toEqual(
        expected.map(([row, col, value]) => `u${row} i${col} ${value}`),
      );
    }),
  );
});

test("core keeps exactly the largest part with enough ratings on both sides", () => {
  fc.assert(
    fc.property(recipe, fc.integer({ min: 1, max: 5 }), (entries, minimum) => {
      const whole = withoutDuplicates(build(entries));
      const largest = core(whole, minimum);
      expect(Math.min(minimum, ...countsOf(largest.rows), ...countsOf(largest.cols))).toBe(minimum);
      expect(countsOf(largest.rows)).toHaveLength(largest.rowIds.length);
      expect(countsOf(largest.cols)).toHaveLength(largest.colIds.length);
      // Peeling one row or column at a time, in another order, ends at the same part.
      let left = entriesOf(whole);
      for (;;) {
        const weak = left
          .flatMap((entry) => entry.split(" ").slice(0, 2))
          .find((id) => left.filter((entry) => ` ${entry}`.includes(` ${id} `)).length < minimum);
        if (weak === undefined) break;
        left = left.filter((entry) => !` ${entry}`.includes(` ${weak} `));
      }
      expect(entriesOf(largest)).toEqual(left);
    }),
  );
});
