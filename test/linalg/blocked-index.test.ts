import fc from "fast-check";
import { expect, test } from "vitest";
import { blockedIndex } from "../../src/linalg/blocked-index.js";
import { uniform } from "../helpers/random.js";

/** Entries drawn at random, so that some places have several and some lines none. */
const recipe = fc.record({
  lines: fc.integer({ min: 1, max: 12 }),
  gathered: fc.constantFrom(1, 7, 2048, 5000, 20_000),
  count: fc.constantFrom(0, 1, 10, 3000),
  seed: fc.nat(1e6),
});

function draw({ lines, gathered, count, seed }: { [name: string]: number }) {
  const next = uniform(seed);
  const below = (size: number) => Math.min(size - 1, Math.floor(((next() + 1) / 2) * size));
  const lineOf = Int32Array.from({ length: count }, () => below(lines));
  const gatheredOf = Int32Array.from({ length: count }, () => below(gathered));
  return { lineOf, gatheredOf };
}

test("every entry has one slot, in its line, and a line's slots ascend over all blocks", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { lineOf, gatheredOf } = draw(r);
      const { blocks, start, order } = blockedIndex(lineOf, r.lines, gatheredOf, r.gathered);
      expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
      expect(start.length).toBe(blocks * r.lines + 1);
      expect([start[0], start[start.length - 1]]).toEqual([0, r.count]);
      for (let line = 0; line < r.lines; line++) {
        const entries: number[] = [];
        for (let block = 0; block < blocks; block++) {
          const at = block * r.lines + line;
          entries.push(...order.subarray(start[at], start[at + 1]));
        }
        expect(entries.every((p) => lineOf[p] === line)).toBe(true);
        // Entries at one place keep the order in which they came.
        const sorted = [...entries].sort((p, q) => gatheredOf[p] - gatheredOf[q] || p - q);
        expect(entries).toEqual(sorted);
      }
    }),
  );
});

test("a factor that is larger than a block is gathered by blocks, if lines are long enough", () => {
  const cases = [
    { lines: 2, gathered: 20_000, count: 3000, blocks: 10 },
    { lines: 2, gathered: 2048, count: 3000, blocks: 1 },
    { lines: 12, gathered: 20_000, count: 10, blocks: 1 },
    { lines: 1, gathered: 20_000, count: 0, blocks: 1 },
  ];
  for (const { blocks, ...one } of cases) {
    const { lineOf, gatheredOf } = draw({ ...one, seed: 1 });
    expect(blockedIndex(lineOf, one.lines, gatheredOf, one.gathered).blocks).toBe(blocks);
  }
});
