import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, StreamingSvd, svd } from "../../src/index.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";
import { errorNorms, withSpectrum } from "../helpers/spectra.js";

/** Rows first .. last - 1 as a copy. */
const rowsOf = (A: Matrix, first: number, last: number) =>
  new Matrix(last - first, A.cols, A.data.slice(first * A.cols, last * A.cols));

/** A in blocks of these sizes, over and over. */
function stream(A: Matrix, sizes: number[], options: { rank: number; seed: number }): StreamingSvd {
  const result = new StreamingSvd({ cols: A.cols, dtype: A.dtype, ...options });
  for (let i = 0, block = 0; i < A.rows; block++) {
    const next = Math.min(A.rows, i + sizes[block % sizes.length]);
    result.append(rowsOf(A, i, next));
    i = next;
  }
  return result;
}

const tail = (S: Float64Array, rank: number) =>
  Math.sqrt(S.slice(rank).reduce((sum, value) => sum + value * value, 0));

test("a matrix of exact rank comes back from one pass over its rows, whatever the blocks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }),
      fc.nat(1e6),
      (rows, cols, wanted, sizes, seed) => {
        const exact = Math.min(wanted, rows, cols);
        const value = (i: number) => (i < exact ? 1 + i : 0);
        const { A } = withSpectrum({ rows, cols, value, seed });
        const { U, S, V, errorEstimate } = stream(A, sizes, { rank: exact, seed }).svd();
        expect([U.rows, U.cols, V.rows, V.cols]).toEqual([rows, exact, cols, exact]);
        const { error, norm } = errorNorms(A, U, S, V);
        expectBelow(1e-9, { error: error / norm, estimate: errorEstimate / norm });
        expectBelow(bound, { left: orthogonalityRatio(U), right: orthogonalityRatio(V) });
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ["as 1 / (i + 1)", (i: number) => 1 / (i + 1)],
  ["as 1 / (i + 1)^2", (i: number) => 1 / (i + 1) ** 2],
  ["as 0.8^i", (i: number) => 0.8 ** i],
  ["in a step above noise", (i: number) => (i < 8 ? 1 : 0.01)],
])(
  "where S decays %s the error is within three times the best, and the estimate bounds it",
  (_, value) => {
    for (const seed of [1, 2, 3]) {
      const { A, S: all } = withSpectrum({ rows: 300, cols: 150, value, seed });
      const rank = 8;
      const { U, S, V, errorEstimate } = stream(A, [64], { rank, seed }).svd();
      const { error } = errorNorms(A, U, S, V);
      expectBelow(3, { error: error / tail(all, rank) });
      expectBelow(1, { estimate: error / errorEstimate });
      expectBelow(5, { loose: errorEstimate / error });
    }
  },
);

test("f32 blocks give f32 triplets with errors of f32", () => {
  const value = (i: number) => (i < 3 ? 3 - i : 0);
  const { A } = withSpectrum({ rows: 90, cols: 40, value, seed: 5, dtype: "f32" });
  const { U, S, V } = stream(A, [17], { rank: 3, seed: 5 }).svd();
  expect([U.dtype, V.dtype, S.constructor]).toEqual(["f32", "f32", Float32Array]);
  const { error, norm } = errorNorms(A, U, S, V);
  expectBelow(1e-4, { error: error / norm });
});

test("rows may go on coming after the triplets were taken", () => {
  const { A } = withSpectrum({ rows: 80, cols: 30, value: (i) => 0.5 ** i, seed: 6 });
  const rank = 4;
  const interrupted = new StreamingSvd({ cols: 30, rank, seed: 1 });
  interrupted.append(rowsOf(A, 0, 50));
  const early = interrupted.svd();
  expect(early.U.rows).toBe(50);
  expect(svd(rowsOf(A, 0, 50)).S[0] - early.S[0] < 1e-3).toBe(true);
  interrupted.append(rowsOf(A, 50, 80));
  expect(interrupted.rows).toBe(80);
  expect(interrupted.svd()).toEqual(stream(A, [50, 30], { rank, seed: 1 }).svd());
});

test("fewer rows than the rank give as many triplets as there are rows", () => {
  const result = new StreamingSvd({ cols: 9, rank: 4, seed: 0 });
  result.append(Matrix.from([[3, 0, 0, 0, 0, 4, 0, 0, 0]]));
  const { U, S, V } = result.svd();
  expect([U.rows, U.cols, V.rows, V.cols, S.length]).toEqual([1, 1, 9, 1, 1]);
  expectBelow(1e-12, { value: Math.abs(S[0] - 5) });
});

test("zeros have singular values of zero", () => {
  const result = new StreamingSvd({ cols: 5, rank: 2, seed: 0 });
  result.append(Matrix.zeros(6, 5));
  const { S, errorEstimate } = result.svd();
  expect([...S, errorEstimate]).toEqual([0, 0, 0]);
});

test("a block that does not fit is refused by name and changes nothing", () => {
  const good = Matrix.randomNormal(6, 5, { seed: 0 });
  const result = new StreamingSvd({ cols: 5, rank: 2, seed: 0 });
  result.append(good);
  const before = result.svd();
  const bad = Matrix.identity(5);
  bad.set(2, 3, Number.NaN);
  expect(() => result.append(bad)).toThrow("StreamingSvd.append: block[2, 3] is NaN");
  expect(() => result.append(Matrix.zeros(2, 4))).toThrow("StreamingSvd.append: block is 2 x 4");
  expect(() => result.append(good.astype("f32"))).toThrow(TypeError);
  expect(() => result.append([[1]] as never)).toThrow("StreamingSvd.append: block is Array");
  expect(result.rows).toBe(6);
  expect(result.svd()).toEqual(before);
});

test("options out of range are refused by name, and there are no triplets without rows", () => {
  const make = (options: object) => () =>
    new StreamingSvd({ cols: 5, rank: 2, seed: 0, ...options });
  for (const options of [
    ...[{ cols: 0 }, { cols: 2.5 }, { rank: 0 }, { rank: 6 }, { seed: -1 }, { rangeSize: 1 }],
    ...[{ rangeSize: 6 }, { coreSize: 2 }, { coreSize: Number.NaN }],
  ]) {
    expect(make(options)).toThrow(/^StreamingSvd: /);
  }
  expect(make({ dtype: "f16" })).toThrow(TypeError);
  expect(() => make({})().svd()).toThrow("StreamingSvd.svd: there are no rows yet");
});
