import fc from "fast-check";
import { expect, test } from "vitest";
import { householderQr, Matrix, matmul, qr, rank } from "../../src/index.js";
import { anyRecipe, build, standardRecipes, standardShapes } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio, productRatio } from "../helpers/ratios.js";

/** A with its columns in this order. */
function permuted(A: Matrix, permutation: Int32Array): Matrix {
  const result = Matrix.zeros(A.rows, A.cols, { dtype: A.dtype });
  for (let i = 0; i < A.rows; i++) {
    permutation.forEach((from, j) => {
      result.data[i * A.cols + j] = A.data[i * A.cols + from];
    });
  }
  return result;
}

test("pivoted QR reproduces the exchanged columns, and the diagonal of R descends", () => {
  for (const recipe of standardRecipes(standardShapes)) {
    const A = build(recipe);
    const { Q, R, permutation } = qr(A, { pivoting: true });
    expect([...permutation].sort((i, j) => i - j)).toEqual([...Array(A.cols).keys()]);
    expectBelow(
      bound,
      {
        residual: productRatio(permuted(A, permutation), Q, R),
        orthogonality: orthogonalityRatio(Q),
      },
      recipe,
    );
    const diagonal = Array.from({ length: R.rows }, (_, i) => Math.abs(R.get(i, i)));
    for (let i = 1; i < diagonal.length; i++) {
      // Columns as long as one another may round to either side.
      expect(diagonal[i] <= diagonal[i - 1] * (1 + 1e-5)).toBe(true);
    }
  }
});

test("the rank of pivoted QR is that of the factors, and the first columns of Q span the range", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 12 }),
      fc.nat(1e6),
      (rows, cols, wanted, seed) => {
        const inner = Math.min(wanted, rows, cols);
        const left = Matrix.randomNormal(rows, inner, { seed });
        const A = matmul(left, Matrix.randomNormal(inner, cols, { seed: seed + 1 }));
        const factors = qr(A, { pivoting: true });
        expect(factors.rank).toBe(inner);
        expect(factors.rank).toBe(rank(A));
        const basis = Matrix.zeros(rows, inner);
        for (let i = 0; i < rows; i++) basis.row(i).set(factors.Q.row(i).subarray(0, inner));
        const projected = matmul(basis, matmul(basis, A, { transposeA: true }));
        expectBelow(1e4 * bound, { residual: productRatio(A, projected, Matrix.identity(cols)) });
        expect(householderQr(A, { pivoting: true }).rank).toBe(inner);
      },
    ),
  );
});

test("the tolerance of the rank is relative to the first diagonal entry", () => {
  const A = Matrix.from([
    [100, 0, 0],
    [0, 1, 0],
    [0, 0, 1e-3],
  ]);
  const rankFor = (tolerance: number) => qr(A, { pivoting: true, tolerance }).rank;
  expect([0.5, 0.001, 1e-6, 0].map(rankFor)).toEqual([1, 2, 3, 3]);
});

test("householderQr gives the bits of qr, and Q X and Q'X as products with the dense Q do", () => {
  fc.assert(
    fc.property(
      anyRecipe(50),
      fc.integer({ min: 0, max: 9 }),
      fc.boolean(),
      (recipe, p, pivoting) => {
        const A = build(recipe);
        const { rows, cols, dtype, seed } = recipe;
        const k = Math.min(rows, cols);
        const dense = pivoting ? qr(A, { pivoting }) : qr(A);
        const implicit = pivoting ? householderQr(A, { pivoting }) : householderQr(A);
        expect(implicit.R).toEqual(dense.R);
        expect(implicit.Q.toDense()).toEqual(dense.Q);
        const X = Matrix.randomNormal(k, p, { seed, dtype });
        const Y = Matrix.randomNormal(rows, p, { seed: seed + 1, dtype });
        const [QX, QtY] = [implicit.Q.multiply(X), implicit.Q.multiplyTransposed(Y)];
        expect([QX.rows, QX.cols, QX.dtype]).toEqual([rows, p, dtype]);
        expect([QtY.rows, QtY.cols, QtY.dtype]).toEqual([k, p, dtype]);
        expectBelow(
          bound,
          {
            product: productRatio(QX, dense.Q, X),
            transposed: productRatio(QtY, dense.Q.transpose(), Y),
          },
          recipe,
        );
      },
    ),
    // Where X is tiny beside Q the ratio of the product of the reference is what is measured.
    { numRuns: 200 },
  );
});

test("products with Q refuse operands that do not fit, by name", () => {
  const { Q } = householderQr(Matrix.randomNormal(5, 3, { seed: 0 }));
  expect([Q.rows, Q.cols, Q.dtype]).toEqual([5, 3, "f64"]);
  expect(() => Q.multiply(Matrix.zeros(5, 1))).toThrow(
    "HouseholderQ.multiply: X is 5 x 1 f64: it must have 3 rows and be f64",
  );
  expect(() => Q.multiplyTransposed(Matrix.zeros(3, 1))).toThrow(RangeError);
  expect(() => Q.multiply(Matrix.zeros(3, 1, { dtype: "f32" }))).toThrow(TypeError);
  expect(() => Q.multiply([[1]] as never)).toThrow("HouseholderQ.multiply: X is Array");
});
