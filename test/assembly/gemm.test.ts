import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const shape = fc.record({
  m: fc.integer({ min: 0, max: 40 }),
  n: fc.integer({ min: 0, max: 40 }),
  k: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(255, 256, 257, 600)),
  transposeA: fc.constantFrom(0, 1),
  transposeB: fc.constantFrom(0, 1),
  alpha: fc.constantFrom(1, -0.5),
  beta: fc.constantFrom(0, 1, 2),
  padding: fc.integer({ min: 0, max: 3 }),
});

const ramp = (length: number, step: number) =>
  Float64Array.from({ length }, (_, i) => ((i * step) % 31) - 15);

test.each(["f32", "f64"] as const)("gemm_%s equals the sum of products", (type) => {
  const kernels = rawKernels();
  const array = type === "f32" ? Float32Array : Float64Array;
  fc.assert(
    fc.property(shape, ({ m, n, k, transposeA, transposeB, alpha, beta, padding }) => {
      const [rowsA, colsA] = transposeA ? [k, m] : [m, k];
      const [rowsB, colsB] = transposeB ? [n, k] : [k, n];
      const [lda, ldb, ldc] = [colsA + padding, colsB + padding, n + padding];
      const A = ramp(rowsA * lda, 7);
      const B = ramp(rowsB * ldb, 11);
      // beta = 0 must never read C: NaN there would show.
      const C = beta === 0 ? new Float64Array(m * ldc).fill(Number.NaN) : ramp(m * ldc, 5);
      const a = kernels.put(new array(A));
      const b = kernels.put(new array(B));
      const c = kernels.put(new array(C));
      kernels.exports[`gemm_${type}`](
        ...[transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc],
      );
      const result = kernels[type](c, m * ldc);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let p = 0; p < k; p++) {
            sum +=
              A[transposeA ? p * lda + i : i * lda + p] * B[transposeB ? j * ldb + p : p * ldb + j];
          }
          const kept = beta === 0 ? 0 : beta * C[i * ldc + j];
          // Small integers: every product and sum is exact in both types.
          expect(result[i * ldc + j] + 0).toBe(alpha * sum + kept + 0);
        }
        for (let j = n; j < ldc; j++) expect(result[i * ldc + j]).toEqual(C[i * ldc + j]);
      }
    }),
  );
});
