import { expect, test } from "vitest";
import { mapEntries } from "../../src/index.js";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { truncatedSvd } from "../../src/linalg/truncated-svd.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";
import { toSparse } from "../helpers/spectra.js";

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

// Large enough for blocks narrower than the rank.
const shape = { rows: 420, cols: 350 };
const large = (entry: (i: number, j: number) => number) =>
  mapEntries(Matrix.zeros(shape.rows, shape.cols), (_, i, j) => entry(i, j));
const block = Matrix.randomNormal(28, 25, { seed: 4 });
const kinds: Record<string, Matrix> = {
  "fourteen copies of each": large((i, j) =>
    Math.floor(i / 28) === Math.floor(j / 25) && i < 392 ? block.get(i % 28, j % 25) : 0,
  ),
  "a few columns only": large((i, j) => (j < 8 ? Math.sin(i * i + 7 * i * j) : 0)),
  "half of them each time": large((i, j) => (i === j ? 0.5 ** i : 0)),
  "the same": large((i, j) => (i === j ? 3 : 0)),
  "none but zero": large(() => 0),
  "hardly decaying": Matrix.randomNormal(shape.rows, shape.cols, { seed: 5 }),
  "at the end of the range": Matrix.randomNormal(shape.rows, shape.cols, { seed: 5 }),
};

test.each(Object.entries(kinds))("singular values, %s", (kind, doubles) => {
  const rank = 17;
  for (const dtype of ["f32", "f64"] as const) {
    const small = dtype === "f32" ? 1e-30 : 1e-250;
    const A = mapEntries(doubles.astype(dtype), (x) =>
      kind === "at the end of the range" ? x * small : x,
    );
    const full = svd(A);
    const unit = full.S[0] || 1;
    for (const given of [A, toSparse(A)]) {
      const { U, S, V } = truncatedSvd(given, { rank, seed: 3 });
      expectBelow(bound, { U: orthogonalityRatio(U), V: orthogonalityRatio(V) }, { kind, dtype });
      const norm = (product: Matrix, vectors: Matrix) =>
        Math.hypot(...product.data.map((x, p) => (x - vectors.data[p] * S[p % rank]) / unit));
      const values = Math.max(...S.map((s: number, i: number) => Math.abs(s - full.S[i]) / unit));
      const [left, right] = [norm(matmul(A, U, { transposeA: true }), V), norm(matmul(A, V), U)];
      // Of the residual its square is what the values lack.
      expectBelow(dtype === "f32" ? 1e-5 : 1e-10, { left, right }, { kind, dtype });
      expectBelow(dtype === "f32" ? 3e-6 : 1e-14, { values }, { kind, dtype });
    }
  }
});

test("a row is taken off without making the matrix dense", () => {
  const A = kinds["hardly decaying"];
  const center = new Float64Array(shape.cols).map((_, j) => Math.cos(j));
  const { S } = truncatedSvd(toSparse(A), { rank: 10, seed: 0, center });
  const exact = svd(mapEntries(A, (x, _, j) => x - center[j])).S;
  expectBelow(1e-12, { S: Math.max(...S.map((s: number, i: number) => Math.abs(s - exact[i]))) });
});

test("the rank must be within the matrix", () => {
  expect(() => truncatedSvd(Matrix.identity(3), { rank: -1, seed: 0 })).toThrow(/rank is -1/);
});
