import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, type NormKind, norm } from "../../src/index.js";
import { anyRecipe, build } from "../helpers/matrices.js";

const kinds: NormKind[] = ["frobenius", "spectral", "one", "infinity", "max", "nuclear"];

test("norm(A, kind) of a matrix with known singular values", () => {
  const A = Matrix.from([
    [3, 0, 0],
    [0, -4, 0],
  ]);
  expect(norm(A)).toBe(5);
  expect(kinds.map((kind) => norm(A, kind))).toEqual([5, 4, 4, 4, 4, 7]);
  const B = Matrix.from([
    [1, -2],
    [3, 4],
  ]);
  expect(norm(B, "one")).toBe(6);
  expect(norm(B, "infinity")).toBe(7);
});

test("norm(A, kind) is 0 without entries, and for zeros", () => {
  for (const kind of kinds) {
    for (const A of [Matrix.zeros(0, 3), Matrix.zeros(3, 0), Matrix.zeros(2, 3)]) {
      expect(norm(A, kind)).toBe(0);
    }
  }
});

test("norms are ordered: max <= spectral <= frobenius <= nuclear, spectral^2 <= one infinity", () => {
  fc.assert(
    fc.property(anyRecipe(30), (recipe) => {
      // Not so large that sums of entries leave the range.
      fc.pre(recipe.dtype === "f32" || !["huge", "wideRange"].includes(recipe.kind));
      const A = build(recipe);
      const [frobenius, spectral, one, infinity, max, nuclear] = kinds.map((kind) => norm(A, kind));
      const slack = 1 + 1e-12;
      const smallest = 2 ** -1070;
      expect(max).toBeLessThanOrEqual(spectral * slack + smallest);
      expect(spectral).toBeLessThanOrEqual(frobenius * slack + smallest);
      expect(frobenius).toBeLessThanOrEqual(nuclear * slack + smallest);
      expect(spectral).toBeLessThanOrEqual(Math.sqrt(one) * Math.sqrt(infinity) * slack + smallest);
    }),
  );
});

test("norm(A) does not overflow or underflow on the way", () => {
  expect(norm(Matrix.from([[3e200, 4e200]]))).toBeCloseTo(5e200, -190);
  expect(norm(Matrix.from([[3e-200, 4e-200]])) / 5e-200).toBeCloseTo(1, 14);
});

test("norm refuses unknown kinds, entries and results that are not finite, by name", () => {
  const A = Matrix.identity(2);
  expect(() => norm(A, "l2" as NormKind)).toThrow('norm: kind is "l2": it must be one of');
  A.set(0, 1, Number.NaN);
  expect(() => norm(A)).toThrow("norm: A[0, 1] is NaN: every entry must be finite");
  const huge = Matrix.from([[1.7e308, 1.7e308]]);
  expect(() => norm(huge)).toThrow("norm: the frobenius norm overflows f64");
  expect(() => norm(huge, "infinity")).toThrow(RangeError);
});
