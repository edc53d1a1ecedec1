import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, matmul, packMatrix } from "../../src/index.js";

const size = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 300 }));

test("products with a packed matrix have the bits of matmul, whatever the shape", () => {
  fc.assert(
    fc.property(
      fc.tuple(size, size, size),
      fc.tuple(fc.boolean(), fc.boolean()),
      fc.constantFrom("f32" as const, "f64" as const),
      fc.nat(1e6),
      ([m, n, k], [transposeA, transpose], dtype, seed) => {
        const A = Matrix.randomNormal(transposeA ? k : m, transposeA ? m : k, { seed, dtype });
        const B = Matrix.randomNormal(transpose ? n : k, transpose ? k : n, { seed: 1, dtype });
        const packed = packMatrix(B, { transpose });
        expect([packed.rows, packed.cols, packed.dtype]).toEqual([k, n, dtype]);
        const expected = matmul(A, B, { transposeA, transposeB: transpose });
        expect(matmul(A, packed, { transposeA })).toEqual(expected);
        const out = Matrix.zeros(m, n, { dtype });
        expect(matmul(A, packed, { transposeA, out })).toBe(out);
        expect(out).toEqual(expected);
      },
    ),
  );
});

test("a packed matrix is a copy, and one does not disturb another", () => {
  const B = Matrix.randomNormal(20, 30, { seed: 0 });
  const A = Matrix.randomNormal(7, 20, { seed: 1 });
  const expected = matmul(A, B);
  const packed = packMatrix(B);
  const other = packMatrix(Matrix.randomNormal(20, 30, { seed: 2 }));
  B.data.fill(0);
  matmul(A, other);
  expect(matmul(A, packed)).toEqual(expected);
});

test("a product that fails leaves the packed matrix as it was", () => {
  const B = Matrix.randomNormal(20, 30, { seed: 0 });
  const packed = packMatrix(B);
  const A = Matrix.randomNormal(7, 20, { seed: 1 });
  expect(() => matmul(A.transpose(), packed)).toThrow(
    "matmul: A is 20 x 7 and B is 20 x 30 (packed): the inner sizes must be equal",
  );
  expect(() => matmul(A.astype("f32"), packed)).toThrow(TypeError);
  expect(() => matmul(A, packed, { transposeB: true })).toThrow("matmul: B is packed");
  expect(() => matmul(A, packed, { out: Matrix.zeros(7, 31) })).toThrow("matmul: out is 7 x 31");
  expect(() => matmul([[1]] as never, packed)).toThrow("matmul: A is Array");
  expect(matmul(A, packed)).toEqual(matmul(A, B));
});
