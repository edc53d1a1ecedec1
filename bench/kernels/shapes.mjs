// Question: does a ragged shape cost more a flop than the nearest regular one?
//
// Regular are powers of two. k = 1 and 2 are regular themselves, so they are measured with ragged
// rows and columns; with so small a k the product is bound by writing C, whose traffic a flop falls
// with k, so k is compared with the nearest power of two, the smaller of two that are as near.

import { timesTheRate } from "../../lab/statistics.mjs";
import { dense } from "../harness/matrices.mjs";
import { gigaflops, spread } from "../harness/tables.mjs";

export const question = "Do ragged shapes cost more a flop than regular ones?";

export const chosen = ({ name }) => ["lowrank", "lowrank/relaxed"].includes(name);

const primes = [
  [61, 64],
  [67, 64],
  [127, 128],
  [251, 256],
  [257, 256],
  [509, 512],
  [1021, 1024],
];
const powers = [1, 2, 4, 8];

/** [ragged, regular] as m x n x k. */
export const pairs = [
  ...primes.map(([n, near]) => [
    [n, n, n],
    [near, near, near],
  ]),
  ...[1, 2, 3, 4, 5, 6, 7].map((k) => [
    [509, 509, k],
    [512, 512, nearest(k)],
  ]),
  [
    [1000, 1000, 20],
    [1024, 1024, 16],
  ],
];

function nearest(k) {
  return powers.reduce((best, power) => (Math.abs(power - k) < Math.abs(best - k) ? power : best));
}

export const shapeName = ([m, n, k]) => `${m} x ${k} x ${n}`;

export function works({ dtypes = ["f32", "f64"] }) {
  return dtypes.flatMap((dtype) =>
    pairs.map(([ragged, regular]) => {
      const [[m, n, k], [r, s, t]] = [ragged, regular];
      return {
        name: `${dtype} ${shapeName(ragged)}`,
        operation: "twoShapes",
        dtype,
        inputs: () => ({
          ...{ A: dense(m, k, dtype, 1), B: dense(k, n, dtype, 2) },
          ...{ C: dense(r, t, dtype, 1), D: dense(t, s, dtype, 2) },
        }),
      };
    }),
  );
}

export function tables(measurements) {
  return ["f32", "f64"].map((dtype) => {
    const columns = [
      ["lowrank", "Node 20"],
      ["lowrank", "Node 24"],
      ["lowrank/relaxed", "Node 24"],
    ];
    return {
      title: `m x k times k x n, ${dtype}, into \`out\`: GFLOP/s, and those of the regular shape`,
      columns: ["ragged", "regular", ...columns.map((column) => column.join(", "))],
      rows: pairs.map(([ragged, near]) => [
        shapeName(ragged),
        shapeName(near),
        ...columns.map(([contender, runtime]) => {
          const [ours, theirs] = ["ragged", "regular"].map((form) =>
            measurements.find(
              (each) =>
                each.seconds &&
                each.work === `${dtype} ${shapeName(ragged)}` &&
                each.contender === contender &&
                each.runtime === runtime &&
                each.form === form,
            ),
          );
          if (!ours || !theirs) return "";
          const ratio = timesTheRate(ours, theirs).toFixed(2);
          return `${spread(gigaflops(ours))}; ${spread(gigaflops(theirs))}: ${ratio}`;
        }),
      ]),
    };
  });
}
