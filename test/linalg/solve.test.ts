import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, SingularMatrixError, solve } from "../../src/index.js";
import { build } from "../helpers/matrices.js";
import { bound, expectBelow, solveRatio } from "../helpers/ratios.js";

test("solve(A, B) is X with A X = B, to a backward error of rounding", () => {
  fc.assert(
    fc.property(
      fc.record({
        n: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 110 })),
        cols: fc.integer({ min: 0, max: 9 }),
        kind: fc.constantFrom("random", "hilbert", "kahan", "tiny", "huge", "gradedRows"),
        dtype: fc.constantFrom("f32" as const, "f64" as const),
        seed: fc.nat(1e6),
      }),
      (recipe) => {
        const { n, cols, kind, dtype, seed } = recipe;
        // Beyond these sizes the last pivots of these kinds underflow to 0 or X overflows.
        const rows = kind === "random" ? n : Math.min(n, 8);
        const A = build({ rows, cols: rows, kind, dtype, seed });
        const same = kind === "tiny" || kind === "huge" ? kind : "random";
        const B = build({ rows, cols, kind: same, dtype, seed: seed + 1 });
        const kept = [A.data.slice(), B.data.slice()];
        const X = solve(A, B);
        expect([X.rows, X.cols, X.dtype]).toEqual([rows, cols, dtype]);
        expectBelow(bound, { backward: solveRatio(A, X, B) }, recipe);
        expect([A.data, B.data]).toEqual(kept);
      },
    ),
  );
});

test("solve(A, B) exchanges rows where a pivot is zero", () => {
  const A = Matrix.from([
    [0, 2],
    [4, 0],
  ]);
  expect(solve(A, Matrix.from([[2], [8]])).toArray()).toEqual([[2], [1]]);
});

test("solve keeps what is small beside what is large", () => {
  const A = Matrix.from([
    [1e200, 0],
    [0, 1e-300],
  ]);
  expect(solve(A, Matrix.from([[1e300], [1e-290]])).toArray()).toEqual([[1e100], [1e10]]);
});

test("solve refuses a singular matrix by name", () => {
  const A = Matrix.from([
    [1, 2],
    [2, 4],
  ]);
  expect(() => solve(A, Matrix.identity(2))).toThrow(SingularMatrixError);
  expect(() => solve(A, Matrix.identity(2))).toThrow("solve: A is singular (pivot 1 of 2 is 0)");
});

test("solve refuses shapes, types and entries that do not fit, by name", () => {
  const I = Matrix.identity(2);
  expect(() => solve(Matrix.zeros(2, 3), I)).toThrow("solve: A is 2 x 3: it must be square");
  expect(() => solve(I, Matrix.zeros(3, 1))).toThrow("solve: A is 2 x 2 and B is 3 x 1");
  expect(() => solve(I, Matrix.zeros(2, 1, { dtype: "f32" }))).toThrow(TypeError);
  expect(() => solve(I, Matrix.from([[1], [Number.NaN]]))).toThrow("solve: B[1, 0] is NaN");
  expect(() => solve(Matrix.from([[Number.NaN]]), Matrix.from([[1]]))).toThrow("A[0, 0] is NaN");
  expect(() => solve(Matrix.from([[1e-300]]), Matrix.from([[1e300]]))).toThrow(
    "solve: X overflows f64",
  );
});
