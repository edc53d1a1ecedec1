import fc from "fast-check";
import { expect, test } from "vitest";
import { uniform } from "../../lab/random.mjs";
import { rawKernels } from "../helpers/kernels.js";

const types = ["f32", "f64"] as const;
const arrays = { f32: Float32Array, f64: Float64Array };
const kernels = rawKernels();

const words = (length: number, seed: number) => {
  const next = uniform(seed);
  return Int32Array.from({ length }, () => (2 ** 32 * next()) | 0);
};
/** The sign of element i, by the definition. */
const sign = (signs: Int32Array, i: number) => 1 - 2 * ((signs[i >> 5] >>> (i & 31)) & 1);

/** Runs with fresh room, and frees it. */
function inRoom<T>(compute: () => T): T {
  const start = kernels.allocate(0);
  const result = compute();
  kernels.release(start);
  return result;
}

const shape = fc.record({
  rows: fc.nat(9),
  words: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(10_000),
});

test.each(types)("signedSums_%s sums the columns, each entry with its sign", (type) => {
  fc.assert(
    fc.property(shape, ({ rows, words: perRow, seed }) => {
      const cols = 32 * perRow;
      const signs = words(rows * perRow, seed);
      const next = uniform(seed + 1);
      const X = new arrays[type](rows * cols).map(() => next() - 0.5);
      const expected = new arrays[type](cols);
      for (let i = 0; i < X.length; i++) expected[i % cols] += sign(signs, i) * X[i];
      const sums = inRoom(() => {
        const y = kernels.put(new arrays[type](cols).fill(Number.NaN));
        const [w, x] = [kernels.put(signs), kernels.put(X)];
        kernels.exports[`signedSums_${type}`](rows, cols, w, x, y);
        return kernels[type](y, cols).slice();
      });
      // Rows in the same order: the same bits, up to the sign of zero.
      expect(sums.map((s) => s + 0)).toEqual(expected.map((s) => s + 0));
    }),
  );
});

test.each(types)("addSigned_%s adds a number with the signs, and writes no further", (type) => {
  fc.assert(
    fc.property(shape, ({ words: count, seed }) => {
      const n = 32 * count;
      const signs = words(count, seed);
      const next = uniform(seed + 1);
      const x = new arrays[type](n + 4).map(() => next());
      const expected = x.map((value, i) => (i < n ? value + sign(signs, i) * 0.375 : value));
      const result = inRoom(() => {
        const [w, p] = [kernels.put(signs), kernels.put(x)];
        kernels.exports[`addSigned_${type}`](n, 0.375, w, p);
        return kernels[type](p, n + 4).slice();
      });
      expect(result).toEqual(expected);
    }),
  );
});

test("signDistances counts the signs that differ, exactly", () => {
  fc.assert(
    fc.property(fc.nat(6), fc.nat(13), fc.nat(10_000), (rows, count, seed) => {
      const A = words(rows * count, seed);
      const x = words(count, seed + 1);
      const expected = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: 32 * count }, (_, k) =>
          sign(A.subarray(i * count), k) === sign(x, k) ? 0 : 1,
        ).reduce<number>((sum, differs) => sum + differs, 0),
      );
      const distances = inRoom(() => {
        const out = kernels.put(new Float64Array(rows).fill(Number.NaN));
        kernels.exports.signDistances_f64(rows, count, kernels.put(A), kernels.put(x), out);
        return [...kernels.f64(out, rows)];
      });
      expect(distances).toEqual(expected);
    }),
  );
});

test("signDistances of vectors that differ everywhere: no count overflows", () => {
  const count = 3000;
  const out = kernels.allocate(8);
  const zeros = kernels.put(new Int32Array(count));
  const ones = kernels.put(new Int32Array(count).fill(-1));
  kernels.exports.signDistances_f64(1, count, zeros, ones, out);
  expect(kernels.f64(out, 1)[0]).toBe(32 * count);
});
