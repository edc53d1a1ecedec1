import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import {
  RandomIntegers,
  randomNormalArray,
  randomPermutation,
  randomUniformArray,
} from "../../src/linalg/random.js";

// The statistics below are of fixed seeds, so they never flicker; the bounds are five to six
// standard deviations of a true random sequence.
const n = 200_000;
const mean = (x: ArrayLike<number>, f: (value: number, i: number) => number) => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += f(x[i], i);
  return sum / x.length;
};
const within = (value: number, deviation: number) =>
  expect(Math.abs(value) < 5.5 * deviation).toBe(true);

/** Chi-square of counts that should be equal, as standard deviations from its mean. */
function chiSquare(counts: ArrayLike<number>): number {
  const expected = mean(counts, (count) => count);
  const sum = counts.length * mean(counts, (count) => (count - expected) ** 2 / expected);
  const freedom = counts.length - 1;
  return (sum - freedom) / Math.sqrt(2 * freedom);
}

const seeds = [0, 1, 2, 2 ** 32, 2 ** 53 - 1];

test.each(seeds)("normal numbers of seed %d have the moments of the normal law", (seed) => {
  const x = randomNormalArray(n, seed, 0, "f64");
  within(
    mean(x, (value) => value),
    Math.sqrt(1 / n),
  );
  within(mean(x, (value) => value ** 2) - 1, Math.sqrt(2 / n));
  within(
    mean(x, (value) => value ** 3),
    Math.sqrt(15 / n),
  );
  within(mean(x, (value) => value ** 4) - 3, Math.sqrt(96 / n));
  within(
    mean(x.subarray(1), (value, i) => value * x[i]),
    Math.sqrt(1 / n),
  );
});

test.each(seeds)("uniform numbers of seed %d fill 1000 bins evenly and miss both ends", (seed) => {
  for (const dtype of ["f32", "f64"] as const) {
    const x = randomUniformArray(n, seed, 0, dtype);
    expect(x.every((value) => value > 0 && value < 1)).toBe(true);
    const counts = new Int32Array(1000);
    for (const value of x) counts[Math.floor(value * 1000)]++;
    within(chiSquare(counts), 1);
    within(
      mean(x, (value) => value - 0.5),
      Math.sqrt(1 / 12 / n),
    );
  }
});

test("streams, neighbouring seeds and kinds of numbers are uncorrelated", () => {
  const x = randomNormalArray(n, 1, 0, "f64");
  const others = [
    randomNormalArray(n, 1, 1, "f64"),
    randomNormalArray(n, 2, 0, "f64"),
    randomNormalArray(n, 1 + 2 ** 32, 0, "f64"),
    randomUniformArray(n, 1, 0, "f64").map((value) => (value - 0.5) * Math.sqrt(12)),
  ];
  for (const y of others) {
    within(
      mean(x, (value, i) => value * y[i]),
      Math.sqrt(1 / n),
    );
    within(
      mean(x, (value, i) => (value ** 2 - 1) * (y[i] ** 2 - 1)),
      Math.sqrt(4 / n),
    );
  }
});

test("a long array begins with the shorter one of the same seed", () => {
  const long = randomNormalArray(300_001, 5, 3, "f32");
  expect(randomNormalArray(1001, 5, 3, "f32")).toEqual(long.slice(0, 1001));
  expect(randomNormalArray(0, 5, 3, "f32")).toEqual(new Float32Array(0));
});

const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const ascending = (x: Int32Array) => [...x].sort((a, b) => a - b);

test("a random permutation holds every number once", () => {
  fc.assert(
    fc.property(fc.nat(300), seed, (size, s) => {
      const order = ascending(randomPermutation(size, s, 0));
      expect(order).toEqual(Array.from({ length: size }, (_, i) => i));
    }),
  );
});

test("all 24 orders of four are equally frequent", () => {
  const orders = new Map<string, number>();
  for (let s = 0; s < 6000; s++) {
    const key = randomPermutation(4, s, 1).join();
    orders.set(key, (orders.get(key) ?? 0) + 1);
  }
  expect(orders.size).toBe(24);
  within(chiSquare([...orders.values()]), 1);
});

test("random integers are even in every remainder, also where the bound is near 2^31", () => {
  const integers = new RandomIntegers(3, 0);
  const bound = 3 * 2 ** 29;
  const counts = new Int32Array(300);
  for (let i = 0; i < n; i++) counts[Math.floor((integers.below(bound) / bound) * 300)]++;
  within(chiSquare(counts), 1);
});

test("Matrix.randomNormal is settled by its seed, and f32 is f64 rounded", () => {
  expect(Matrix.randomNormal(2, 3, { seed: 1 }).get(0, 0)).toBe(2.005620549900247);
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), seed, (rows, cols, s) => {
      const A = Matrix.randomNormal(rows, cols, { seed: s });
      expect(A.dtype).toBe("f64");
      expect(A.equals(Matrix.randomNormal(rows, cols, { seed: s }))).toBe(true);
      const rounded = Matrix.randomNormal(rows, cols, { seed: s, dtype: "f32" });
      expect(rounded.equals(A.astype("f32"))).toBe(true);
    }),
  );
});

test("arguments outside their range are refused by name", () => {
  for (const s of [-1, 0.5, Number.NaN, 2 ** 53, null as never]) {
    expect(() => Matrix.randomNormal(2, 2, { seed: s })).toThrow(
      `Matrix.randomNormal: seed is ${s}: it must be an integer`,
    );
    expect(() => randomPermutation(2, s, 0)).toThrow(RangeError);
  }
  expect(() => Matrix.randomNormal(2, 2, null as never)).toThrow("options is null");
  expect(() => Matrix.randomNormal(-1, 2, { seed: 0 })).toThrow("rows is -1");
  expect(() => Matrix.randomNormal(1, 0.5, { seed: 0 })).toThrow("cols is 0.5");
  expect(() => Matrix.randomNormal(1, 1, { seed: 0, dtype: "f16" as never })).toThrow(
    'Matrix.randomNormal: dtype is "f16": it must be "f32" or "f64"',
  );
});
