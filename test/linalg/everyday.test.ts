// Arithmetic, parts and statistics of matrices, against NumPy's and SciPy's numbers and by their laws.
import fc from "fast-check";
import { expect, test } from "vitest";
import * as core from "../../src/index.js";
import { Matrix, matmul, SparseMatrix } from "../../src/index.js";
import reference from "../fixtures/everyday.json" with { type: "json" };
import { anyRecipe, build } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";

type Name = keyof typeof reference;
const given = (name: Name, dtype: "f32" | "f64") =>
  Matrix.from(reference[name] as number[][], { dtype });

/** Each function on the matrices of the fixture. */
const calls: Partial<Record<Name, (dtype: "f32" | "f64") => unknown>> = {
  add: (dtype) => core.add(given("A", dtype), given("B", dtype)),
  subtract: (dtype) => core.subtract(given("A", dtype), given("B", dtype)),
  hadamard: (dtype) => core.hadamard(given("A", dtype), given("B", dtype)),
  scale: (dtype) => core.scale(given("A", dtype), -2.5),
  scaleRows: (dtype) => core.scaleRows(given("A", dtype), [1, -2, 3, 0, 0.5]),
  scaleColumns: (dtype) => core.scaleColumns(given("A", dtype), [1, -2, 3]),
  slice: (dtype) => core.slice(given("A", dtype), { rows: [1, 4], cols: [1, 3] }),
  hstack: (dtype) => core.hstack([given("A", dtype), given("B", dtype)]),
  vstack: (dtype) => core.vstack([given("A", dtype), given("B", dtype)]),
  columnSums: (dtype) => core.sums(given("A", dtype)),
  rowSums: (dtype) => core.sums(given("A", dtype), "rows"),
  columnMeans: (dtype) => core.means(given("A", dtype)),
  rowMeans: (dtype) => core.means(given("A", dtype), "rows"),
  columnVariances: (dtype) => core.variances(given("A", dtype)),
  rowVariances: (dtype) => core.variances(given("A", dtype), "rows"),
  unbiased: (dtype) => core.variances(given("A", dtype), "columns", { ddof: 1 }),
  centered: (dtype) => core.center(given("A", dtype)).centered,
  standardized: (dtype) => core.standardize(given("A", dtype)).standardized,
  diagonal: (dtype) => core.diagonal(given("A", dtype)),
  trace: (dtype) => core.trace(given("S", dtype)),
  innerProduct: (dtype) => core.innerProduct(given("A", dtype), given("B", dtype)),
  inverse: (dtype) => core.inverse(given("S", dtype)),
  nullProjection: (dtype) => {
    const N = core.nullSpace(given("low", dtype), { tolerance: 1e-5 });
    return matmul(N, N, { transposeB: true });
  },
};

const numbersOf = (value: unknown): number[] =>
  typeof value === "number" ? [value] : [...((value as Matrix).data ?? value)];

test("the fixture has nothing that is not compared", () => {
  const operands = ["A", "B", "S", "low"];
  expect(
    Object.keys(reference)
      .filter((name) => !operands.includes(name))
      .sort(),
  ).toEqual(Object.keys(calls).sort());
});

test.each(Object.entries(calls))("%s is NumPy's, in both types", (name, call) => {
  const expected = [reference[name as Name]].flat(2) as number[];
  for (const dtype of ["f64", "f32"] as const) {
    const result = call(dtype);
    if (typeof result === "object") expect((result as Matrix).dtype ?? dtype).toBe(dtype);
    const found = numbersOf(result);
    expect(found.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs));
    const tolerance = (dtype === "f64" ? 1e-13 : 1e-5) * largest;
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(tolerance);
    });
  }
});

test("what was added can be subtracted, and parts put together are the whole", () => {
  const shape = fc.record({ rows: fc.nat(9), cols: fc.nat(9), at: fc.nat(9), seed: fc.nat(99) });
  fc.assert(
    fc.property(shape, ({ rows, cols, at, seed }) => {
      const A = Matrix.randomNormal(rows, cols, { seed });
      const B = core.mapEntries(A, Math.round);
      expect(core.subtract(core.add(B, B), B).equals(B)).toBe(true);
      expect(core.add(A, core.scale(A, -1)).equals(Matrix.zeros(rows, cols))).toBe(true);
      const row = Math.min(at, rows);
      const col = Math.min(at, cols);
      const left = core.slice(A, { cols: [0, col] });
      expect(core.hstack([left, core.slice(A, { cols: [col, cols] })]).equals(A)).toBe(true);
      expect(core.vstack([core.viewRows(A, 0, row), core.viewRows(A, row)]).equals(A)).toBe(true);
      for (let j = 0; j < cols; j++) {
        expect([...A.column(j)]).toEqual([...A.transpose().row(j)]);
      }
    }),
  );
});

test("mapEntries gives each entry its place, and views share their entries", () => {
  const A = core.mapEntries(Matrix.zeros(2, 3), (_, row, col) => 10 * row + col);
  expect(A.toArray()).toEqual([
    [0, 1, 2],
    [10, 11, 12],
  ]);
  core.viewRows(A, 1).set(0, 0, -1);
  expect(A.get(1, 0)).toBe(-1);
  core.slice(A, { rows: [0, 1] }).set(0, 0, 5);
  expect(A.get(0, 0)).toBe(0);
});

test("statistics of a sparse matrix are those of the dense one", () => {
  const B = SparseMatrix.fromTriplets({
    ...{ rows: 5, cols: 4, rowIndices: [0, 1, 4, 4, 2], colIndices: [0, 0, 3, 1, 3] },
    values: [2, -1, 4, 0, 0.25],
  });
  for (const of of ["columns", "rows"] as const) {
    expect(core.sums(B, of)).toEqual(core.sums(B.toDense(), of));
    expect(core.means(B, of)).toEqual(core.means(B.toDense(), of));
    const [sparse, dense] = [core.variances(B, of), core.variances(B.toDense(), of)];
    sparse.forEach((value, i) => {
      expect(value).toBeCloseTo(dense[i], 14);
    });
  }
});

test("far from zero nothing cancels, and equal entries have mean themselves and variance 0", () => {
  const shifted = Matrix.from([
    [1e9 + 1, 0.1],
    [1e9 + 2, 0.1],
    [1e9 + 3, 0.1],
  ]);
  expect([...core.variances(shifted)]).toEqual([2 / 3, 0]);
  expect([...core.means(shifted)]).toEqual([1e9 + 2, 0.1]);
  const { standardized, deviations } = core.standardize(shifted);
  expect([...standardized.column(1)]).toEqual([0, 0, 0]);
  expect(deviations[1]).toBe(1);
});

test("the inverse of a random matrix is one from both sides", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(99), (n, seed) => {
      const A = core.add(Matrix.randomNormal(n, n, { seed }), core.scale(Matrix.identity(n), n));
      const X = core.inverse(A);
      for (const product of [matmul(A, X), matmul(X, A)]) {
        const residual = core.norm(core.subtract(product, Matrix.identity(n)), "max");
        expect(residual).toBeLessThan(1e-12);
      }
    }),
  );
  expect(() =>
    core.inverse(
      Matrix.from([
        [1, 2],
        [2, 4],
      ]),
    ),
  ).toThrow(core.SingularMatrixError);
  expect(() => core.inverse(Matrix.from([[0]]))).toThrow("inverse: A is singular");
});

test("full completes U and V to orthogonal matrices whose first columns are those of the thin SVD", () => {
  fc.assert(
    fc.property(anyRecipe(25), fc.constantFrom("golub-kahan", "jacobi"), (recipe, method) => {
      const A = build(recipe);
      const options = { method: method as "jacobi" };
      const thin = core.svd(A, options);
      const full = core.svd(A, { ...options, full: true });
      expect([full.U.rows, full.U.cols, full.V.rows, full.V.cols]).toEqual([
        ...[A.rows, A.rows, A.cols, A.cols],
      ]);
      expect(core.slice(full.U, { cols: [0, thin.U.cols] }).equals(thin.U)).toBe(true);
      expect(core.slice(full.V, { cols: [0, thin.V.cols] }).equals(thin.V)).toBe(true);
      const orthogonality = { U: orthogonalityRatio(full.U), V: orthogonalityRatio(full.V) };
      expectBelow(bound, orthogonality, { ...recipe, method });
    }),
  );
  expect(() => core.svd(Matrix.identity(2), { full: true, vectors: false })).toThrow(
    "svd: full is true and vectors is false",
  );
});

test("the null space is orthonormal, as large as the rank leaves it, and taken to zero", () => {
  fc.assert(
    fc.property(anyRecipe(20), (recipe) => {
      const A = build(recipe);
      const N = core.nullSpace(A);
      expect([N.rows, N.cols]).toEqual([A.cols, A.cols - core.rank(A)]);
      expectBelow(bound, { orthogonality: orthogonalityRatio(N) }, recipe);
    }),
  );
  const A = Matrix.from([
    [1, 2, 3],
    [2, 4, 6],
  ]);
  expect(core.norm(matmul(A, core.nullSpace(A)), "max")).toBeLessThan(1e-14);
});

test("what does not fit is refused by name", () => {
  const A = Matrix.from([[1, 2, 3]]);
  const refusals: [() => unknown, string][] = [
    [() => core.add(A, A.transpose()), "add: A is 1 x 3 and B is 3 x 1: the shapes must be equal"],
    [() => core.scale(A, "2" as never), 'scale: factor is "2": it must be a number'],
    [
      () => core.scaleRows(A, [1, 2]),
      "scaleRows: factors has 2 entries: it must have 1, one per row",
    ],
    [() => core.mapEntries(A, (() => "x") as never), 'mapEntries: f at (0, 0) is "x"'],
    [() => core.slice(A, { rows: [0, 2] }), "slice: rows[1] is 2: it must be an integer in 0 .. 1"],
    [() => core.slice(A, { rows: [0] as never }), "slice: rows has 1 entries: it must be [start"],
    [() => core.viewRows(A, 2), "viewRows: start is 2: it must be an integer in 0 .. 1"],
    [() => core.hstack([]), "hstack: parts is Array: it must be an array of one matrix or more"],
    [() => core.vstack([A, A.transpose()]), "they must have the same number of columns"],
    [() => core.sums(A, 0 as never), 'sums: of is 0: it must be "columns" or "rows"'],
    [() => core.means(Matrix.zeros(0, 3)), "means: A is 0 x 3: it must have more than 0 rows"],
    [() => core.variances(A, "columns", { ddof: 1 }), "it must have more than 1 rows"],
    [() => core.sums(Matrix.from([[Number.NaN]])), "sums: A[0, 0] is NaN"],
    [() => core.sums(Matrix.from([[1e308], [1e308]])), "sums: number 0 overflows f64"],
    [() => core.trace(A), "trace: A is 1 x 3: it must be square"],
    [() => A.column(3), "Matrix.column: column is 3: it must be an integer in 0 .. 2"],
  ];
  for (const [call, message] of refusals) expect(call).toThrow(message);
});
