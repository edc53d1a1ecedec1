import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, randomizedSvd, SparseMatrix, svd } from "../../src/index.js";
import { allKinds, build } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio, svdRatio } from "../helpers/ratios.js";
import { errorNorms, toOperator, toSparse, withSpectrum } from "../helpers/spectra.js";

const fixture = JSON.parse(
  readFileSync(new URL("../fixtures/randomized-svd.json", import.meta.url), "utf8"),
);

const decays: Record<string, (i: number) => number> = {
  halves: (i) => 2 ** -i,
  cubes: (i) => (i + 1) ** -3,
  squares: (i) => (i + 1) ** -2,
  step: (i) => (i < 6 ? 1 : 1e-3),
};

/** Columns whose entry of largest magnitude, the first among equals, is negative. */
function wrongSigns(U: Matrix): number {
  return U.transpose()
    .toArray()
    .filter((column) => {
      const largest = Math.max(...column.map(Math.abs));
      return column[column.findIndex((x) => Math.abs(x) === largest)] < 0;
    }).length;
}

test("the residual is within 1 % of the best of its rank when the singular values decay", () => {
  const recipe = fc.record({
    rows: fc.integer({ min: 12, max: 60 }),
    cols: fc.integer({ min: 12, max: 60 }),
    rank: fc.integer({ min: 1, max: 8 }),
    decay: fc.constantFrom(...Object.keys(decays)),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, ({ rows, cols, rank, decay, seed }) => {
      const { A, S } = withSpectrum({ rows, cols, value: decays[decay], seed });
      const result = randomizedSvd(A, { rank, seed });
      const best = Math.sqrt(S.slice(rank).reduce((sum, s) => sum + s * s, 0));
      const { error } = errorNorms(A, result.U, result.S, result.V);
      expectBelow(1.01, { relative: error / best });
      expectBelow(bound, { U: orthogonalityRatio(result.U), V: orthogonalityRatio(result.V) });
      expect(result.U.rows).toBe(rows);
      expect(result.V.rows).toBe(cols);
      expect(result.S).toHaveLength(rank);
      expect(result.S.every((s, i) => i === 0 || s <= result.S[i - 1])).toBe(true);
      expect(wrongSigns(result.U)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

/** The same matrix as each kind of input; an operator is told the type to compute in. */
const inputs = {
  dense: (A: Matrix) => ({ input: A, type: {} }),
  sparse: (A: Matrix) => ({ input: toSparse(A), type: {} }),
  operator: (A: Matrix) => ({ input: toOperator(A), type: { dtype: A.dtype } }),
};
const inputNames = Object.keys(inputs) as (keyof typeof inputs)[];

test("the error estimate is the Frobenius norm of the error, for an operator a close bound", () => {
  const shapes = [
    [60, 45],
    [45, 60],
    [90, 20],
  ];
  for (const name of inputNames) {
    for (const dtype of ["f32", "f64"] as const) {
      for (const value of [...Object.values(decays), (i: number) => 0.9 ** i, () => 1]) {
        for (let seed = 0; seed < 9; seed++) {
          const [rows, cols] = shapes[seed % 3];
          const { A } = withSpectrum({ rows, cols, value, dtype, seed });
          const { input, type } = inputs[name](A);
          const oversampling = seed % 2 ? 10 : 0;
          const result = randomizedSvd(input, { rank: 5, oversampling, seed, ...type });
          const { error, norm } = errorNorms(A, result.U, result.S, result.V);
          const ratio = result.errorEstimate / error;
          const exact = name !== "operator" && error > norm * (dtype === "f32" ? 1 / 16 : 1e-5);
          const context = { name, dtype, value: String(value), seed, error, ratio };
          expectBelow(exact ? 1.1 : 3, { above: ratio }, context);
          expectBelow(1.0001, { below: 1 / ratio }, context);
        }
      }
    }
  }
});

test("probes bound an error of rank one, their worst case, in 99 of 100 seeds", () => {
  // All but the one singular value that is asked for is one more.
  const value = (i: number) => (i === 0 ? 2 : i === 1 ? 1 : 0);
  const { A } = withSpectrum({ rows: 30, cols: 30, value, seed: 5 });
  const ratios = Array.from({ length: 500 }, (_, seed) => {
    const options = { rank: 1, oversampling: 0, powerIterations: 20, seed };
    return randomizedSvd(toOperator(A), options).errorEstimate;
  });
  expect(ratios.filter((ratio) => ratio < 1).length).toBeLessThan(5);
  expect(ratios.filter((ratio) => ratio > 3).length).toBeLessThan(5);
});

test("the error of a matrix of the rank asked for is estimated as rounding", () => {
  for (const name of inputNames) {
    const value = (i: number) => (i < 4 ? 1 : 0);
    const { A } = withSpectrum({ rows: 50, cols: 40, value, seed: 9 });
    const { errorEstimate } = randomizedSvd(inputs[name](A).input, { rank: 4, seed: 1 });
    expectBelow(1e-13, { errorEstimate });
  }
});

test("the error of scaled matrices scales exactly", () => {
  const { A } = withSpectrum({ rows: 20, cols: 15, value: (i) => 1 / (i + 1), seed: 2 });
  const { errorEstimate } = randomizedSvd(A, { rank: 3, seed: 1 });
  for (const exponent of [-900, -300, 300, 900]) {
    const scaled = new Matrix(
      20,
      15,
      A.data.map((x) => x * 2 ** exponent),
    );
    const ratio = randomizedSvd(scaled, { rank: 3, seed: 1 }).errorEstimate / 2 ** exponent;
    expectBelow(1e-12, { difference: Math.abs(ratio / errorEstimate - 1) });
  }
});

test("a tolerance is kept with a rank close to the smallest possible", () => {
  const recipe = fc.record({
    rows: fc.integer({ min: 1, max: 90 }),
    cols: fc.integer({ min: 1, max: 90 }),
    decay: fc.oneof(
      fc.record({ power: fc.double({ min: 0.5, max: 4, noNaN: true }) }),
      fc.record({ ratio: fc.double({ min: 0.1, max: 0.97, noNaN: true }) }),
      fc.record({ step: fc.integer({ min: 1, max: 40 }) }),
    ),
    digits: fc.double({ min: 0, max: 12, noNaN: true }),
    dtype: fc.constantFrom("f32" as const, "f64" as const),
    name: fc.constantFrom(...inputNames),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, ({ rows, cols, decay, digits, dtype, name, seed }) => {
      const tolerance = 10 ** -(dtype === "f32" ? Math.min(digits, 4.9) : digits);
      const value = (i: number) => {
        if ("power" in decay) return (i + 1) ** -decay.power;
        if ("ratio" in decay) return decay.ratio ** i;
        return i < decay.step ? 1 : 1e-3;
      };
      const { A, S } = withSpectrum({ rows, cols, value, dtype, seed });
      const { input, type } = inputs[name](A);
      const result = randomizedSvd(input, { tolerance, seed, ...type });
      const { error, norm } = errorNorms(A, result.U, result.S, result.V);
      const margin = dtype === "f32" ? 1e-5 : 1e-9;
      expectBelow(tolerance * norm * (1 + margin) + Number.MIN_VALUE, { error });
      expectBelow(bound, { U: orthogonalityRatio(result.U), V: orthogonalityRatio(result.V) });
      // The smallest rank for this tolerance; for an operator, whose bound may double, for half.
      const share = (name === "operator" ? 0.25 : 0.97) * tolerance ** 2;
      const energy = (rank: number) => S.slice(rank).reduce((sum, s) => sum + s * s, 0);
      let smallest = 0;
      while (energy(smallest) > share * energy(0)) smallest++;
      expect(result.S.length <= smallest + 2 + smallest / 8).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("maxRank ends the growth, and the error estimate says that it was too early", () => {
  const { A } = withSpectrum({ rows: 60, cols: 50, value: (i) => 1 / (i + 1), seed: 1 });
  const result = randomizedSvd(A, { tolerance: 1e-3, maxRank: 7, seed: 0 });
  expect(result.S).toHaveLength(7);
  const { error, norm } = errorNorms(A, result.U, result.S, result.V);
  expectBelow(1e-3, { estimate: Math.abs(result.errorEstimate / error - 1) });
  expect(result.errorEstimate).toBeGreaterThan(1e-3 * norm);
  expect(randomizedSvd(A, { tolerance: 1e-3, maxRank: 0, seed: 0 }).S).toHaveLength(0);
  expect(randomizedSvd(Matrix.zeros(5, 4), { tolerance: 1e-3, seed: 0 }).S).toHaveLength(0);
  expect(randomizedSvd(Matrix.zeros(0, 4), { tolerance: 1e-3, seed: 0 }).S).toHaveLength(0);
});

test("noise breaks the sample without power iterations and not with them", () => {
  const value = (i: number) => (i < 5 ? 1 : 0.2);
  const { A } = withSpectrum({ rows: 200, cols: 150, value, seed: 3 });
  const worst = (powerIterations: number) => {
    const { S } = randomizedSvd(A, { rank: 5, powerIterations, oversampling: 5, seed: 4 });
    return Math.max(...S.map((s) => Math.abs(s - 1)));
  };
  expect(worst(0)).toBeGreaterThan(0.05);
  expect(worst(2) < 1e-3).toBe(true);
  expect(worst(8) < 1e-9).toBe(true);
});

test("a matrix of exactly the rank asked for is reproduced to rounding", () => {
  const recipe = fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    cols: fc.integer({ min: 1, max: 40 }),
    rank: fc.integer({ min: 1, max: 10 }),
    dtype: fc.constantFrom("f32" as const, "f64" as const),
    oversampling: fc.constantFrom(0, 3, 10),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, ({ rows, cols, rank, dtype, oversampling, seed }) => {
      const r = Math.min(rank, rows, cols);
      const value = (i: number) => (i < r ? 1 + i : 0);
      const { A } = withSpectrum({ rows, cols, value, dtype, seed });
      const { U, S, V } = randomizedSvd(A, { rank: r, oversampling, seed });
      expectBelow(bound, { residual: svdRatio(A, U, S, V), U: orthogonalityRatio(U) });
      expect([U.dtype, V.dtype, S instanceof Float32Array]).toEqual([
        dtype,
        dtype,
        dtype === "f32",
      ]);
    }),
  );
});

test("the full rank is a full decomposition, whatever the matrix", () => {
  for (const kind of allKinds) {
    for (const dtype of ["f32", "f64"] as const) {
      for (const [rows, cols] of [
        [7, 7],
        [23, 5],
        [4, 19],
      ]) {
        const recipe = { rows, cols, kind, dtype, seed: 11 };
        const A = build(recipe);
        const { U, S, V } = randomizedSvd(A, { rank: Math.min(rows, cols), seed: 1 });
        const orthogonality = { U: orthogonalityRatio(U), V: orthogonalityRatio(V) };
        expectBelow(bound, { residual: svdRatio(A, U, S, V), ...orthogonality }, recipe);
      }
    }
  }
});

test.each(["f32", "f64"] as const)(
  "dense, sparse and operator agree to rounding in %s",
  (dtype) => {
    const value = (i: number) => 3 ** -i;
    const { A } = withSpectrum({ rows: 30, cols: 45, value, dtype, seed: 8 });
    const options = { rank: 4, seed: 2 };
    const dense = randomizedSvd(A, options);
    const tolerance = (dtype === "f32" ? 2 ** -24 : 2 ** -53) * 45 * 30;
    const others = {
      sparse: randomizedSvd(toSparse(A), options),
      operator: randomizedSvd(toOperator(A), { ...options, dtype }),
    };
    for (const other of Object.values(others)) {
      for (const [mine, theirs] of [
        [dense.S, other.S],
        [dense.U.data, other.U.data],
        [dense.V.data, other.V.data],
      ]) {
        const difference = Math.max(...mine.map((x, i) => Math.abs(x - theirs[i])));
        expectBelow(tolerance, { difference });
      }
    }
  },
);

test("singular triplets are those of NumPy", () => {
  const { rows, cols, S, U, V } = fixture.smooth;
  const A = Matrix.zeros(rows, cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      A.data[i * cols + j] = 1 / (1 + (25 * (i * cols - j * rows) ** 2) / (rows * cols) ** 2);
    }
  }
  const result = randomizedSvd(A, { rank: fixture.rank, powerIterations: 6, seed: 0 });
  const worst = (a: ArrayLike<number>, b: number[]) =>
    Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));
  expectBelow(1e-12, {
    S: worst(result.S, S),
    U: worst(result.U.data, U),
    V: worst(result.V.data, V),
  });
});

test("the seed settles every bit", () => {
  const A = Matrix.randomNormal(30, 20, { seed: 1 });
  const run = (seed: number) => randomizedSvd(A, { rank: 3, powerIterations: 0, seed }).S;
  expect(run(5)).toEqual(run(5));
  expect(run(5)).not.toEqual(run(6));
});

test("matrices at the ends of the range have the triplets of their scaled copies", () => {
  const value = (i: number) => 1 / (i + 1);
  const { A } = withSpectrum({ rows: 20, cols: 15, value, seed: 2 });
  const reference = randomizedSvd(A, { rank: 3, seed: 1 });
  for (const exponent of [-900, 900, 1015]) {
    const scaled = new Matrix(
      20,
      15,
      A.data.map((x) => x * 2 ** exponent),
    );
    for (const B of [scaled, toSparse(scaled)]) {
      const result = randomizedSvd(B, { rank: 3, seed: 1 });
      const ratios = result.S.map((s, i) => s / reference.S[i] / 2 ** exponent - 1);
      expectBelow(1e-14, { S: Math.max(...ratios.map(Math.abs)) });
    }
  }
  // Entries that are representable, whose singular values are not.
  const huge = new Matrix(4, 4, new Float64Array(16).fill(1e308));
  expect(() => randomizedSvd(huge, { rank: 1, seed: 0 })).toThrow("randomizedSvd: S overflows f64");
});

test("rank 0 and matrices without rows or columns give empty factors", () => {
  for (const [rows, cols] of [
    [0, 0],
    [0, 4],
    [4, 0],
    [3, 5],
  ]) {
    const { U, S, V } = randomizedSvd(Matrix.zeros(rows, cols), { rank: 0, seed: 0 });
    expect([U.rows, U.cols, S.length, V.rows, V.cols]).toEqual([rows, 0, 0, cols, 0]);
  }
});

test("a zero matrix has zero singular values and orthonormal vectors", () => {
  const { U, S, V } = randomizedSvd(Matrix.zeros(6, 4), { rank: 3, seed: 0 });
  expect(Array.from(S)).toEqual([0, 0, 0]);
  expectBelow(bound, { U: orthogonalityRatio(U), V: orthogonalityRatio(V) });
});

test("what cannot be decomposed is refused by name", () => {
  const A = Matrix.randomNormal(4, 6, { seed: 0 });
  const good = { rank: 2, seed: 0 };
  const refuse = (matrix: unknown, change: object = {}) =>
    expect(() => randomizedSvd(matrix as Matrix, { ...good, ...change }));
  refuse(A, { rank: 5 }).toThrow("randomizedSvd: rank is 5: it must be an integer in 0 .. 4");
  refuse(A, { rank: undefined }).toThrow(
    "randomizedSvd: rank is undefined and tolerance is undefined: exactly one of them must be given",
  );
  refuse(A, { tolerance: 0.1 }).toThrow(TypeError);
  refuse(A, { maxRank: 3 }).toThrow("maxRank is 3: it goes with tolerance, not with rank");
  const byTolerance = { rank: undefined, tolerance: 0.1 };
  refuse(A, { ...byTolerance, maxRank: 5 }).toThrow(
    "maxRank is 5: it must be an integer in 0 .. 4",
  );
  for (const tolerance of [0, 1e-13, 1.5, Number.NaN]) {
    refuse(A, { ...byTolerance, tolerance }).toThrow(
      `randomizedSvd: tolerance is ${tolerance}: it must be in 1e-12 .. 1 for f64`,
    );
  }
  refuse(A.astype("f32"), { ...byTolerance, tolerance: 1e-6 }).toThrow("in 0.00001 .. 1 for f32");
  refuse(A, { rank: -1 }).toThrow(RangeError);
  refuse(A, { rank: 1.5 }).toThrow(RangeError);
  refuse(A, { oversampling: -1 }).toThrow("oversampling is -1");
  refuse(A, { powerIterations: Number.NaN }).toThrow("powerIterations is NaN");
  refuse(A, { seed: -1 }).toThrow("seed is -1");
  refuse(A, { seed: null }).toThrow("seed is null");
  refuse(A, { dtype: "f32" }).toThrow("A is f64 and dtype is f32: dtype is for operators");
  refuse(toOperator(A), { dtype: "f16" }).toThrow(TypeError);
  refuse([[1]]).toThrow("it must be a Matrix, a SparseMatrix or");
  refuse(undefined).toThrow(TypeError);
  const spoilt = A.astype("f64");
  spoilt.set(1, 2, Number.NaN);
  refuse(spoilt).toThrow("randomizedSvd: A[1, 2] is NaN: every entry must be finite");
  refuse({ ...toOperator(A), rows: -1 }).toThrow("A.rows is -1");
  refuse({ ...toOperator(A), multiply: () => Matrix.zeros(3, 6) }).toThrow(
    "randomizedSvd: A.multiply returned 3 x 6 f64: it must be a Matrix, 4 x 4 f64",
  );
  refuse({ ...toOperator(A), multiplyTransposed: () => null }).toThrow(TypeError);
  refuse({
    ...toOperator(A),
    multiply: (X: Matrix) => Matrix.zeros(4, X.cols, { dtype: "f32" }),
  }).toThrow(TypeError);
  refuse({ ...toOperator(spoilt) }).toThrow("A.multiply(X)[1, 0] is NaN");
});

test("a sparse matrix far too large to be dense is no obstacle", () => {
  const size = 100_000;
  const indices = Array.from({ length: 12 }, (_, i) => i * 8333);
  const A = SparseMatrix.fromTriplets({
    rows: size,
    cols: size,
    rowIndices: indices,
    colIndices: [...indices].reverse(),
    values: indices.map((_, i) => 100 - i),
  });
  const { S } = randomizedSvd(A, { rank: 3, seed: 0 });
  expectBelow(1e-12, { S: Math.max(...S.map((s, i) => Math.abs(s - 100 + i))) });
});

test("the exact decomposition is its limit", () => {
  const A = Matrix.randomNormal(12, 9, { seed: 4 });
  const exact = svd(A);
  const { S } = randomizedSvd(A, { rank: 9, seed: 0 });
  expectBelow(1e-13, { S: Math.max(...S.map((s, i) => Math.abs(s - exact.S[i]))) });
});
