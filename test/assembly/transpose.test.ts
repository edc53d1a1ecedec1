import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

test("transpose exchanges rows and columns for any shape and strides, and writes nothing else", () => {
  const side = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 70 }));
  const pad = fc.integer({ min: 0, max: 3 });
  const type = fc.constantFrom("f32" as const, "f64" as const);
  fc.assert(
    fc.property(side, side, pad, pad, type, (m, n, padFrom, padTo, dtype) => {
      const { exports, put, f32, f64 } = rawKernels();
      const [from, to] = [n + padFrom, m + padTo];
      const typed = (length: number, map: (i: number) => number) =>
        new (dtype === "f64" ? Float64Array : Float32Array)(length).map((_, i) => map(i));
      const a = put(typed(m * from, (i) => i));
      const b = put(typed(n * to, () => -1));
      exports[`transpose_${dtype}`](m, n, a, from, b, to);
      const expected = typed(n * to, (i) => {
        const [q, p] = [Math.floor(i / to), i % to];
        return p < m ? p * from + q : -1;
      });
      expect((dtype === "f64" ? f64 : f32)(b, n * to)).toEqual(expected);
    }),
  );
});
