import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compress,
  type DeepLinearNetwork,
  deepFactorization,
  factorization,
  gd,
  Matrix,
  momentum,
  type Optimizer,
  train,
} from "../../src/index.js";
import { haarOrthogonal, signedPermutation } from "../../src/maps/orthogonal-map.js";
import { lowRankTarget } from "./problems.js";

function distance(A: Matrix, B: Matrix): number {
  return Math.sqrt([...A.data].reduce((sum, a, i) => sum + (a - B.data[i]) ** 2, 0));
}

function run(
  model: DeepLinearNetwork,
  target: Matrix,
  optimizer: Optimizer,
  steps: number,
): Matrix {
  for (const _ of train(model, factorization(target), {
    steps,
    optimizer,
    outerLearningRateRatio: 0,
  }));
  return model.product();
}

/** rho_l(t + 1) = rho_l (1 - rate prod_{k != l} rho_k²): the passive block of papers' theorem. */
function passiveProduct(scales: number[], rate: number, steps: number): number {
  let rho = scales;
  for (let t = 0; t < steps; t++) {
    rho = rho.map((value, l) => {
      const others = rho.reduce((p, r, k) => (k === l ? p : p * r * r), 1);
      return value * (1 - rate * others);
    });
  }
  return rho.reduce((p, r) => p * r, 1);
}

test("a compressed square run leaves exactly the passive block behind: gap = sqrt(d-2r) prod rho", () => {
  fc.assert(
    fc.property(
      fc.record({
        d: fc.integer({ min: 4, max: 24 }),
        rankShare: fc.double({ min: 0, max: 1, noNaN: true }),
        scales: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
          minLength: 2,
          maxLength: 5,
        }),
        seed: fc.integer({ min: 0, max: 10_000 }),
      }),
      ({ d, rankShare, scales, seed }) => {
        const rank = 1 + Math.floor(rankShare * (Math.floor((d - 1) / 2) - 1));
        const target = lowRankTarget(d, d, rank, seed);
        const depth = scales.length;
        const rate = 0.05;
        const steps = 150;
        const wide = deepFactorization({ shape: { rows: d, cols: d }, depth, scale: scales, seed });
        const narrow = compress(wide, factorization(target), { rank });
        const optimizer = gd({ learningRate: rate });
        const gap = distance(
          run(wide, target, optimizer, steps),
          run(narrow, target, optimizer, steps),
        );
        const expected = Math.sqrt(d - 2 * rank) * passiveProduct(scales, rate, steps);
        expect(Math.abs(gap - expected)).toBeLessThan(1e-10);
      },
    ),
    { numRuns: 60 },
  );
});

test("heavy-ball momentum keeps the compression exact", () => {
  const target = lowRankTarget(20, 20, 2, 4);
  const wide = deepFactorization({ shape: { rows: 20, cols: 20 }, depth: 3, scale: 1e-3, seed: 8 });
  const narrow = compress(wide, factorization(target), { rank: 2 });
  const optimizer = momentum({ learningRate: 0.1, beta: 0.9 });
  const gap = distance(run(wide, target, optimizer, 6000), run(narrow, target, optimizer, 6000));
  // The passive product is 1e-9 and hardly moves; sqrt(20 - 4) of it is the gap.
  expect(Math.abs(gap - 4e-9)).toBeLessThan(1e-10);
  expect(distance(narrow.product(), target)).toBeLessThan(1e-8);
});

test.each([
  [20, 40, 2],
  [40, 20, 2],
  [6, 30, 2],
  [30, 6, 2],
  [39, 40, 3],
])(
  "exact compression of a %i x %i target follows the wide run to the closed form",
  (rows, cols, rank) => {
    const target = lowRankTarget(rows, cols, rank, 9);
    const scale = 0.3;
    const wide = deepFactorization({ shape: { rows, cols }, depth: 3, scale, seed: 2 });
    const problem = factorization(target);
    const exact = compress(wide, problem, { rank, exact: true });
    const plain = compress(wide, problem, { rank });
    const optimizer = gd({ learningRate: 0.1 });
    const steps = 300;
    const reference = run(wide, target, optimizer, steps);
    const smaller = Math.min(rows, cols);
    const passive = passiveProduct([scale, scale, scale], 0.1, steps);
    const expected = Math.sqrt(Math.max(0, smaller - 2 * rank)) * passive;
    const exactGap = distance(reference, run(exact, target, optimizer, steps));
    expect(Math.abs(exactGap - expected)).toBeLessThan(1e-10);
    // Two blocks are not enough off the square: the width-2r form is only near.
    const plainGap = distance(reference, run(plain, target, optimizer, steps));
    expect(plainGap).toBeGreaterThan(exactGap + 1e-6);
    expect(plainGap).toBeLessThan(0.2);
  },
);

test("the exact form follows the wide run to the closed form on any rectangle, up to 30 : 1", () => {
  fc.assert(
    fc.property(
      fc.record({
        smaller: fc.integer({ min: 2, max: 12 }),
        aspect: fc.integer({ min: 2, max: 30 }),
        tall: fc.boolean(),
        scales: fc.array(fc.double({ min: 0.05, max: 0.8, noNaN: true }), {
          minLength: 2,
          maxLength: 4,
        }),
        seed: fc.integer({ min: 0, max: 10_000 }),
      }),
      ({ smaller, aspect, tall, scales, seed }) => {
        const larger = Math.min(smaller * aspect, 120);
        const [rows, cols] = tall ? [larger, smaller] : [smaller, larger];
        const rank = 1 + (seed % Math.max(1, Math.floor((smaller - 1) / 2)));
        const target = lowRankTarget(rows, cols, rank, seed);
        const [rate, steps] = [0.05, 60];
        const wide = deepFactorization({
          shape: { rows, cols },
          depth: scales.length,
          scale: scales,
          seed,
        });
        const narrow = compress(wide, factorization(target), { rank, exact: true });
        const optimizer = gd({ learningRate: rate });
        const gap = distance(
          run(wide, target, optimizer, steps),
          run(narrow, target, optimizer, steps),
        );
        const passive = passiveProduct(scales, rate, steps);
        const expected = Math.sqrt(Math.max(0, smaller - 2 * rank)) * passive;
        expect(Math.abs(gap - expected)).toBeLessThan(1e-10);
      },
    ),
    { numRuns: 30 },
  );
});

test("a rank that is too small fails visibly, one that is too large does not hurt", () => {
  const target = lowRankTarget(24, 24, 3, 6);
  const optimizer = gd({ learningRate: 0.2 });
  const gapAt = (rank: number) => {
    const wide = deepFactorization({ shape: { rows: 24, cols: 24 }, scale: 1e-2, seed: 1 });
    const narrow = compress(wide, factorization(target), { rank });
    return distance(run(wide, target, optimizer, 2000), run(narrow, target, optimizer, 2000));
  };
  expect(gapAt(2)).toBeGreaterThan(0.1);
  expect(gapAt(4)).toBeLessThan(1e-5);
});

test("compress never forms the wide factors", () => {
  // 200,000 x 150,000 and full width: the wide factors would take 700 GB.
  const model = deepFactorization({ shape: { rows: 200_000, cols: 150_000 }, depth: 3, seed: 0 });
  expect(model.parameterCount).toBe(200_000 * (150_000 + 200_000 + 200_000));
});

test("compress refuses what it cannot compress, by name", () => {
  const square = deepFactorization({ shape: { rows: 6, cols: 6 } });
  const problem = factorization(Matrix.identity(6));
  const narrow = deepFactorization({ shape: { rows: 6, cols: 6 }, width: 4 });
  expect(() => compress(narrow, problem, { rank: 1 })).toThrow(/width is 4: it must be at least 6/);
  expect(() => compress(square, factorization(Matrix.identity(5)), { rank: 1 })).toThrow(
    /the model is 6 x 6 and the problem 5 x 5/,
  );
  expect(() => compress(square, problem, { rank: 0 })).toThrow(/rank is 0/);
  expect(() => compress(square, problem, { rank: 7 })).toThrow(/rank is 7/);
  expect(() => compress(square, problem, { rank: 1.5 })).toThrow(/rank is 1.5/);
  expect(() => compress(square, problem, { rank: 2, width: 5 })).toThrow(/must be even/);
  expect(() => compress(square, problem, { rank: 2, width: 2 })).toThrow(/width is 2/);
});

test.each(Object.entries({ signedPermutation, haarOrthogonal }))(
  "%s as a matrix is what it makes of the identity, to the bit",
  (_, makeMap) => {
    for (const [rows, cols] of [
      [1, 1],
      [4, 4],
      [3, 7],
      [7, 3],
    ]) {
      for (const dtype of ["f32", "f64"] as const) {
        const map = makeMap(rows, cols, 5, 2);
        const expected = map.apply(Matrix.identity(cols, cols, { dtype }));
        // toEqual tells -0 from 0.
        if (makeMap === signedPermutation) expect(map.toMatrix(dtype)).toEqual(expected);
        else expect(distance(map.toMatrix(dtype), expected)).toBe(0);
      }
    }
  },
);
