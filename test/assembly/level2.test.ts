import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const shape = fc.record({
  m: fc.integer({ min: 0, max: 40 }),
  n: fc.integer({ min: 0, max: 40 }),
  padding: fc.integer({ min: 0, max: 3 }),
});

// Small integers: every product and sum is exact in both types, whatever the order.
const ramp = (length: number, step: number) =>
  Array.from({ length }, (_, i) => ((i * step) % 31) - 15);

test.each(["f32", "f64"] as const)("gemv_%s and gemvTransposed multiply by A and A'", (type) => {
  const { exports, put, ...views } = rawKernels("kernels.test");
  const array = type === "f32" ? Float32Array : Float64Array;
  fc.assert(
    fc.property(shape, ({ m, n, padding }) => {
      const lda = n + padding;
      const [A, x, z] = [ramp(m * lda, 7), ramp(n, 11), ramp(m, 5)];
      const a = put(new array(A));
      const y = put(new array(m).fill(Number.NaN));
      exports[`gemv_${type}`](m, n, a, lda, put(new array(x)), y);
      const product = z.map((_, i) => x.reduce((sum, value, j) => sum + A[i * lda + j] * value, 0));
      expect(Array.from(views[type](y, m), (value) => value + 0)).toEqual(product);

      const start = ramp(n, 3);
      const w = put(new array(start));
      exports[`gemvTransposed_${type}`](m, n, -2, a, lda, put(new array(z)), w);
      const transposed = start.map((value, j) =>
        z.reduce((sum, zi, i) => sum - 2 * A[i * lda + j] * zi, value),
      );
      expect(Array.from(views[type](w, n), (value) => value + 0)).toEqual(transposed);
    }),
  );
});

test.each(["f32", "f64"] as const)("transpose_%s and copyPadded copy every entry", (type) => {
  const { exports, put, ...views } = rawKernels();
  const array = type === "f32" ? Float32Array : Float64Array;
  fc.assert(
    fc.property(shape, ({ m, n, padding }) => {
      const lda = n + padding;
      const A = ramp(m * lda, 7);
      const a = put(new array(A));
      const b = put(new array(n * m).fill(Number.NaN));
      exports[`transpose_${type}`](m, n, a, lda, b, m);
      const B = views[type](b, n * m);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) expect(B[j * m + i]).toBe(A[i * lda + j]);
      }
      const c = put(new array(m * (n + 2)).fill(Number.NaN));
      exports[`copyPadded_${type}`](m, n + 2, n, a, lda, c, n + 2);
      const C = views[type](c, m * (n + 2));
      for (let i = 0; i < m; i++) {
        const row = Array.from(C.subarray(i * (n + 2), (i + 1) * (n + 2)));
        expect(row).toEqual([...A.slice(i * lda, i * lda + n), 0, 0]);
      }
    }),
  );
});
