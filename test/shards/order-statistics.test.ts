// Order statistics over shards are those of a sort, whatever the numbers, groups and shards.
import fc from "fast-check";
import { expect, test } from "vitest";
import { orderStatistics } from "../../src/shards/order-statistics.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { together } from "../helpers/shards.js";

const numbers = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 2, 5e-324, -5e-324, 1e308, -Infinity, Infinity),
);

test("every place of every group is what a sort puts there", () => {
  const entry = fc.record({ value: numbers, group: fc.nat(3), shard: fc.nat(2) });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      // With many groups digits are of 4 bits.
      fc.constantFrom(4, 400),
      (entries, share, groups) => {
        const sorted = Array.from({ length: groups }, (_, group) =>
          Float64Array.from(entries.filter((e) => e.group === group).map((e) => e.value)).sort(),
        );
        const places = Float64Array.from(sorted, ({ length }) =>
          length === 0 ? -1 : Math.floor(share * length),
        );
        const starts = Int32Array.of(0, 1, 2, 3);
        const found = together(
          [0, 1, 2].map((shard) => {
            const own = entries.filter((e) => e.shard === shard);
            const blocks = new RowBlocks(starts, shard, shard + 1);
            const values = own.map((e) => e.value);
            return orderStatistics(
              blocks,
              values,
              own.map((e) => e.group),
              places,
            );
          }),
        );
        const expected = sorted.map((of, group) =>
          places[group] < 0 ? Number.NaN : of[places[group]],
        );
        for (const one of found) expect(Array.from(one)).toEqual(expected);
      },
    ),
  );
});
