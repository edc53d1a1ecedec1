import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, matmul, svd } from "../../src/index.js";
import { Triangle } from "../../src/linalg/triangle.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";
import { withSpectrum } from "../helpers/spectra.js";

/** A matrix as a file is read. */
const byRows = (A: Matrix) => ({
  ...{ rows: A.rows, cols: A.cols, dtype: A.dtype },
  *blocks(count: number) {
    for (let first = 0; first < A.rows; first += count) {
      const end = Math.min(A.rows, first + count);
      yield new Matrix(end - first, A.cols, A.data.slice(first * A.cols, end * A.cols));
    }
  },
});

function triangleOf(A: Matrix, rows: number): Triangle {
  const triangle = new Triangle(A.cols);
  for (const block of byRows(A).blocks(rows)) triangle.take(triangle.partOf(block, 0, "svd"));
  return triangle;
}

test("the triangle of blocks has the singular triplets of the matrix, whatever the blocks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 1, max: 90 }),
      fc.double({ min: 0.3, max: 1, noNaN: true }),
      fc.constantFrom(1e-150, 1, 1e150),
      fc.nat(1e6),
      (cols, more, count, decay, scale, seed) => {
        const { A } = withSpectrum({
          rows: cols + more,
          cols,
          value: (i) => scale * decay ** i,
          seed,
        });
        const rank = Math.ceil(cols / 2);
        const exact = svd(A);
        const found = triangleOf(A, count).triplets(byRows(A), rank);
        if (found === undefined) throw new Error("there must be triplets");
        const { V, U: left } = found.vectors();
        const data = Float64Array.from([...left.blocks].flatMap((block) => [...block.data]));
        const U = new Matrix(left.rows, left.cols, data);
        const S = Math.max(...found.S.map((s, i) => Math.abs(s - exact.S[i]) / exact.S[0]));
        // U diag(S) = A V, with the signs of svd.
        const product = matmul(A, V);
        let residual = 0;
        for (let p = 0; p < data.length; p++) {
          residual = Math.max(residual, Math.abs(product.data[p] - data[p] * found.S[p % rank]));
        }
        expectBelow(1e-13, { S, residual: residual / exact.S[0] });
        expectBelow(1e-10, { left: orthogonalityRatio(U) * 2.3e-16 * A.rows });
        expectBelow(bound, { right: orthogonalityRatio(V) });
        for (let j = 0; j < rank; j++) {
          const column = Array.from({ length: U.rows }, (_, i) => U.get(i, j));
          expect(Math.max(...column)).toBe(Math.max(...column.map(Math.abs)));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("where U would not be orthonormal there are none: rank too low, zeros, values beyond f32", () => {
  const { A } = withSpectrum({ rows: 60, cols: 6, value: (i) => (i < 3 ? 1 : 1e-12), seed: 1 });
  expect(triangleOf(A, 20).triplets(byRows(A), 3)).toBeDefined();
  expect(triangleOf(A, 20).triplets(byRows(A), 4)).toBeUndefined();
  const none = Matrix.zeros(30, 3);
  expect(triangleOf(none, 10).triplets(byRows(none), 1)).toBeUndefined();
  const large = Matrix.from(
    Array.from({ length: 30 }, () => [3e38]),
    { dtype: "f32" },
  );
  expect(triangleOf(large, 10).triplets(byRows(large), 1)).toBeUndefined();
});
