import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, matmul, randomizedSvd, svd } from "../../src/index.js";
import { dominantSubspace } from "../../src/linalg/dominant-subspace.js";
import { allKinds, build } from "../helpers/matrices.js";
import { uniform } from "../helpers/random.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";
import { toOperator, toSparse, withSpectrum } from "../helpers/spectra.js";

const fixture = JSON.parse(
  readFileSync(new URL("../fixtures/randomized-svd.json", import.meta.url), "utf8"),
);

/** A product of normal factors of which a share of the entries is kept: it hardly decays. */
function masked(rows: number, cols: number, rank: number, share: number, seed: number): Matrix {
  const left = Matrix.randomNormal(rows, rank, { seed });
  const right = Matrix.randomNormal(rank, cols, { seed: seed + 1 });
  const A = matmul(left, right);
  const next = uniform(seed + 2);
  return new Matrix(
    rows,
    cols,
    A.data.map((x) => ((next() + 1) / 2 < share ? x : 0)),
  );
}

/** ||A'U - V diag(S)||_F, ||A V - U diag(S)||_F: both over S[0]. */
function residuals(A: Matrix, { U, S, V }: { U: Matrix; S: ArrayLike<number>; V: Matrix }) {
  const norm = (product: Matrix, factor: Matrix) => {
    const squares = Array.from(product.data).reduce(
      (sum, x, p) => sum + (x - factor.data[p] * S[p % S.length]) ** 2,
      0,
    );
    return Math.sqrt(squares) / (S[0] || 1);
  };
  return { left: norm(matmul(A, U, { transposeA: true }), V), right: norm(matmul(A, V), U) };
}

/** The largest sine of an angle between the spaces of two orthonormal bases, roughly. */
function distance(V: Matrix, reference: Matrix): number {
  const inside = matmul(reference, matmul(reference, V, { transposeA: true }));
  return Math.max(...V.data.map((x, p) => Math.abs(x - inside.data[p])));
}

test("a masked target's leading subspace is found to the tolerance", () => {
  const recipe = fc.record({
    rows: fc.integer({ min: 20, max: 90 }),
    cols: fc.integer({ min: 20, max: 90 }),
    rank: fc.integer({ min: 1, max: 6 }),
    share: fc.constantFrom(0.2, 0.5, 0.9),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, ({ rows, cols, rank, share, seed }) => {
      const A = masked(rows, cols, rank, share, seed);
      const result = dominantSubspace(toSparse(A), { rank, seed });
      const { left, right } = residuals(A, result);
      expectBelow(1.01e-10, { residual: result.residual, left, right });
      expectBelow(bound, { U: orthogonalityRatio(result.U), V: orthogonalityRatio(result.V) });
      const exact = svd(A);
      const difference = result.S.map((s, i) => Math.abs(s - exact.S[i]) / exact.S[0]);
      // A Rayleigh quotient errs by the square of the residual.
      expectBelow(1e-13, { S: Math.max(...difference) });
    }),
    { numRuns: 40 },
  );
});

test("singular triplets where the spectrum hardly decays are those of NumPy", () => {
  const { rows, cols, S, U, V } = fixture.masked;
  const A = Matrix.zeros(rows, cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const mixed = (i * 7919 + j * 104729 + i * j * 31337 + i * i * j * 17) % 10007;
      A.data[i * cols + j] = mixed % 3 === 0 ? (mixed % 101) - 50 + (i % 7) * (j % 5) : 0;
    }
  }
  const worst = (a: ArrayLike<number>, b: number[]) =>
    Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));
  const result = dominantSubspace(A, { rank: fixture.rank, tolerance: 1e-12, seed: 0 });
  expectBelow(1e-9, {
    S: worst(result.S, S),
    U: worst(result.U.data, U),
    V: worst(result.V.data, V),
  });
  // Two power iterations are far from it.
  const sketch = randomizedSvd(A, { rank: fixture.rank, seed: 0 });
  expect(worst(sketch.V.data, V)).toBeGreaterThan(1e-3);
});

test("it takes far fewer products than power iterations", () => {
  // Behind the rank a slope from 5 % lower: power iterations gain a factor 0.9 each.
  const value = (i: number) => (i < 4 ? 1 : 0.95 - i / 1000);
  const { A } = withSpectrum({ rows: 300, cols: 250, value, seed: 1 });
  const exact = svd(A).V;
  const leading = new Matrix(
    250,
    4,
    exact.data.filter((_, p) => p % 250 < 4),
  );
  const { iterations, V } = dominantSubspace(A, { rank: 4, seed: 2 });
  expectBelow(1e-8, { error: distance(V, leading) });
  expect(iterations).toBeLessThan(45);
  const power = randomizedSvd(A, { rank: 4, powerIterations: 60, oversampling: 5, seed: 2 });
  expect(distance(power.V, leading)).toBeGreaterThan(1e-5);
});

test("every kind of matrix, of lower rank or zero too, gives orthonormal triplets", () => {
  for (const kind of allKinds) {
    for (const dtype of ["f32", "f64"] as const) {
      for (const [rows, cols] of [
        [130, 110],
        [90, 400],
        [40, 30],
        [30, 41],
        [8, 5],
        [1, 6],
      ]) {
        const recipe = { rows, cols, kind, dtype, seed: 5 };
        const A = build(recipe);
        const rank = Math.min(3, rows, cols);
        const { U, V, S, residual } = dominantSubspace(A, { rank, seed: 1, maxIterations: 200 });
        const tolerance = dtype === "f32" ? 1e-5 : 1e-10;
        expectBelow(tolerance * 1.01, { residual }, recipe);
        expectBelow(bound, { U: orthogonalityRatio(U), V: orthogonalityRatio(V) }, recipe);
        const exact = svd(A).S;
        // Denormal singular values are only as precise as their spacing.
        const spacing = dtype === "f32" ? 2 ** -149 : 2 ** -1074;
        const unit = Math.max(exact[0] * (dtype === "f32" ? 2 ** -24 : 2 ** -53), spacing);
        const worst = Math.max(...S.map((s, i) => Math.abs(s - exact[i]) / unit));
        expectBelow(100, { S: worst / Math.max(rows, cols) }, recipe);
      }
    }
  }
});

test("the three kinds of input agree, and the seed settles every bit", () => {
  const A = masked(50, 40, 3, 0.4, 9);
  const options = { rank: 3, seed: 3 };
  const dense = dominantSubspace(A, options);
  expect(dominantSubspace(A, options)).toEqual(dense);
  for (const other of [toSparse(A), toOperator(A)]) {
    const { V } = dominantSubspace(other, options);
    expectBelow(1e-9, { V: Math.max(...V.data.map((x, i) => Math.abs(x - dense.V.data[i]))) });
  }
});

test("it stops at maxIterations and says how far it came", () => {
  const A = masked(200, 200, 3, 0.2, 1);
  const few = dominantSubspace(A, { rank: 3, seed: 0, maxIterations: 2 });
  expect(few.iterations).toBe(2);
  expect(few.residual).toBeGreaterThan(1e-10);
  expectBelow(1e-12, { same: Math.abs(residuals(A, few).left - few.residual) });
});

test("what is asked for comes in any share of all triplets", () => {
  const A = masked(96, 70, 8, 0.3, 4);
  const exact = svd(A);
  for (const rank of [0, 1, 7, 8, 9, 16, 35, 62, 63, 69, 70]) {
    const found = dominantSubspace(toOperator(A), { rank, seed: 1 });
    expectBelow(1.01e-10, residuals(A, found), { rank });
    expectBelow(bound, { U: orthogonalityRatio(found.U), V: orthogonalityRatio(found.V) });
    const worst = Math.max(0, ...found.S.map((s: number, i: number) => Math.abs(s - exact.S[i])));
    expectBelow(1e-12, { S: worst / exact.S[0] }, { rank });
  }
});

test("rank 0 and empty matrices give empty factors", () => {
  for (const [rows, cols] of [
    [0, 0],
    [0, 3],
    [4, 2],
  ]) {
    const { U, S, V, residual } = dominantSubspace(Matrix.zeros(rows, cols), { rank: 0, seed: 0 });
    expect([U.rows, U.cols, S.length, V.rows, residual]).toEqual([rows, 0, 0, cols, 0]);
  }
});

test("options out of range are refused", () => {
  const A = Matrix.identity(4);
  const refuse = (change: object) =>
    expect(() => dominantSubspace(A, { rank: 2, seed: 0, ...change }));
  refuse({ rank: 5 }).toThrow("dominantSubspace: rank is 5: it must be an integer in 0 .. 4");
  refuse({ tolerance: 0 }).toThrow("tolerance is 0: it must be a finite number > 0");
  refuse({ tolerance: Number.NaN }).toThrow(RangeError);
  refuse({ maxIterations: 0 }).toThrow("maxIterations is 0");
  refuse({ seed: 0.5 }).toThrow("seed is 0.5");
});
