// Orthonormal columns of a block whose lines are shared out.
import fc from "fast-check";
import { expect, test } from "vitest";
import { orthonormalizeLines } from "../../src/als/orthonormal-lines.js";
import { ownLines } from "../../src/als/side.js";
import { hstack, Matrix, matmul, norm, subtract, svd } from "../../src/index.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { Block, Job } from "../../src/wasm/index.js";
import { bound, eps, expectBelow } from "../helpers/ratios.js";
import { together } from "../helpers/shards.js";

/** m x k, of this condition number. */
function conditioned(m: number, k: number, condition: number, seed: number): Matrix {
  const U = svd(Matrix.randomNormal(m, k, { seed })).U;
  const V = svd(Matrix.randomNormal(k, k, { seed: seed + 1 })).U;
  const scaled = Matrix.from(
    Array.from({ length: m }, (_, i) =>
      Array.from({ length: k }, (_, j) => U.get(i, j) * condition ** -(j / Math.max(1, k - 1))),
    ),
  );
  return matmul(scaled, V).astype("f32");
}

/** What every one of so many shards has at the end, each with its own lines at first. */
function orthonormal(Y: Matrix, edges: number[], shards: number, passes: number) {
  const lines = Int32Array.from(edges);
  const blocks = new RowBlocks(Int32Array.from(edges, (_, b) => b));
  const shares = blocks.shares(shards, (block) => block);
  const held = shares.map((share) => {
    const own = ownLines(lines, share);
    const block = Block.put(new Job(), Y);
    const [first, end] = [own.first * Y.cols, (own.first + own.count) * Y.cols];
    block.view().fill(Number.NaN, 0, first).fill(Number.NaN, end);
    return block;
  });
  together(shares.map((share, i) => orthonormalizeLines(held[i], lines, share, passes)));
  return held.map((block) => block.read() as Float32Array);
}

/** The largest entry of Q'Q - I. */
function lossOfOrthogonality(Q: Matrix): number {
  const gram = matmul(Q, Q, { transposeA: true });
  let worst = 0;
  for (let i = 0; i < Q.cols; i++) {
    for (let j = 0; j < Q.cols; j++) {
      worst = Math.max(worst, Math.abs(gram.get(i, j) - (i === j ? 1 : 0)));
    }
  }
  return worst;
}

const cases = fc.record({
  sizes: fc.array(fc.constantFrom(0, 1, 7, 40, 4100), { minLength: 1, maxLength: 5 }),
  k: fc.integer({ min: 1, max: 24 }),
  condition: fc.constantFrom(1, 10, 60),
  seed: fc.nat(1000),
});

test("two passes leave a few roundings, and span what was spanned, in any number of shards", () => {
  fc.assert(
    fc.property(cases, ({ sizes, k, condition, seed }) => {
      const edges = [0];
      for (const size of [...sizes, 2 * k]) edges.push(edges[edges.length - 1] + size);
      const m = edges[edges.length - 1];
      const Y = conditioned(m, k, condition, seed);
      const [alone, ...others] = [1, 2, 3].map((shards) => orthonormal(Y, edges, shards, 2));
      for (const result of others.flat()) expect(result).toEqual(alone[0]);
      const Q = new Matrix(m, k, Float64Array.from(alone[0]));
      const orthogonality = lossOfOrthogonality(Q);
      let left = 0;
      // What of Y is not in the span of Q.
      const exact = Y.astype("f64");
      const projected = matmul(Q, matmul(Q, exact, { transposeA: true }));
      for (let p = 0; p < exact.data.length; p++) {
        left = Math.max(left, Math.abs(exact.data[p] - projected.data[p]));
      }
      expectBelow(bound, {
        orthogonality: orthogonality / eps.f32,
        span: left / (condition * eps.f32),
      });
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["two equal columns", (i: number) => [i % 5, 1, i % 5]],
  ["columns that nearly are", (i: number) => [i % 5, (i % 5) + 1e-6 * (i % 7), (i % 7) * 1e-20]],
])("nearly dependent columns become orthonormal as well: %s", (_name, row) => {
  const Y = Matrix.from(Array.from({ length: 50 }, (_, i) => row(i))).astype("f32");
  for (const shards of [1, 2]) {
    for (const result of orthonormal(Y, [0, 1, 50], shards, 2)) {
      const loss = lossOfOrthogonality(new Matrix(50, 3, Float64Array.from(result)));
      expectBelow(bound, { orthogonality: loss / eps.f32 });
    }
  }
});

test("a column of zeros stays one, and the others become orthonormal", () => {
  const Y = Matrix.from(Array.from({ length: 50 }, (_, i) => [i % 5, 0, 1])).astype("f32");
  for (const result of orthonormal(Y, [0, 1, 50], 2, 2)) {
    const rows = Array.from({ length: 50 }, (_, i) => [...result.subarray(3 * i, 3 * i + 3)]);
    expect(rows.map((row) => row[1])).toEqual(new Array(50).fill(0));
    const others = Matrix.from(rows.map(([first, , third]) => [first, third]));
    expectBelow(bound, { orthogonality: lossOfOrthogonality(others) / eps.f32 });
  }
});

test("of nine columns that span three dimensions all become orthonormal, and span those", () => {
  const three = conditioned(40, 3, 10, 1);
  const Y = hstack([three, three, three]);
  for (const result of orthonormal(Y, [0, 13, 40], 2, 2)) {
    const Q = new Matrix(40, 9, Float64Array.from(result));
    const exact = three.astype("f64");
    const projected = matmul(Q, matmul(Q, exact, { transposeA: true }));
    expectBelow(bound, {
      orthogonality: lossOfOrthogonality(Q) / eps.f32,
      span: norm(subtract(exact, projected)) / (10 * eps.f32),
    });
  }
});

test("what is not a number is said, and not looked at for ever", () => {
  const Y = Matrix.from([
    [1, 2],
    [3, Number.NaN],
    [5, 6],
  ]).astype("f32");
  expect(() => orthonormal(Y, [0, 3], 1, 2)).toThrow("the columns are not finite");
});
