import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, type SvdOptions, svd } from "../../src/index.js";
import spectra from "../fixtures/spectra.json" with { type: "json" };
import { fromFormula } from "../helpers/formulas.js";
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

const methods: SvdOptions[] = [{ method: "golub-kahan" }, { method: "jacobi" }];

function check(recipe: Recipe, options: SvdOptions): void {
  const A = build(recipe);
  const kept = A.data.slice();
  const { U, S, V } = svd(A, options);
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
      valuesOnly: valuesRatio(
        svd(A, { ...options, vectors: false }).S,
        S,
        A.dtype,
        Math.max(A.rows, A.cols),
      ),
    },
    { ...recipe, ...options },
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

test.each(methods)(
  "svd(A) = U diag(S) V' with orthonormal factors, kind by kind, %o",
  (options) => {
    for (const recipe of standardRecipes(standardShapes)) check(recipe, options);
  },
);

test.each(methods)("svd(A) = U diag(S) V', whatever the shape, %o", (options) => {
  fc.assert(fc.property(anyRecipe(70), (recipe) => check(recipe, options)));
});

test("svd(A) = U diag(S) V' where divide and conquer divides more than once", () => {
  for (const kind of ["random", "rankTwo", "kahan", "gradedCols", "repeated", "identity"]) {
    for (const [rows, cols] of [
      [150, 150],
      [160, 140],
      [130, 300],
    ]) {
      check({ rows, cols, kind, dtype: "f64", seed: 2 }, {});
      check({ rows, cols, kind, dtype: "f32", seed: 2 }, {});
    }
  }
});

test.each(methods)("svd(A) finds the singular values that SciPy and mpmath find, %o", (options) => {
  for (const fixture of spectra.singularValues) {
    for (const dtype of ["f64", "f32"] as const) {
      const A = fromFormula(fixture, dtype);
      const size = Math.max(A.rows, A.cols);
      const ratio = valuesRatio(svd(A, options).S, fixture.values, dtype, size);
      expectBelow(bound, { ratio }, { ...options, ...fixture, values: undefined, dtype });
    }
  }
});

test("Jacobi finds the small singular values of graded matrices to high relative accuracy", () => {
  for (const fixture of spectra.gradedSingularValues) {
    const { S } = svd(fromFormula(fixture), { method: "jacobi" });
    const errors = fixture.values.map((value, i) => Math.abs(S[i] - value) / value);
    // The condition that scaling does not remove is some thousands here.
    expectBelow(1e-12, { worst: Math.max(...errors) }, { ...fixture, values: undefined });
  }
});

test("Jacobi's sweeps end on small matrices too", () => {
  // A rotation of a few entries may round by more than a tolerance that shrinks with their number:
  // one in a thousand did not end.
  for (const size of [2, 3]) {
    for (let seed = 0; seed < 3000; seed++) {
      const A = Matrix.randomNormal(size, size, { seed });
      const { S } = svd(A, { method: "jacobi" });
      expect(S[0] >= S[size - 1]).toBe(true);
    }
  }
});

test("svd(A) gives the same bits every time", () => {
  const A = build({ rows: 60, cols: 50, kind: "random", dtype: "f64", seed: 3 });
  for (const options of methods) expect(svd(A, options)).toEqual(svd(A, options));
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

test("svd(A) refuses an unknown method, by name", () => {
  const options = { method: "qr" } as unknown as SvdOptions;
  expect(() => svd(Matrix.identity(2), options)).toThrow(
    'svd: method is "qr": it must be "golub-kahan" or "jacobi"',
  );
});
