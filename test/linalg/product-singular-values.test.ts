import fc from "fast-check";
import { expect, test } from "vitest";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { productSingularValues } from "../../src/linalg/product-singular-values.js";
import { svd } from "../../src/linalg/svd.js";

const recipe = fc.record({
  m: fc.integer({ min: 0, max: 40 }),
  n: fc.integer({ min: 0, max: 40 }),
  k: fc.integer({ min: 1, max: 12 }),
  rank: fc.integer({ min: 0, max: 12 }),
  scale: fc.constantFrom(1e-30, 1, 1e30),
  seed: fc.nat(),
});

test("the singular values of A B' without the product are those of the product, to 1e-7 of |A| |B|", () => {
  fc.assert(
    fc.property(recipe, ({ m, n, k, rank, scale, seed }) => {
      // Of rank at most `rank`, whatever k is.
      const mixing = Matrix.randomNormal(rank, k, { seed });
      const left = matmul(Matrix.randomNormal(m, rank, { seed: seed + 1 }), mixing);
      const right = Matrix.randomNormal(n, k, { seed: seed + 2 });
      const A = new Matrix(m, k, left.data.map((value) => scale * value) as Float64Array);
      const values = productSingularValues(A, right);
      const { S } = svd(matmul(A, right, { transposeB: true }));
      expect(values).toHaveLength(k);
      expect(values).toEqual(values.slice().sort((a, b) => b - a));
      const [a = 0] = svd(A).S;
      const [b = 0] = svd(right).S;
      values.forEach((value, i) => {
        expect(Math.abs(value - (S[i] ?? 0)) <= 1e-7 * a * b).toBe(true);
      });
    }),
  );
});
