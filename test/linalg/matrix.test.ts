import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, matmul, OutOfMemoryError } from "../../src/index.js";

/** A shape and a seed: the entries follow. */
const recipe = fc.record({
  rows: fc.integer({ min: 0, max: 12 }),
  cols: fc.integer({ min: 0, max: 12 }),
  seed: fc.integer({ min: 0, max: 1000 }),
  dtype: fc.constantFrom("f32" as const, "f64" as const),
});

test("transposing twice, copying and going through arrays change nothing", () => {
  fc.assert(
    fc.property(recipe, ({ rows, cols, seed, dtype }) => {
      const A = Matrix.randomNormal(rows, cols, { seed, dtype });
      expect(A.transpose().transpose().equals(A)).toBe(true);
      expect(A.copy().equals(A)).toBe(true);
      expect(A.copy().data).not.toBe(A.data);
      if (rows > 0) expect(Matrix.from(A.toArray(), { dtype }).equals(A)).toBe(true);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < cols; j++) expect(A.transpose().get(j, i)).toBe(A.get(i, j));
      }
    }),
  );
});

test("a row is a view and a constructed matrix wraps its data", () => {
  const data = Float64Array.of(1, 2, 3, 4);
  const A = new Matrix(2, 2, data);
  A.row(1)[0] = 9;
  A.set(0, 1, 7);
  expect([...data]).toEqual([1, 7, 9, 4]);
});

test("fromColumns is the transpose of from, for lists of any kind and both types", () => {
  fc.assert(
    fc.property(recipe, ({ rows, cols, seed, dtype }) => {
      const A = Matrix.randomNormal(rows, cols, { seed, dtype });
      const columns = A.transpose().toArray();
      const B = Matrix.fromColumns(columns, { dtype });
      if (cols > 0) expect(B.equals(A)).toBe(true);
      expect(B.dtype).toBe(dtype);
      const typed = columns.map((column) => Float64Array.from(column));
      expect(Matrix.fromColumns(typed, { dtype }).equals(B)).toBe(true);
    }),
  );
  expect(() => Matrix.fromColumns([[1, 2], [3]])).toThrow(
    "Matrix.fromColumns: column 1 has 1 entries and column 0 has 2",
  );
  expect(() => Matrix.fromColumns([["1"]] as never)).toThrow('(0, 0) is "1": it must be a number');
  expect(() => Matrix.fromColumns(5 as never)).toThrow("columns is 5: it must be an array");
});

test("equals compares entries, not types; NaN equals NaN", () => {
  const A = Matrix.from([[1, Number.NaN]]);
  expect(A.equals(Matrix.from([[1, Number.NaN]], { dtype: "f32" }))).toBe(true);
  expect(A.equals(Matrix.from([[1], [Number.NaN]]))).toBe(false);
  expect(A.equals(Matrix.from([[1, 2]]))).toBe(false);
});

test("identity is square or of the shape asked for", () => {
  expect(Matrix.identity(2).toArray()).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(Matrix.identity(1, 3).toArray()).toEqual([[1, 0, 0]]);
  expect(Matrix.identity(0).rows).toBe(0);
});

test("matrices refuse bad sizes, data, places and types by name", () => {
  const wrong = (value: unknown) => value as never;
  expect(() => new Matrix(2, 2, new Float64Array(3))).toThrow(/3 entries and the shape is 2 x 2/);
  expect(() => new Matrix(2, 2, wrong([1, 2, 3, 4]))).toThrow(/data is Array/);
  expect(() => new Matrix(-1, 2, new Float64Array(0))).toThrow(/rows is -1/);
  expect(() => Matrix.zeros(1.5, 2)).toThrow(/rows is 1.5/);
  expect(() => Matrix.zeros(2, 2, { dtype: wrong("f16") })).toThrow(/f16/);
  expect(() => Matrix.from([[1, 2], [3]])).toThrow(/row 1 has 1 entries and row 0 has 2/);
  expect(() => Matrix.identity(2).get(2, 0)).toThrow(/\(2, 0\) is outside 2 x 2/);
  expect(() => Matrix.identity(2).set(0, -1, 1)).toThrow(/\(0, -1\) is outside/);
  expect(() => Matrix.identity(2).row(2)).toThrow(/row is 2/);
});

test("a matrix beyond the memory there is says how much was asked for", () => {
  expect(() => Matrix.zeros(2 ** 30, 2 ** 20)).toThrow(OutOfMemoryError);
  expect(() => Matrix.zeros(2 ** 30, 2 ** 20)).toThrow(`${2 ** 53} bytes`);
});

test("matmul equals the sum of products for both types, all transposes and an output", () => {
  fc.assert(
    fc.property(
      recipe,
      fc.integer({ min: 0, max: 12 }),
      fc.boolean(),
      fc.boolean(),
      ({ rows: m, cols: n, seed, dtype }, k, transposeA, transposeB) => {
        // Small integers: exact in both types.
        const integers = (rows: number, cols: number, at: number) => {
          const A = Matrix.randomNormal(rows, cols, { seed: seed + at, dtype });
          A.data.forEach((x, i) => {
            A.data[i] = Math.round(4 * x);
          });
          return A;
        };
        const A = transposeA ? integers(k, m, 1) : integers(m, k, 1);
        const B = transposeB ? integers(n, k, 2) : integers(k, n, 2);
        const out = Matrix.zeros(m, n, { dtype });
        const C = matmul(A, B, { transposeA, transposeB, out });
        expect(C).toBe(out);
        expect(C.equals(matmul(A, B, { transposeA, transposeB }))).toBe(true);
        const [left, right] = [transposeA ? A.transpose() : A, transposeB ? B.transpose() : B];
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let p = 0; p < k; p++) sum += left.get(i, p) * right.get(p, j);
            expect(C.get(i, j) + 0).toBe(sum + 0);
          }
        }
      },
    ),
  );
});

test("an entry of a product does not depend on the shape around it", () => {
  const A = Matrix.randomNormal(37, 300, { seed: 1 });
  const B = Matrix.randomNormal(300, 29, { seed: 2 });
  const whole = matmul(A, B);
  for (const i of [0, 17, 36]) {
    const alone = matmul(new Matrix(1, 300, A.row(i).slice()), B);
    expect([...alone.data]).toEqual([...whole.row(i)]);
  }
});

test("a matrix times its own transpose has the bits of the general product", () => {
  fc.assert(
    fc.property(recipe, fc.constantFrom(1, 7), ({ rows, cols, seed, dtype }, times) => {
      const A = Matrix.randomNormal(times * rows, times * cols, { seed, dtype });
      for (const [transposeA, transposeB] of [
        [true, false],
        [false, true],
      ] as const) {
        const side = transposeA ? A.cols : A.rows;
        const out = Matrix.zeros(side, side, { dtype: A.dtype });
        const general = matmul(A, A.copy(), { transposeA, transposeB });
        expect(matmul(A, A, { transposeA, transposeB, out }).data).toEqual(general.data);
      }
    }),
  );
});

test("NaN and infinity pass through a product as IEEE arithmetic has it", () => {
  const A = Matrix.from([
    [1, Number.POSITIVE_INFINITY],
    [0, 1],
  ]);
  const B = Matrix.from([
    [1, 2],
    [0, 3],
  ]);
  expect(matmul(A, B).toArray()).toEqual([
    [Number.NaN, Number.POSITIVE_INFINITY],
    [0, 3],
  ]);
});

test("matmul may write into one of its operands", () => {
  const A = Matrix.from([
    [1, 2],
    [3, 4],
  ]);
  matmul(A, A, { out: A });
  expect(A.toArray()).toEqual([
    [7, 10],
    [15, 22],
  ]);
});

test("matmul refuses what does not fit by name", () => {
  const A = Matrix.zeros(3, 4);
  expect(() => matmul(A, Matrix.zeros(5, 2))).toThrow(
    "matmul: A is 3 x 4 and B is 5 x 2: the inner sizes must be equal",
  );
  expect(() => matmul(A, A, { transposeA: true, transposeB: true })).toThrow(/inner sizes/);
  expect(() => matmul(A, Matrix.zeros(4, 2, { dtype: "f32" }))).toThrow(TypeError);
  expect(() => matmul(A, Matrix.zeros(4, 2), { out: Matrix.zeros(3, 3) })).toThrow(
    /out is 3 x 3 f64: it must be 3 x 2 f64/,
  );
});
