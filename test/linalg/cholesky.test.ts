import fc from "fast-check";
import { expect, test } from "vitest";
import { cholesky, type DType, Matrix, matmul, NotPositiveDefiniteError } from "../../src/index.js";
import { build, timesPowerOfTwo } from "../helpers/matrices.js";
import { bound, expectBelow, productRatio } from "../helpers/ratios.js";

interface DefiniteRecipe {
  n: number;
  kind: string;
  dtype: DType;
  seed: number;
  exponent: number;
}

/** X'X + I of a recipe, times a power of two. */
function definite({ n, kind, dtype, seed, exponent }: DefiniteRecipe): Matrix {
  const X = build({ rows: n, cols: n, kind, dtype, seed });
  const A = matmul(X, X, { transposeA: true });
  for (let i = 0; i < n; i++) A.set(i, i, A.get(i, i) + 1);
  A.data.forEach((value, i) => {
    A.data[i] = timesPowerOfTwo(value, exponent);
  });
  return A;
}

const size = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 150 }));

test("cholesky(A) is a lower triangle with a positive diagonal and L L' = A", () => {
  fc.assert(
    fc.property(
      fc.record({
        n: size,
        kind: fc.constantFrom("random", "hilbert", "rankTwo", "ones", "identity", "zero"),
        dtype: fc.constantFrom("f32" as const, "f64" as const),
        seed: fc.nat(1e6),
        // At both ends of f32's range.
        exponent: fc.constantFrom(0, 1, 110, -120),
      }),
      (recipe) => {
        const A = definite(recipe);
        const kept = A.data.slice();
        const L = cholesky(A);
        expect([L.rows, L.cols, L.dtype]).toEqual([recipe.n, recipe.n, recipe.dtype]);
        for (let i = 0; i < recipe.n; i++) {
          expect(L.get(i, i)).toBeGreaterThan(0);
          expect(
            L.row(i)
              .subarray(i + 1)
              .every((entry) => entry === 0),
          ).toBe(true);
        }
        expectBelow(bound, { residual: productRatio(A, L, L.transpose()) }, recipe);
        expect(A.data).toEqual(kept);
      },
    ),
  );
});

test("cholesky names the first leading minor that is not positive", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(1e6), (n, seed) => {
      const minor = 1 + (seed % n);
      const A = definite({ n, kind: "random", dtype: "f64", seed, exponent: 0 });
      A.set(minor - 1, minor - 1, -1);
      let error: unknown;
      try {
        cholesky(A);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(NotPositiveDefiniteError);
      expect((error as NotPositiveDefiniteError).minor).toBe(minor);
      expect((error as Error).message).toContain(`order ${minor} of ${n} is not positive`);
    }),
  );
});

test("cholesky keeps what is small beside what is large", () => {
  const L = cholesky(
    Matrix.from([
      [2 ** 1000, 0],
      [0, 2 ** -1000],
    ]),
  );
  expect(L.toArray()).toEqual([
    [2 ** 500, 0],
    [0, 2 ** -500],
  ]);
});

test("cholesky refuses a singular matrix, as its last minor is not positive", () => {
  const A = Matrix.from([
    [1, 1],
    [1, 1],
  ]);
  expect(() => cholesky(A)).toThrow(NotPositiveDefiniteError);
  expect(() => cholesky(Matrix.zeros(3, 3))).toThrow("order 1 of 3 is not positive");
});

test("cholesky lets the asymmetry of rounding pass and refuses more, by the entries", () => {
  const A = Matrix.from([
    [2, 1],
    [1 + 2 ** -52, 2],
  ]);
  expect(cholesky(A).rows).toBe(2);
  A.set(1, 0, 1.5);
  expect(() => cholesky(A)).toThrow("cholesky: A[1, 0] is 1.5 and A[0, 1] is 1");
  const far = Matrix.identity(70);
  far.set(3, 65, 1e-3);
  expect(() => cholesky(far)).toThrow("A[65, 3] is 0 and A[3, 65] is 0.001");
});

test("cholesky refuses shapes and entries that do not fit, by name", () => {
  expect(() => cholesky(Matrix.zeros(2, 3))).toThrow("cholesky: A is 2 x 3: it must be square");
  expect(() => cholesky(Matrix.from([[Number.NaN]]))).toThrow("cholesky: A[0, 0] is NaN");
  expect(() => cholesky([[1]] as never)).toThrow("cholesky: A is Array: it must be a Matrix");
});
