import fc from "fast-check";
import { expect, test } from "vitest";
import { describe } from "../../src/check/describe.js";
import { Matrix } from "../../src/index.js";

test("a value is shown as what it is", () => {
  const shown: [unknown, string][] = [
    [2.5, "2.5"],
    [Number.NaN, "NaN"],
    [true, "true"],
    [undefined, "undefined"],
    [null, "null"],
    ["2", '"2"'],
    ["a\nb", '"a\\nb"'],
    ["x".repeat(50), `"${"x".repeat(39)}…"`],
    [5n, "BigInt"],
    [Symbol("s"), "Symbol"],
    [[1, 2], "Array"],
    [new Int32Array(3), "Int32Array"],
    [Object.create(null), "Object"],
    [() => 1, "Function"],
  ];
  for (const [value, text] of shown) expect(describe(value)).toBe(text);
});

test("whatever is given, a message has one line and an end", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withTypedArray: true }), (value) => {
      expect(describe(value)).toMatch(/^.{1,80}$/u);
    }),
  );
  // The array first, as other packages have it.
  const swapped = () => new Matrix(new Float64Array(9999) as never, 99, 101 as never);
  expect(swapped).toThrow("Matrix: rows is Float64Array: it must be an integer in 0 .. ");
});
