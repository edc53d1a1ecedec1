import { expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { truncatedSvd } from "../../src/linalg/truncated-svd.js";

// Gaussian: the singular values hardly decay, where a randomized SVD is off by a percent.
test.each([
  [50, 30, 3],
  [30, 50, 29],
  [400, 300, 5],
  [120, 120, 1],
  [8, 5, 5],
  [9, 4, 0],
])(
  "the leading triplets of a Gaussian %i x %i, rank %i, are those of the full SVD",
  (m, n, rank) => {
    for (const [dtype, bound] of [
      ["f64", 1e-9],
      ["f32", 2e-4],
    ] as const) {
      const A = Matrix.randomNormal(m, n, { seed: m + n, dtype });
      const full = svd(A);
      const { U, S, V } = truncatedSvd(A, { rank, seed: 3 });
      expect([U.rows, U.cols, S.length, V.rows, V.cols]).toEqual([m, rank, rank, n, rank]);
      for (let k = 0; k < rank; k++) {
        expect(Math.abs(S[k] - full.S[k]) / full.S[0]).toBeLessThan(bound);
      }
      // A V = U diag(S), so the vectors belong together.
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < rank; k++) {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += A.get(i, j) * V.get(j, k);
          expect(Math.abs(sum - S[k] * U.get(i, k)) / full.S[0]).toBeLessThan(bound);
        }
      }
    }
  },
);

test("the rank must be within the matrix", () => {
  expect(() => truncatedSvd(Matrix.identity(3), { rank: -1, seed: 0 })).toThrow(/rank is -1/);
});
