import fc from "fast-check";
import { expect, test } from "vitest";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { below, smallIntegers } from "../helpers/random.js";

interface Recipe {
  rows: number;
  cols: number;
  k: number;
  entries: number;
  dtype: "f32" | "f64";
  seed: number;
}

const recipe: fc.Arbitrary<Recipe> = fc
  .record({
    rows: fc.integer({ min: 0, max: 9 }),
    cols: fc.integer({ min: 0, max: 9 }),
    k: fc.integer({ min: 0, max: 9 }),
    entries: fc.integer({ min: 0, max: 40 }),
    dtype: fc.constantFrom("f32" as const, "f64" as const),
    seed: fc.nat(),
  })
  .map((r) => (r.rows * r.cols === 0 ? { ...r, entries: 0 } : r));

/** Triplets in no order, some at the same place, and the dense matrix that they add up to. */
function build({ rows, cols, entries, dtype, seed }: Recipe) {
  const rowIndices = below(Math.max(rows, 1), entries, seed);
  const colIndices = below(Math.max(cols, 1), entries, seed + 1);
  const numbers = smallIntegers(entries, seed + 2);
  const values = dtype === "f32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  const dense = Matrix.zeros(rows, cols, { dtype });
  numbers.forEach((value, p) => {
    dense.data[rowIndices[p] * cols + colIndices[p]] += value;
  });
  const A = SparseMatrix.fromTriplets({ rows, cols, rowIndices, colIndices, values });
  return { A, dense, rowIndices, colIndices };
}

const block = (rows: number, cols: number, dtype: "f32" | "f64", seed: number) =>
  new Matrix(rows, cols, Float64Array.from(smallIntegers(rows * cols, seed))).astype(dtype);

test("fromTriplets adds the entries at one place and sorts the rest, whatever their order", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { A, dense, rowIndices, colIndices } = build(r);
      expect(A.toDense().equals(dense)).toBe(true);
      expect(A.dtype).toBe(r.dtype);
      const places = new Set(rowIndices.map((row, p) => row * r.cols + colIndices[p]));
      expect(A.nonzeros).toBe(places.size);
      expect(A.rowStart).toHaveLength(r.rows + 1);
      for (let i = 0; i < r.rows; i++) {
        const row = Array.from(A.colIndices.subarray(A.rowStart[i], A.rowStart[i + 1]));
        expect(row).toEqual([...new Set(row)].sort((a, b) => a - b));
      }
    }),
  );
});

test("transpose is the dense transpose, with columns ascending, and undoes itself", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { A, dense } = build(r);
      const T = A.transpose();
      expect(T.toDense().equals(dense.transpose())).toBe(true);
      expect(T.transpose()).toEqual(A);
    }),
  );
});

test("multiply and multiplyTransposed are the dense products", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { A, dense } = build(r);
      const X = block(r.cols, r.k, r.dtype, r.seed + 3);
      const Y = block(r.rows, r.k, r.dtype, r.seed + 4);
      expect(A.multiply(X).equals(matmul(dense, X))).toBe(true);
      const product = A.multiplyTransposed(Y);
      expect(product.equals(matmul(dense, Y, { transposeA: true }))).toBe(true);
      expect(product.dtype).toBe(r.dtype);
    }),
  );
});

test("duplicates are added in the order given", () => {
  const place = [0, 0, 0];
  const sum = (values: number[]) =>
    SparseMatrix.fromTriplets({ rows: 1, cols: 1, rowIndices: place, colIndices: place, values })
      .values[0];
  expect(sum([1e16, 1, -1e16])).toBe(0);
  expect(sum([1e16, -1e16, 1])).toBe(1);
});

test("zeros that are given are entries; plain arrays make f64", () => {
  const A = SparseMatrix.fromTriplets({
    rows: 2,
    cols: 2,
    rowIndices: [1],
    colIndices: [0],
    values: [0],
  });
  expect([A.nonzeros, A.dtype]).toEqual([1, "f64"]);
});

test("fromTriplets refuses what is no sparse matrix and names the entry", () => {
  const good = { rows: 2, cols: 3, rowIndices: [0, 1], colIndices: [2, 1], values: [1, 2] };
  const refuse = (change: object) =>
    expect(() => SparseMatrix.fromTriplets({ ...good, ...change }));
  refuse({ rows: -1 }).toThrow("SparseMatrix.fromTriplets: rows is -1");
  refuse({ cols: 1.5 }).toThrow("cols is 1.5");
  refuse({ values: [1] }).toThrow(
    "rowIndices has 2 entries, colIndices 2 and values 1: the lengths must be equal",
  );
  refuse({ rowIndices: [0] }).toThrow("the lengths must be equal");
  refuse({ rowIndices: [0, 2] }).toThrow("rowIndices[1] is 2: it must be an integer in 0 .. 1");
  refuse({ colIndices: [-1, 0] }).toThrow("colIndices[0] is -1: it must be an integer in 0 .. 2");
  refuse({ colIndices: [0.5, 0] }).toThrow(RangeError);
  refuse({ colIndices: [Number.NaN, 0] }).toThrow(RangeError);
  refuse({ values: [1, Number.NaN] }).toThrow("values[1] is NaN: every value must be finite");
  refuse({ values: [Number.NEGATIVE_INFINITY, 0] }).toThrow("values[0] is -Infinity");
  refuse({ rowIndices: [1, 1], colIndices: [2, 2], values: [1e308, 1e308] }).toThrow(
    "the values at (1, 2) add up to Infinity: their sum must be finite",
  );
  refuse({ rows: 0 }).toThrow("rowIndices[0] is 0: it must be absent, the matrix has none");
});

test("products refuse operands of another shape or type", () => {
  const A = SparseMatrix.fromTriplets({
    rows: 2,
    cols: 3,
    rowIndices: [0],
    colIndices: [2],
    values: [1],
  });
  expect(() => A.multiply(Matrix.zeros(2, 1))).toThrow(
    "SparseMatrix.multiply: the matrix is 2 x 3 and X is 2 x 1: X must have 3 rows",
  );
  expect(() => A.multiplyTransposed(Matrix.zeros(3, 1))).toThrow("X must have 2 rows");
  expect(() => A.multiply(Matrix.zeros(3, 1, { dtype: "f32" }))).toThrow(TypeError);
});
