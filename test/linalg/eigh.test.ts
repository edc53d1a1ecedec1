import fc from "fast-check";
import { expect, test } from "vitest";
import { eigh, Matrix, matmul } from "../../src/index.js";
import spectra from "../fixtures/spectra.json" with { type: "json" };
import { fromFormula } from "../helpers/formulas.js";
import { anyRecipe, buildSymmetric, type Recipe, standardRecipes } from "../helpers/matrices.js";
import {
  bound,
  eigenRatio,
  expectBelow,
  orthogonalityRatio,
  valuesRatio,
} from "../helpers/ratios.js";

function check(recipe: Recipe): void {
  const A = buildSymmetric(recipe);
  const n = A.rows;
  const kept = A.data.slice();
  const { values, vectors } = eigh(A);
  expect([values.length, vectors.rows, vectors.cols, vectors.dtype]).toEqual([n, n, n, A.dtype]);
  expect(values.constructor).toBe(A.data.constructor);
  expectBelow(
    bound,
    {
      residual: eigenRatio(A, values, vectors),
      orthogonality: orthogonalityRatio(vectors),
      valuesOnly: valuesRatio(eigh(A, { vectors: false }).values, values, A.dtype, n),
    },
    recipe,
  );
  for (let i = 1; i < n; i++) expect(values[i] >= values[i - 1]).toBe(true);
  expect(A.data).toEqual(kept);
}

test("eigh(A) gives orthonormal eigenvectors and ascending eigenvalues, kind by kind", () => {
  const sizes = [0, 1, 2, 3, 13, 31, 33, 67, 90].map((n): [number, number] => [n, n]);
  for (const recipe of standardRecipes(sizes)) check(recipe);
});

test("eigh(A) gives orthonormal eigenvectors and ascending eigenvalues, whatever the size", () => {
  fc.assert(fc.property(anyRecipe(80), check));
});

test("eigh(A) is accurate where divide and conquer divides more than once", () => {
  for (const kind of ["random", "rankTwo", "repeated", "ones", "gradedCols", "bidiagonal"]) {
    for (const dtype of ["f64", "f32"] as const) {
      check({ rows: 150, cols: 150, kind, dtype, seed: 2 });
    }
  }
});

test("eigh(A) finds the eigenvalues that SciPy and mpmath find", () => {
  for (const fixture of spectra.eigenvalues) {
    for (const dtype of ["f64", "f32"] as const) {
      const A = fromFormula(fixture, dtype);
      for (let i = 0; i < A.rows; i++) {
        for (let j = 0; j < i; j++) A.set(j, i, A.get(i, j));
      }
      const ratio = valuesRatio(eigh(A).values, fixture.values, dtype, A.rows);
      expectBelow(bound, { ratio }, { ...fixture, values: undefined, dtype });
    }
  }
});

test("eigh(A) of a diagonal matrix is exact", () => {
  const { values, vectors } = eigh(
    Matrix.from([
      [0.3, 0, 0],
      [0, -7e200, 0],
      [0, 0, 1e-9],
    ]),
  );
  expect(Array.from(values)).toEqual([-7e200, 1e-9, 0.3]);
  expect(vectors.toArray()).toEqual([
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ]);
});

test("eigh(A) takes a product X'X whose triangles differ by rounding", () => {
  const X = buildSymmetric({ rows: 40, cols: 40, kind: "random", dtype: "f32", seed: 5 });
  const A = matmul(X, X, { transposeA: true });
  A.set(3, 5, A.get(3, 5) * (1 + 2 ** -22));
  const { values, vectors } = eigh(A);
  expectBelow(bound, { residual: eigenRatio(A, values, vectors) });
});

test("eigh(A) refuses what is not square, not symmetric or not finite, by name", () => {
  expect(() => eigh(Matrix.zeros(2, 3))).toThrow("eigh: A is 2 x 3: it must be square");
  const A = Matrix.from([
    [1, 2],
    [2.001, 1],
  ]);
  expect(() => eigh(A)).toThrow("eigh: A[1, 0] is 2.001 and A[0, 1] is 2: A must be symmetric");
  A.set(1, 0, Number.NaN);
  expect(() => eigh(A)).toThrow("eigh: A[1, 0] is NaN: every entry must be finite");
});

test("eigh(A) refuses a matrix whose largest eigenvalue would overflow, by name", () => {
  const A = Matrix.from([
    [1.7e308, 1.7e308],
    [1.7e308, 1.7e308],
  ]);
  expect(() => eigh(A)).toThrow("eigh: an eigenvalue overflows f64");
});
