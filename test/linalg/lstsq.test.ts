import fc from "fast-check";
import { expect, test } from "vitest";
import { lstsq, Matrix, matmul, pinv, rank, svd } from "../../src/index.js";
import { anyRecipe, build } from "../helpers/matrices.js";
import {
  bound,
  eps,
  expectBelow,
  leastSquaresRatio,
  pseudoinverseRatios,
} from "../helpers/ratios.js";

/** Kinds at the ends of the range, where solutions leave it. */
const extreme = ["tiny", "huge", "denormal", "wideRange"];
const sameRange = (kind: string) => (kind === "tiny" || kind === "huge" ? kind : "random");

test("lstsq(A, B) makes the residual orthogonal to A's columns, whatever the rank", () => {
  fc.assert(
    fc.property(anyRecipe(60), fc.integer({ min: 0, max: 5 }), (recipe, p) => {
      fc.pre(recipe.kind !== "denormal" && recipe.kind !== "wideRange");
      const A = build(recipe);
      const B = build({ ...recipe, cols: p, kind: sameRange(recipe.kind), seed: recipe.seed + 1 });
      const kept = [A.data.slice(), B.data.slice()];
      const { X, residualNorms, S } = lstsq(A, B);
      expect([X.rows, X.cols, X.dtype]).toEqual([A.cols, p, A.dtype]);
      expect([residualNorms.length, S.length]).toEqual([p, Math.min(A.rows, A.cols)]);
      expectBelow(bound, { normalEquations: leastSquaresRatio(A, X, B) }, recipe);
      expect([A.data, B.data]).toEqual(kept);
    }),
  );
});

test("lstsq(A, B) lies in the row space of A, so no solution is shorter", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(1e6),
      (rows, cols, r, seed) => {
        const A = matmul(
          Matrix.randomNormal(rows, r, { seed }),
          Matrix.randomNormal(r, cols, { seed: seed + 1 }),
        );
        const { X, rank: found } = lstsq(A, Matrix.randomNormal(rows, 2, { seed: seed + 2 }));
        expect(found).toBe(Math.min(rows, cols, r));
        expect(rank(A)).toBe(found);
        const { V } = svd(A);
        const basis = Matrix.zeros(cols, found);
        for (let i = 0; i < cols; i++) basis.row(i).set(V.row(i).subarray(0, found));
        const projected = matmul(basis, matmul(basis, X, { transposeA: true }));
        const size = Math.max(...X.data.map(Math.abs));
        X.data.forEach((value, i) => {
          expect(Math.abs(value - projected.data[i])).toBeLessThan(1e4 * eps.f64 * size);
        });
      },
    ),
  );
});

test("residual norms are those of A X - B, and 0 to rounding for a system with solutions", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(1e6),
      (rows, cols, seed) => {
        const A = Matrix.randomNormal(rows, cols, { seed });
        const B = Matrix.randomNormal(rows, 3, { seed: seed + 1 });
        const { X, residualNorms } = lstsq(A, B);
        const product = matmul(A, X);
        for (let j = 0; j < 3; j++) {
          const squares = Array.from(
            { length: rows },
            (_, i) => (product.get(i, j) - B.get(i, j)) ** 2,
          );
          const norm = Math.sqrt(squares.reduce((sum, x) => sum + x, 0));
          expect(Math.abs(residualNorms[j] - norm)).toBeLessThan(1e-9);
        }
        const exact = lstsq(A, product).residualNorms;
        expect(exact.every((norm) => norm < 1e-9)).toBe(true);
      },
    ),
  );
});

test("a larger tolerance lowers the rank and shortens the solution", () => {
  const A = Matrix.from([
    [1, 0],
    [0, 1e-3],
  ]);
  const B = Matrix.from([[1], [1]]);
  expect(lstsq(A, B).X.toArray()).toEqual([[1], [1000]]);
  const { X, rank: found } = lstsq(A, B, { tolerance: 0.01 });
  expect(found).toBe(1);
  expect(X.toArray()).toEqual([[1], [0]]);
});

test("without rows, columns or entries that are not zero the shortest solution is zero", () => {
  expect(lstsq(Matrix.zeros(0, 2), Matrix.zeros(0, 1)).X.toArray()).toEqual([[0], [0]]);
  const { X, residualNorms, rank: found } = lstsq(Matrix.zeros(2, 3), Matrix.from([[3], [4]]));
  expect([found, ...residualNorms, ...X.data]).toEqual([0, 5, 0, 0, 0]);
  expect([...lstsq(Matrix.zeros(2, 0), Matrix.from([[3], [4]])).residualNorms]).toEqual([5]);
});

test("pinv(A) meets the conditions of Moore and Penrose", () => {
  fc.assert(
    fc.property(anyRecipe(40), (recipe) => {
      fc.pre(!extreme.includes(recipe.kind));
      const A = build(recipe);
      const P = pinv(A);
      expect([P.rows, P.cols, P.dtype]).toEqual([A.cols, A.rows, A.dtype]);
      expectBelow(bound, pseudoinverseRatios(A, P), recipe);
    }),
  );
});

test("pinv of a tiny matrix is huge, and named where it would not be finite", () => {
  expect(pinv(Matrix.from([[2 ** -1000]])).get(0, 0)).toBe(2 ** 1000);
  expect(pinv(Matrix.from([[2 ** 1000]])).get(0, 0)).toBe(2 ** -1000);
  expect(() => pinv(Matrix.from([[2 ** -1074]]))).toThrow("pinv: the inverse overflows f64");
});

test("rank counts the singular values above the tolerance", () => {
  const A = Matrix.from([
    [1, 0, 0],
    [0, 1e-3, 0],
    [0, 0, 1e-20],
  ]);
  expect(rank(A)).toBe(2);
  expect(rank(A, { tolerance: 1e-2 })).toBe(1);
  expect(rank(A, { tolerance: 0 })).toBe(3);
  expect(rank(Matrix.zeros(4, 3))).toBe(0);
  expect(rank(Matrix.zeros(0, 3))).toBe(0);
  expect(rank(Matrix.from([[1e308, 1e308]]))).toBe(1);
  expect(rank(build({ rows: 30, cols: 20, kind: "rankTwo", dtype: "f32", seed: 1 }))).toBe(2);
});

test("lstsq, pinv and rank refuse what does not fit, by name", () => {
  const I = Matrix.identity(2);
  expect(() => lstsq(I, Matrix.zeros(3, 1))).toThrow("lstsq: A is 2 x 2 and B is 3 x 1");
  expect(() => lstsq(I, Matrix.zeros(2, 1, { dtype: "f32" }))).toThrow(TypeError);
  expect(() => lstsq(I, Matrix.from([[1], [Number.NaN]]))).toThrow("lstsq: B[1, 0] is NaN");
  expect(() => pinv(Matrix.from([[Number.POSITIVE_INFINITY]]))).toThrow("A[0, 0] is Infinity");
  expect(() => rank(Matrix.from([[Number.NaN]]))).toThrow("rank: A[0, 0] is NaN");
  for (const tolerance of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => lstsq(I, I, { tolerance })).toThrow(`lstsq: tolerance is ${tolerance}`);
    expect(() => pinv(I, { tolerance })).toThrow(`pinv: tolerance is ${tolerance}`);
    expect(() => rank(I, { tolerance })).toThrow(`rank: tolerance is ${tolerance}`);
  }
});
