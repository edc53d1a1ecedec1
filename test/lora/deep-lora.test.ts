import fc from "fast-check";
import { expect, test } from "vitest";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { norm } from "../../src/linalg/norm.js";
import { svd } from "../../src/linalg/svd.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { addition, learnedRank, plainLora, singularValues } from "../../src/lora/layer-adapter.js";
import { deepLoraBases } from "../../src/lora/subspace.js";
import { signedPermutation } from "../../src/maps/orthogonal-map.js";

const random = (rows: number, cols: number, seed: number) =>
  Matrix.randomNormal(rows, cols, { seed });
const product = (...factors: Matrix[]): Matrix => factors.reduce((A, B) => matmul(A, B));
const scaled = (A: Matrix, by: number): Matrix =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((x) => by * x),
  );
const minus = (A: Matrix, B: Matrix): Matrix =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((x, i) => x - B.data[i]),
  );
const size = (A: Matrix) => norm(A);
/** How much of A lies outside of the span of the orthonormal Q. */
const outside = (Q: Matrix, A: Matrix) =>
  size(minus(A, product(Q, matmul(Q, A, { transposeA: true }))));

const shape = fc.record({
  rows: fc.integer({ min: 4, max: 30 }),
  cols: fc.integer({ min: 4, max: 30 }),
  half: fc.integer({ min: 1, max: 2 }),
  seed: fc.nat(1000),
});

test("the bases hold the gradient's top directions and their images under the random map", () => {
  fc.assert(
    fc.property(shape, ({ rows, cols, half, seed }) => {
      const G = matmul(random(rows, half, seed), random(half, cols, seed + 1));
      const { U, V } = deepLoraBases(G, { rank: 2 * half, seed, stream: 5 });
      const { U: left, V: right } = svd(G);
      const Q = signedPermutation(rows, cols, seed, 5);
      const wide = cols >= rows;
      const [orthonormal, top] = wide ? [V, right] : [U, left];
      const partner = wide ? Q.applyTransposed(left) : Q.apply(right);
      const columns = (A: Matrix) => Matrix.from(A.toArray().map((row) => row.slice(0, half)));
      expect(
        size(
          minus(matmul(orthonormal, orthonormal, { transposeA: true }), Matrix.identity(2 * half)),
        ),
      ).toBeLessThan(1e-12);
      expect(outside(orthonormal, columns(top))).toBeLessThan(1e-6);
      expect(outside(orthonormal, columns(partner))).toBeLessThan(1e-6);
      const image = wide ? Q.apply(V) : Q.applyTransposed(U);
      expect(size(minus(image, wide ? U : V))).toBeLessThan(1e-12);
    }),
    { numRuns: 60 },
  );
});

test("a square adapter starts with the size scale^depth (K2)", () => {
  const { U, V } = deepLoraBases(random(20, 20, 1), { rank: 6, seed: 2, stream: 0 });
  const core = scaled(Matrix.identity(6), 1e-3);
  const start = addition({ factors: [V.transpose(), core, core, core, U], scale: 1 });
  expect(Math.abs(svd(start).S[0] / 1e-9 - 1)).toBeLessThan(1e-10);
});

test.each(["compressed", "narrow"] as const)(
  "the usual rate lets an Adam step move a %s core by the same at every rank, the published one",
  (form) => {
    for (const rank of [2, 4, 8, 30, 64]) {
      const { learningRate } = new DeepLora({ rank, form, published: true });
      // Adam's step is the rate times signs, at most; the largest of those matrices has ones.
      const step = new Matrix(rank, rank, new Float64Array(rank ** 2).fill(learningRate));
      expect(svd(step).S[0]).toBeCloseTo(0.08, 12);
    }
    expect(new DeepLora({ rank: 8, form, published: true }).learningRate).toBe(0.01);
    expect(new DeepLora({ rank: 8 }).learningRate).toBe(0.003);
    expect(new DeepLora({ rank: 16 }).learningRate).toBe(0.0015);
  },
);

test("compressed, gradient descent follows the full-width adapter on a quadratic loss (K6)", () => {
  const [d, half, depth, rate, scale] = [24, 2, 3, 0.3, 0.1];
  const target = matmul(random(d, half, 3), random(half, d, 4), { transposeA: false });
  const Phi = scaled(target, 1 / svd(target).S[0]);
  const Q = signedPermutation(d, d, 7, 9).toMatrix("f64");
  const { U, V } = deepLoraBases(scaled(Phi, -1), { rank: 2 * half, seed: 7, stream: 9 });
  // Whose product is scale^depth Q, as the bases take it to be.
  let wide: Matrix[] = [
    scaled(Q, scale),
    ...Array.from({ length: depth - 1 }, () => scaled(Matrix.identity(d), scale)),
  ];
  let narrow: Matrix[] = Array.from({ length: depth }, () =>
    scaled(Matrix.identity(2 * half), scale),
  );
  /** One step on half the squared distance to B. */
  const step = (factors: Matrix[], B: Matrix): Matrix[] => {
    const R = minus(
      factors.reduce((A, W) => matmul(W, A)),
      B,
    );
    return factors.map((W, l) => {
      let gradient: Matrix = R;
      for (let k = depth - 1; k > l; k--)
        gradient = matmul(factors[k], gradient, { transposeA: true });
      // R on the left is multiplied by what stands before the factor, transposed.
      for (let k = l - 1, before = Matrix.identity(factors[0].cols); k >= 0; k--) {
        before = matmul(before, factors[k]);
        if (k === 0) gradient = matmul(gradient, before, { transposeB: true });
      }
      return minus(W, scaled(gradient, rate));
    });
  };
  const core = product(U.transpose(), Phi, V);
  for (let t = 0; t < 600; t++) [wide, narrow] = [step(wide, Phi), step(narrow, core)];
  const whole = wide.reduce((A, W) => matmul(W, A));
  const small = product(
    U,
    narrow.reduce((A, W) => matmul(W, A)),
    V.transpose(),
  );
  // It has learned something, and the two differ by the passive part only: sqrt(m) rho^depth.
  expect(size(minus(whole, Phi))).toBeLessThan(0.5);
  expect(size(minus(whole, small))).toBeLessThan(
    Math.sqrt(d - 2 * half) * scale ** depth * (1 + 1e-9),
  );
  expect(outside(V, minus(whole, small).transpose())).toBeGreaterThan(0);
  expect(size(product(minus(whole, small), V))).toBeLessThan(1e-9);
});

const layers = fc.record({
  rows: fc.integer({ min: 2, max: 12 }),
  cols: fc.integer({ min: 2, max: 12 }),
  widths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  scale: fc.constantFrom(1, 0.25, 4),
  seed: fc.nat(1000),
});

/** A chain of random factors. */
function chain({
  rows,
  cols,
  widths,
  scale,
  seed,
}: {
  rows: number;
  cols: number;
  widths: number[];
  scale: number;
  seed: number;
}) {
  const sizes = [cols, ...widths, rows];
  return { factors: sizes.slice(1).map((to, i) => random(to, sizes[i], seed + i)), scale };
}

test("an adapter of any depth is plain LoRA exactly, of the rank of its narrowest factor (K3, K5)", () => {
  fc.assert(
    fc.property(layers, (recipe) => {
      const adapter = chain(recipe);
      const whole = addition(adapter);
      const { A, B, scale } = plainLora(adapter);
      const again = scaled(matmul(B.astype("f64"), A.astype("f64")), scale);
      const magnitude = size(A.astype("f64")) * size(B.astype("f64")) * scale + 1e-30;
      expect(size(minus(again, whole)) / magnitude).toBeLessThan(1e-6);
      expect(A.rows).toBeLessThanOrEqual(Math.max(...recipe.widths));
      const S = svd(whole).S;
      const rank = Math.min(...recipe.widths, recipe.rows, recipe.cols);
      expect(S[rank] ?? 0).toBeLessThan(1e-10 * S[0] + 1e-30);
    }),
  );
});

test("a rank that is asked for gives the best approximation of that rank", () => {
  fc.assert(
    fc.property(layers, fc.integer({ min: 1, max: 3 }), (recipe, rank) => {
      const adapter = chain(recipe);
      const whole = addition(adapter);
      const { A, B, scale } = plainLora(adapter, rank);
      const S = svd(whole).S;
      const left = size(minus(scaled(matmul(B.astype("f64"), A.astype("f64")), scale), whole));
      const best = Math.sqrt(
        Array.from(S.slice(rank)).reduce((sum: number, s: number) => sum + s * s, 0),
      );
      expect(left - best).toBeLessThan(1e-5 * S[0] + 1e-30);
      expect(A.rows).toBeLessThanOrEqual(Math.max(rank, 0));
    }),
  );
});

test("singular values are those of the addition, and the learned rank counts them", () => {
  const adapter = chain({ rows: 9, cols: 7, widths: [4, 4], scale: 0.5, seed: 1 });
  const expected = svd(addition(adapter)).S;
  singularValues(adapter).forEach((value, i) => {
    expect(Math.abs(value - expected[i]) / expected[0]).toBeLessThan(1e-6);
  });
  expect(learnedRank([1, 0.5, 1e-5])).toBe(2);
  expect(learnedRank([5e-4, 4e-4])).toBe(0);
  expect(learnedRank([])).toBe(0);
});

test("deepLoraBases refuses odd ranks and ranks above the smaller side", () => {
  const G = random(6, 9, 1);
  expect(() => deepLoraBases(G, { rank: 3, seed: 0, stream: 0 })).toThrow("must be even");
  expect(() => deepLoraBases(G, { rank: 8, seed: 0, stream: 0 })).toThrow("a layer is 6 x 9");
});
