import fc from "fast-check";
import { test } from "vitest";
import { factorization, type Matrix, matmul, spectralCompress } from "../../src/index.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";
import { withSpectrum } from "../helpers/spectra.js";

/** U_j' A v_j, and ‖A'U - V diag(S)‖_F over S[0]. */
function measured(A: Matrix, U: Matrix, V: Matrix) {
  const k = U.cols;
  const images = matmul(A, U, { transposeA: true });
  const S = new Float64Array(k);
  for (const [p, x] of images.data.entries()) S[p % k] += x * V.data[p];
  let squares = 0;
  for (const [p, x] of images.data.entries()) squares += (x - V.data[p] * S[p % k]) ** 2;
  return { S, residual: Math.sqrt(squares) / S[0] };
}

test("the factors hold every copy of each singular value, to the residual that is promised", () => {
  const recipe = fc.record({
    rows: fc.integer({ min: 210, max: 260 }),
    cols: fc.integer({ min: 210, max: 260 }),
    // More copies than a block of Lanczos has vectors, and fewer.
    copies: fc.integer({ min: 1, max: 20 }),
    rank: fc.integer({ min: 1, max: 24 }),
    decay: fc.constantFrom(0.5, 0.8, 0.97),
    dtype: fc.constantFrom("f32" as const, "f64" as const),
    seed: fc.nat(1e6),
  });
  const fourteen = { rows: 240, cols: 230, copies: 14, rank: 17, dtype: "f32" as const, seed: 4 };
  // Here blocks alone end with eight copies of 1, and without full orthogonality U is off by 1e-3.
  const twenty = { rows: 230, cols: 230, copies: 20, rank: 9, dtype: "f64" as const, seed: 0 };
  const slow = { rows: 213, cols: 231, copies: 10, rank: 9, dtype: "f32" as const, seed: 950781 };
  fc.assert(
    fc.property(recipe, ({ rows, cols, copies, rank, decay, dtype, seed }) => {
      const value = (i: number) => decay ** Math.floor(i / copies);
      const { A, S } = withSpectrum({ rows, cols, value, dtype, seed });
      const start = { rank, width: rank, depth: 2, scale: 1, dtype };
      const [transposed, left] = spectralCompress(factorization(A), start).factors();
      const [U, V] = [left, transposed.transpose()];
      const orthogonality = { U: orthogonalityRatio(U), V: orthogonalityRatio(V) };
      expectBelow(bound, orthogonality);
      const found = measured(A.astype("f64"), U.astype("f64"), V.astype("f64"));
      expectBelow(dtype === "f32" ? 1e-5 : 1e-10, { residual: found.residual });
      const values = Math.max(...found.S.map((s, i) => Math.abs(s - S[i])));
      expectBelow(dtype === "f32" ? 3e-6 : 1e-13, { values });
    }),
    {
      numRuns: 40,
      examples: [
        [{ ...fourteen, decay: 0.5 }],
        [{ ...fourteen, decay: 0.97 }],
        [{ ...twenty, decay: 0.5 }],
        [{ ...slow, decay: 0.97 }],
      ],
    },
  );
});
