import fc from "fast-check";
import { expect, test } from "vitest";
import { cond, det, logDet, Matrix, matmul, qr } from "../../src/index.js";
import { build } from "../helpers/matrices.js";
import { eps } from "../helpers/ratios.js";

const square = fc.record({
  n: fc.integer({ min: 0, max: 60 }),
  seed: fc.nat(1e6),
  dtype: fc.constantFrom("f32" as const, "f64" as const),
});

test("the determinant of a product is the product of the determinants, as logarithms", () => {
  fc.assert(
    fc.property(square, ({ n, seed, dtype }) => {
      fc.pre(n > 0);
      const [A, B] = [seed, seed + 1].map((from) =>
        Matrix.randomNormal(n, n, { seed: from, dtype: "f64" }).astype(dtype),
      );
      const [a, b] = [logDet(A), logDet(B)];
      const both = logDet(matmul(A, B));
      // A relative change of A by eps changes the logarithm by n eps cond(A).
      const slack = 10 * n * n * eps[dtype] * (cond(A) + cond(B));
      fc.pre(slack < 0.1);
      expect(both.sign).toBe(a.sign * b.sign);
      expect(Math.abs(both.logAbs - a.logAbs - b.logAbs)).toBeLessThanOrEqual(slack);
    }),
  );
});

test("det and logDet tell the same", () => {
  fc.assert(
    fc.property(square, ({ n, seed, dtype }) => {
      const A = Matrix.randomNormal(n, n, { seed, dtype });
      const { sign, logAbs } = logDet(A);
      const value = det(A);
      expect(Math.sign(value)).toBe(sign);
      expect(Math.abs(Math.log(Math.abs(value)) - logAbs)).toBeLessThan(1e-12);
    }),
  );
});

test("determinants of whole numbers, of orthogonal and of empty matrices are known", () => {
  expect(det(Matrix.zeros(0, 0))).toBe(1);
  expect(logDet(Matrix.zeros(0, 0))).toEqual({ sign: 1, logAbs: 0 });
  expect(
    det(
      Matrix.from([
        [0, 2],
        [3, 0],
      ]),
    ),
  ).toBe(-6);
  expect(
    det(
      Matrix.from([
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
      ]),
    ),
  ).toBe(1);
  const { Q } = qr(Matrix.randomNormal(50, 50, { seed: 3 }));
  expect(Math.abs(logDet(Q).logAbs)).toBeLessThan(1e-13);
});

test("logDet goes on where det ends", () => {
  const A = Matrix.identity(400);
  for (let i = 0; i < 400; i++) A.set(i, i, i % 2 ? 1e10 : -1e10);
  expect(() => det(A)).toThrow("det: the determinant overflows f64: take logDet");
  expect(logDet(A).sign).toBe(1);
  expect(logDet(A).logAbs).toBeCloseTo(4000 * Math.LN10, 9);
  A.data.forEach((value, i) => {
    A.data[i] = value * 1e-20;
  });
  expect(Math.abs(det(A))).toBe(0);
  expect(logDet(A).logAbs).toBeCloseTo(-4000 * Math.LN10, 9);
  // Where no factor but the product of some would leave the range.
  const balanced = Matrix.from([
    [1e200, 0, 0],
    [0, 1e200, 0],
    [0, 0, 1e-300],
  ]);
  expect(det(balanced)).toBeCloseTo(1e100, -86);
});

test("a singular matrix has determinant 0 and the logarithm -Infinity", () => {
  const A = Matrix.from([
    [1, 2],
    [2, 4],
  ]);
  expect(det(A)).toBe(0);
  expect(logDet(A)).toEqual({ sign: 0, logAbs: Number.NEGATIVE_INFINITY });
});

test("cond does not depend on the scale, and is infinite for a singular matrix", () => {
  for (const kind of ["spectral", "one", "infinity"] as const) {
    for (const scale of [1, 2 ** 1000, 2 ** -1000]) {
      const A = Matrix.from([
        [4 * scale, 0],
        [0, 0.5 * scale],
      ]);
      expect(cond(A, kind)).toBe(8);
      expect(
        cond(
          Matrix.from([
            [scale, scale],
            [scale, scale],
          ]),
          kind,
        ),
      ).toBeGreaterThan(1e15);
    }
    expect(cond(Matrix.zeros(2, 2), kind)).toBe(Number.POSITIVE_INFINITY);
  }
  expect(cond(Matrix.from([[3], [4]]))).toBe(1);
});

test("cond of a Hilbert matrix is the known number, also from f32 entries", () => {
  const hilbert = build({ rows: 6, cols: 6, kind: "hilbert", dtype: "f64", seed: 0 });
  expect(cond(hilbert) / 14951058.6424659 - 1).toBeLessThan(1e-9);
  expect(cond(hilbert, "one") / 29070279.0028 - 1).toBeLessThan(1e-9);
  expect(
    cond(
      Matrix.from(
        [
          [1, 0],
          [0, 1e-5],
        ],
        { dtype: "f32" },
      ),
    ),
  ).toBeCloseTo(1e5, 1);
});

test("det, logDet and cond refuse what does not fit, by name", () => {
  for (const [name, call] of Object.entries({ det, logDet })) {
    expect(() => call(Matrix.zeros(2, 3))).toThrow(`${name}: A is 2 x 3: it must be square`);
    expect(() => call(Matrix.from([[Number.NaN]]))).toThrow(`${name}: A[0, 0] is NaN`);
  }
  expect(() => cond(Matrix.zeros(0, 3))).toThrow("cond: A is 0 x 3: it must have an entry");
  expect(() => cond(Matrix.zeros(2, 3), "one")).toThrow("cond: A is 2 x 3: it must be square");
  expect(() => cond(Matrix.identity(2), "two" as never)).toThrow('cond: kind is "two"');
  expect(() => cond(Matrix.from([[Number.NaN]]))).toThrow("cond: A[0, 0] is NaN");
});
