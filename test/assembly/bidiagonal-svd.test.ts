import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix } from "../../src/index.js";
import { rawKernels } from "../helpers/kernels.js";
import { uniform } from "../helpers/random.js";
import {
  bound,
  expectBelow,
  orthogonalityRatio,
  svdRatio,
  valuesRatio,
} from "../helpers/ratios.js";

type Pair = [diagonal: number, above: number];
/** Bidiagonal matrices that are hard for divide and conquer: clusters, grading, decoupling, zeros. */
const kinds: Record<string, (i: number, n: number, next: () => number) => Pair> = {
  random: (_i, _n, next) => [next(), next()],
  ones: () => [1, 1],
  identity: () => [1, 0],
  zero: () => [0, 0],
  clustered: (_i, _n, next) => [1 + 1e-15 * next(), 1e-15 * next()],
  nearlyDecoupled: (i, _n, next) => [next(), i % 7 === 3 ? 1e-17 : next()],
  gradedDown: (i, n, next) => [next() * 10 ** ((-30 * i) / n), next() * 10 ** ((-30 * i) / n)],
  gradedUp: (i, n, next) => [next() * 10 ** ((30 * i) / n), next() * 10 ** ((30 * i) / n)],
  anyMagnitude: (_i, _n, next) => [10 ** (200 * next()), 10 ** (200 * next())],
  zerosOnTheDiagonal: (i, _n, next) => [i % 5 === 0 ? 0 : next(), next()],
  zeroHalf: (i, n, next) => (i < n / 2 ? [0, 0] : [next(), next()]),
  laplace: (i) => [Math.sqrt((i + 2) / (i + 1)), -Math.sqrt((i + 1) / (i + 2))],
  wilkinson: (i, n) => [Math.abs(i - (n - 1) / 2), 1],
  gluedWilkinson: (i) => [Math.abs((i % 21) - 10), i % 21 === 20 ? 1e-10 : 1],
  kahan: (i) => [0.9 ** i, -0.3 * 0.9 ** i],
  tinyAbove: () => [1, 1e-160],
  oneAndDenormal: (i, _n, next) => [i % 3 === 0 ? 1 : 1e-320 * next(), 1e-318 * next()],
  allTiny: (_i, _n, next) => [1e-300 * next(), 1e-300 * next()],
  allDenormal: (_i, _n, next) => [1e-312 * next(), 1e-312 * next()],
  allHuge: (_i, _n, next) => [1e300 * next(), 1e300 * next()],
  onlyAbove: () => [0, 1],
};

interface Recipe {
  n: number;
  kind: string;
  seed: number;
}

function check(recipe: Recipe): void {
  const { n, kind, seed } = recipe;
  const next = uniform(seed);
  const B = Matrix.zeros(n, n);
  const diagonal = new Float64Array(n);
  const above = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    [diagonal[i], above[i]] = kinds[kind](i, n, next);
    B.set(i, i, diagonal[i]);
    if (i + 1 < n) B.set(i, i + 1, above[i]);
  }
  const { exports, put, allocate, f64 } = rawKernels();
  const [d, e] = [put(diagonal), put(above)];
  const [u, v] = [1, 2].map(() => put(new Float64Array(n * n).fill(Number.NaN)));
  const work = allocate(exports.bidiagonalSvdWorkspace_f64(n));
  expect(exports.bidiagonalSvd_f64(n, n, d, e, 1, u, n, v, n, work)).toBe(0);
  const U = new Matrix(n, n, f64(u, n * n).slice()).transpose();
  const V = new Matrix(n, n, f64(v, n * n).slice()).transpose();
  const S = f64(d, n).slice();

  const [d2, e2] = [put(diagonal), put(above)];
  expect(exports.bidiagonalQr_f64(n, d2, e2, 0, 0, 0, 0, 0, 0)).toBe(0);
  expectBelow(
    bound,
    {
      residual: svdRatio(B, U, S, V),
      orthogonalityU: orthogonalityRatio(U),
      orthogonalityV: orthogonalityRatio(V),
      agreesWithSweeps: valuesRatio(S, f64(d2, n), "f64", n),
    },
    recipe,
  );
  for (let i = 0; i < n; i++) expect(S[i] >= (i + 1 < n ? S[i + 1] : 0)).toBe(true);
}

test.each(Object.keys(kinds))("bidiagonalSvd of a matrix of kind %s, n = 33 .. 150", (kind) => {
  for (const n of [33, 66, 150]) check({ n, kind, seed: 11 });
});

test.each(Object.keys(kinds))("the largest vectors alone are those of all, kind %s", (kind) => {
  const [n, largest] = [150, 40];
  const next = uniform(5);
  const entries = Array.from({ length: n }, (_, i) => kinds[kind](i, n, next));
  const [all, some] = [n, largest].map((wanted) => {
    const { exports, put, allocate, f64 } = rawKernels();
    const [d, e] = [0, 1].map((k) => put(Float64Array.from(entries, (entry) => entry[k])));
    const [u, v] = [1, 2].map(() => put(new Float64Array(n * n)));
    const work = allocate(exports.bidiagonalSvdWorkspace_f64(n));
    expect(exports.bidiagonalSvd_f64(n, wanted, d, e, 1, u, n, v, n, work)).toBe(0);
    return [f64(d, n), f64(u, largest * n), f64(v, largest * n)].map((array) => array.slice());
  });
  expect(some).toEqual(all);
});

test("bidiagonalSvd decomposes any bidiagonal matrix", () => {
  fc.assert(
    fc.property(
      fc.record({
        n: fc.integer({ min: 0, max: 90 }),
        kind: fc.constantFrom(...Object.keys(kinds)),
        seed: fc.nat(1e6),
      }),
      check,
    ),
    // Rotations of denormal entries had c^2 + s^2 far from 1: vectors of any length came out.
    {
      examples: [
        [40, 62],
        [40, 100],
        [40, 129],
        [40, 225],
        [68, 17],
        [68, 31],
        [68, 62],
        [68, 103],
        [68, 129],
        [68, 225],
        [68, 253],
      ].map(([n, seed]) => [{ n, kind: "anyMagnitude", seed }]),
    },
  );
});
