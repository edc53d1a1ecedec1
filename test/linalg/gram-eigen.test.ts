// Eigenvectors of small Gram matrices by Jacobi.
import fc from "fast-check";
import { expect, test } from "vitest";
import { eigh, Matrix, matmul } from "../../src/index.js";
import { gramEigen } from "../../src/linalg/in-job/gram-eigen.js";
import { Job } from "../../src/wasm/index.js";
import { anyRecipe, build } from "../helpers/matrices.js";
import {
  bound,
  eigenRatio,
  eps,
  expectBelow,
  orthogonalityRatio,
  valuesRatio,
} from "../helpers/ratios.js";

function decomposed(G: Matrix): { values: Float64Array; vectors: Matrix } {
  const n = G.rows;
  const { values, vectors } = gramEigen(new Job(), G.data as Float64Array, n);
  return { values, vectors: new Matrix(n, n, vectors).transpose() };
}

/** Scaled, so that its square stays in range. */
function gramOf(A: Matrix): Matrix {
  const B = A.astype("f64");
  let largest = 0;
  for (const x of B.data) largest = Math.max(largest, Math.abs(x));
  for (let p = 0; p < B.data.length; p++) B.data[p] /= largest || 1;
  return matmul(B, B, { transposeA: true });
}

test("orthonormal eigenvectors, descending eigenvalues, those of eigh, whatever the matrix", () => {
  fc.assert(
    fc.property(anyRecipe(40), (recipe) => {
      const G = gramOf(build(recipe));
      const { values, vectors } = decomposed(G);
      for (let i = 1; i < values.length; i++) expect(values[i] <= values[i - 1]).toBe(true);
      expectBelow(
        bound,
        {
          residual: eigenRatio(G, values, vectors),
          orthogonality: orthogonalityRatio(vectors),
          values: valuesRatio(values.slice().reverse(), eigh(G).values, "f64", G.rows),
        },
        recipe,
      );
    }),
  );
});

test("eigenvalues that are far apart keep their relative accuracy where the rows are graded", () => {
  const scales = [1, 1e-5, 1e-10, 1e-20];
  const A = Matrix.randomNormal(9, 4, { seed: 5 });
  const G = matmul(A, A, { transposeA: true });
  const graded = Matrix.from(scales.map((s, i) => scales.map((t, j) => s * t * G.get(i, j))));
  const { values } = decomposed(graded);
  let determinant = values[0];
  for (let i = 1; i < 4; i++) determinant *= values[i];
  const scale = scales.reduce((product, s) => product * s * s, 1);
  const exact = [...eigh(G).values].reduce((product, value) => product * value, 1);
  expect(Math.abs(determinant / scale / exact - 1)).toBeLessThan(1000 * eps.f64);
});

test("of zeros the vectors are orthonormal, and nothing is needed of an empty matrix", () => {
  const { values, vectors } = decomposed(Matrix.zeros(3, 3));
  expect([...values]).toEqual([0, 0, 0]);
  expect(orthogonalityRatio(vectors)).toBe(0);
  expect(decomposed(Matrix.zeros(0, 0)).values).toHaveLength(0);
});
