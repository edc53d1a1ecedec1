import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, qr } from "../../src/index.js";
import {
  anyRecipe,
  build,
  type Recipe,
  standardRecipes,
  standardShapes,
} from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio, productRatio } from "../helpers/ratios.js";

function check(recipe: Recipe): void {
  const A = build(recipe);
  const kept = A.data.slice();
  const { Q, R } = qr(A);
  const k = Math.min(A.rows, A.cols);
  expect([Q.rows, Q.cols, Q.dtype]).toEqual([A.rows, k, A.dtype]);
  expect([R.rows, R.cols, R.dtype]).toEqual([k, A.cols, A.dtype]);
  expectBelow(
    bound,
    { residual: productRatio(A, Q, R), orthogonality: orthogonalityRatio(Q) },
    recipe,
  );
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) expect(R.get(i, j)).toBe(0);
  }
  expect(A.data).toEqual(kept);
}

test("qr(A) reproduces A with an orthonormal Q and a triangular R, kind by kind", () => {
  for (const recipe of standardRecipes(standardShapes)) check(recipe);
});

test("qr(A) reproduces A with an orthonormal Q, whatever the shape", () => {
  fc.assert(fc.property(anyRecipe(80), check));
});

test("qr(A) gives the same bits every time", () => {
  const A = build({ rows: 60, cols: 50, kind: "random", dtype: "f64", seed: 3 });
  expect(qr(A)).toEqual(qr(A));
});

test("qr(A) is accurate where columns hold only denormal numbers", () => {
  const A = Matrix.from([
    [1, 3 * 2 ** -1070],
    [1, 5 * 2 ** -1074],
    [2, 2 ** -1074],
  ]);
  const { Q, R } = qr(A);
  expectBelow(bound, { residual: productRatio(A, Q, R), orthogonality: orthogonalityRatio(Q) });
});

test("qr(A) refuses entries that are not finite, by name", () => {
  const A = Matrix.from([
    [1, 2],
    [Number.NaN, 4],
  ]);
  expect(() => qr(A)).toThrow("qr: A[1, 0] is NaN: every entry must be finite");
  A.set(1, 0, Number.NEGATIVE_INFINITY);
  expect(() => qr(A)).toThrow(RangeError);
});

test("qr(A) refuses a matrix whose R would overflow, by name", () => {
  const A = Matrix.from([[1.5e308], [1.5e308]]);
  expect(() => qr(A)).toThrow("qr: R overflows f64");
});
