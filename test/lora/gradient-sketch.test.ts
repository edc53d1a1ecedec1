import fc from "fast-check";
import { expect, test } from "vitest";
import type { LinearOperator } from "../../src/linalg/in-job/linear-operator.js";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { norm } from "../../src/linalg/norm.js";
import { svd } from "../../src/linalg/svd.js";
import { GradientSketch } from "../../src/lora/gradient-sketch.js";

const random = (rows: number, cols: number, seed: number) =>
  Matrix.randomNormal(rows, cols, { seed });
const operator = (G: Matrix): LinearOperator => ({
  ...{ rows: G.rows, cols: G.cols },
  multiply: (X) => matmul(G, X),
  multiplyTransposed: (X) => matmul(G, X, { transposeA: true }),
});
const sum = (shares: readonly number[], parts: readonly Matrix[]) => {
  const total = Matrix.zeros(parts[0].rows, parts[0].cols);
  parts.forEach((part, p) => {
    part.data.forEach((x: number, i: number) => {
      total.data[i] += shares[p] * x;
    });
  });
  return total;
};
const sketched = (G: Matrix, rank: number, seed: number) => {
  const sketch = new GradientSketch(G, { rank, seed, dtype: "f64" });
  sketch.add(operator(G), 1);
  return sketch.triplets();
};

test("of batches whose mean has a low rank it gives the singular triplets of the mean", () => {
  const shape = fc.record({
    rows: fc.integer({ min: 2, max: 40 }),
    cols: fc.integer({ min: 2, max: 40 }),
    rank: fc.integer({ min: 1, max: 3 }),
    batches: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(shape, ({ rows, cols, rank: wanted, batches, seed }) => {
      const rank = Math.min(wanted, rows, cols);
      // Each of rank 1, and together of at most 4, which is no more than four times the rank.
      const parts = Array.from({ length: batches }, (_, i) =>
        matmul(random(rows, 1, seed + i), random(1, cols, seed + 10 + i)),
      );
      const shares = parts.map(() => 1 / batches);
      const sketch = new GradientSketch({ rows, cols }, { rank, seed, dtype: "f64" });
      parts.forEach((part, i) => {
        sketch.add(operator(part), shares[i]);
      });
      const mean = sum(shares, parts);
      const exact = svd(mean).S;
      const { U, S, V } = sketch.triplets();
      expect([U.rows, U.cols, V.rows, V.cols]).toEqual([rows, rank, cols, rank]);
      for (let k = 0; k < rank; k++) {
        expect(Math.abs(S[k] - exact[k]) / exact[0]).toBeLessThan(1e-9);
        // G v = s u.
        const image = matmul(mean, V);
        for (let i = 0; i < rows; i++) {
          expect(Math.abs(image.get(i, k) - S[k] * U.get(i, k)) / exact[0]).toBeLessThan(1e-9);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("where the spectrum decays slowly its directions hold nearly what the best ones hold", () => {
  for (const seed of [1, 2, 3]) {
    const [rows, cols, rank] = [120, 90, 6];
    const { U, V } = svd(random(rows, cols, seed));
    const S = Array.from({ length: cols }, (_, i) => (i + 1) ** -0.7);
    const scaled = Matrix.zeros(rows, cols);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++) scaled.set(i, j, U.get(i, j) * S[j]);
    const G = matmul(scaled, V, { transposeB: true });
    const found = sketched(G, rank, seed);
    const best = Math.sqrt(S.slice(0, rank).reduce((total, s) => total + s * s, 0));
    const held = norm(matmul(matmul(found.U, G, { transposeA: true }), found.V));
    expect(held / best).toBeGreaterThan(0.9);
    expect(held / best).toBeLessThan(1 + 1e-9);
  }
});

test("a gradient times a power of two has the same directions, bit by bit", () => {
  const G = random(30, 20, 4);
  const plain = sketched(G, 4, 7);
  for (const factor of [2 ** -20, 2 ** 20]) {
    const { U, S, V } = sketched(sum([factor], [G]), 4, 7);
    expect(U.data).toEqual(plain.U.data);
    expect(V.data).toEqual(plain.V.data);
    expect(Array.from(S, (s) => s / factor)).toEqual([...plain.S]);
  }
});

test("of nothing the directions are orthonormal all the same", () => {
  const { U, S } = sketched(Matrix.zeros(9, 7), 3, 1);
  expect([...S]).toEqual([0, 0, 0]);
  const gram = matmul(U, U, { transposeA: true });
  expect(norm(sum([1, -1], [gram, Matrix.identity(3)]))).toBeLessThan(1e-12);
});
