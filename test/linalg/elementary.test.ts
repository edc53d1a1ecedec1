import fc from "fast-check";
import { expect, test } from "vitest";
import { cos, exp, log, power } from "../../src/linalg/elementary.js";

test("exp and log invert each other", () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(log(exp(x)) - x) < 2 ** -51 * Math.max(1, Math.abs(x))).toBe(true);
    }),
  );
});

test("cos from 0 to pi", () => {
  expect([0, Math.PI / 2, Math.PI].map(cos)).toEqual([1, 0, -1]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: Math.PI, noNaN: true }), (x) => {
      expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-15);
    }),
  );
});

test("power agrees with repeated multiplication and its inverse", () => {
  const close = (a: number, b: number) => Math.abs(a - b) <= 2 ** -46 * Math.abs(b);
  for (const x of [0, 0.1, 1, 2, 3, 1000, 1e6]) {
    expect(close(power(x, 3), x * x * x)).toBe(true);
    expect(close(power(x, 0.5), Math.sqrt(x))).toBe(true);
    expect(close(power(power(x, 0.6), 1 / 0.6), x)).toBe(true);
  }
});

test("power at its edges: 0^0 = 1, 0^-1 is infinite, a negative base gives NaN", () => {
  expect([0, 2, -1].map((x) => power(x, 0))).toEqual([1, 1, 1]);
  expect([0, 1, -1].map((x) => power(x, -1))).toEqual([Number.POSITIVE_INFINITY, 1, Number.NaN]);
});
