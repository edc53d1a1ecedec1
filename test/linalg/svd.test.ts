import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, svd } from "../../src/index.js";
import {
  anyRecipe,
  build,
  type Recipe,
  standardRecipes,
  standardShapes,
} from "../helpers/matrices.js";
import {
  bound,
  expectBelow,
  orthogonalityRatio,
  svdRatio,
  valuesRatio,
} from "../helpers/ratios.js";

function check(recipe: Recipe): void {
  const A = build(recipe);
  const kept = A.data.slice();
  const { U, S, V } = svd(A);
  const k = Math.min(A.rows, A.cols);
  expect([U.rows, U.cols, U.dtype]).toEqual([A.rows, k, A.dtype]);
  expect([V.rows, V.cols, V.dtype]).toEqual([A.cols, k, A.dtype]);
  expect(S.constructor).toBe(A.data.constructor);
  expectBelow(
    bound,
    {
      residual: svdRatio(A, U, S, V),
      orthogonalityU: orthogonalityRatio(U),
      orthogonalityV: orthogonalityRatio(V),
      valuesOnly: valuesRatio(svd(A, { vectors: false }).S, S, A.dtype, Math.max(A.rows, A.cols)),
    },
    recipe,
  );
  expect(S.length).toBe(k);
  for (let i = 0; i < k; i++) expect(S[i] >= (i + 1 < k ? S[i + 1] : 0)).toBe(true);
  for (let j = 0; j < k; j++) expect(largestEntry(U, j)).toBeGreaterThan(0);
  expect(A.data).toEqual(kept);
}

/** The entry of largest magnitude of a column, the first one among equals. */
function largestEntry(U: Matrix, col: number): number {
  let largest = 0;
  for (let i = 0; i < U.rows; i++) {
    if (Math.abs(U.get(i, col)) > Math.abs(largest)) largest = U.get(i, col);
  }
  return largest;
}

test("svd(A) = U diag(S) V' with orthonormal U and V and descending S, kind by kind", () => {
  for (const recipe of standardRecipes(standardShapes)) check(recipe);
});

test("svd(A) = U diag(S) V', whatever the shape", () => {
  fc.assert(fc.property(anyRecipe(80), check));
});

test("svd(A) gives the same bits every time", () => {
  const A = build({ rows: 60, cols: 50, kind: "random", dtype: "f64", seed: 3 });
  expect(svd(A)).toEqual(svd(A));
});

test("svd(A) refuses entries that are not finite, by name", () => {
  const A = Matrix.from([
    [1, 2],
    [3, Number.POSITIVE_INFINITY],
  ]);
  expect(() => svd(A)).toThrow("svd: A[1, 1] is Infinity: every entry must be finite");
});

test("svd(A) refuses a matrix whose largest singular value would overflow, by name", () => {
  expect(() => svd(Matrix.from([[1.7e308, 1.7e308]]))).toThrow("svd: S overflows f64");
});

test("svd(A) with vectors: false returns singular values only", () => {
  const { U, S, V } = svd(
    Matrix.from([
      [0, 2],
      [1, 0],
      [0, 0],
    ]),
    { vectors: false },
  );
  expect([U.rows, U.cols, V.rows, V.cols]).toEqual([3, 0, 2, 0]);
  expect(Array.from(S)).toEqual([2, 1]);
});
