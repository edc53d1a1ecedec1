import fc from "fast-check";
import { expect, test } from "vitest";
import { exp, log, power } from "../../src/linalg/elementary.js";

test("exp and log invert each other", () => {
  const logarithms = fc.double({ min: -700, max: 700, noNaN: true });
  fc.assert(
    fc.property(fc.array(logarithms), (list) => {
      const x = Float64Array.from(list);
      log(exp(x)).forEach((value, i) => {
        expect(Math.abs(value - x[i]) < 2 ** -51 * Math.max(1, Math.abs(x[i]))).toBe(true);
      });
    }),
  );
});

test("power agrees with repeated multiplication and its inverse", () => {
  const x = Float64Array.from([0, 0.1, 1, 2, 3, 1000, 1e6]);
  const close = (a: number, b: number) => Math.abs(a - b) <= 2 ** -46 * Math.abs(b);
  expect(power(x, 3).every((value, i) => close(value, x[i] * x[i] * x[i]))).toBe(true);
  expect(power(x, 0.5).every((value, i) => close(value, Math.sqrt(x[i])))).toBe(true);
  expect(power(power(x, 0.6), 1 / 0.6).every((value, i) => close(value, x[i]))).toBe(true);
});

test("power at its edges: 0^0 = 1, 0^-1 is infinite, a negative base gives NaN", () => {
  expect([...power(Float64Array.from([0, 2, -1]), 0)]).toEqual([1, 1, 1]);
  const edges = power(Float64Array.from([0, 1, -1]), -1);
  expect([...edges]).toEqual([Number.POSITIVE_INFINITY, 1, Number.NaN]);
  expect(power(new Float64Array(0), 2).length).toBe(0);
});
