import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";
import { uniform } from "../helpers/random.js";

const flag = fc.constantFrom(0, 1);
// Sizes of vectors, of tiles and of the blocks of the caches (64, 384, 512, 1024), and beside.
const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 3, 63, 64, 65, 129, 383, 385) },
);
const wide = fc.oneof(size, fc.constantFrom(511, 513, 1025, 1040, 1542));
const shape = fc.record({
  m: size,
  n: size,
  k: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(383, 384, 385, 387, 900)),
  transposeA: flag,
  transposeB: flag,
  alpha: fc.constantFrom(1, -0.5),
  beta: fc.constantFrom(0, 1, 2),
  padding: fc.integer({ min: 0, max: 3 }),
});
const types = [
  ["f32", Float32Array],
  ["f64", Float64Array],
] as const;

const ramp = (length: number, step: number) =>
  Float64Array.from({ length }, (_, i) => ((i * step) % 31) - 15);

/** Numbers whose sums round, so that the order of additions shows. */
const rounding = (length: number, seed: number) => Float64Array.from({ length }, uniform(seed));

/** Equal entry by entry, NaN to NaN; `toEqual` takes long on so many. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) expect(actual[i], `entry ${i}`).toBe(expected[i]);
  }
}

test.each(types)("gemm_%s equals the sum of products", (type, array) => {
  const kernels = rawKernels();
  const start = kernels.allocate(0);
  fc.assert(
    fc.property(shape, ({ m, n, k, transposeA, transposeB, alpha, beta, padding }) => {
      kernels.release(start);
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
      const expected = C.slice();
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let p = 0; p < k; p++) {
            sum +=
              A[transposeA ? p * lda + i : i * lda + p] * B[transposeB ? j * ldb + p : p * ldb + j];
          }
          // Small integers: every product and sum is exact in both types.
          expected[i * ldc + j] = alpha * sum + (beta === 0 ? 0 : beta * C[i * ldc + j]) + 0;
        }
      }
      const result = kernels[type](c, m * ldc);
      // Adding 0 takes the sign off zeros.
      expectSame(
        result.map((x) => x + 0),
        expected,
      );
    }),
    { numRuns: 300 },
  );
});

test.each(types)(
  "an entry of gemm_%s has the same bits in a product of any shape",
  (type, array) => {
    const kernels = rawKernels();
    const gemm = kernels.exports[`gemm_${type}`];
    const bytes = array.BYTES_PER_ELEMENT;
    const start = kernels.allocate(0);
    // Parts that reach to the end are drawn often: fringes are there.
    const part = (length: number, before: number, after: number) => {
      const start = Math.floor(before * length);
      return [start, length - start - Math.floor(after * (length - start))];
    };
    const fraction = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(
        shape,
        wide,
        fc.tuple(fraction, fraction, fraction, fraction),
        ({ m, k, transposeA, transposeB, alpha, beta }, n, [f0, f1, f2, f3]) => {
          kernels.release(start);
          const [lda, ldb] = [transposeA ? m : k, transposeB ? k : n];
          const a = kernels.put(new array(rounding(m * k, 1)));
          const b = kernels.put(new array(rounding(k * n, 2)));
          const C = new array(rounding(m * n, 3));
          const [c, d] = [kernels.put(C), kernels.put(C)];
          gemm(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, n);
          const [i, rows] = part(m, f0, f1);
          const [j, cols] = part(n, f2, f3);
          const corner = d + (i * n + j) * bytes;
          const fromA = a + (transposeA ? i : i * lda) * bytes;
          const fromB = b + (transposeB ? j * ldb : j) * bytes;
          gemm(
            ...[transposeA, transposeB, rows, cols, k, alpha, fromA, lda, fromB, ldb],
            ...[beta, corner, n],
          );
          const [whole, one] = [kernels[type](c, m * n), kernels[type](d, m * n)];
          for (let p = 0; p < m; p++) {
            for (let q = 0; q < n; q++) {
              const inside = p >= i && p < i + rows && q >= j && q < j + cols;
              if (one[p * n + q] !== (inside ? whole : C)[p * n + q]) {
                expect.fail(`entry (${p}, ${q}) differs`);
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  },
);

test.each(types)("gemmPacked_%s gives the bits of gemm", (type, array) => {
  const kernels = rawKernels();
  const { exports } = kernels;
  const start = kernels.allocate(0);
  fc.assert(
    fc.property(shape, wide, ({ m, k, transposeA, transposeB, alpha, beta, padding }, n) => {
      kernels.release(start);
      const lda = (transposeA ? m : k) + padding;
      const ldb = (transposeB ? k : n) + padding;
      const a = kernels.put(new array(rounding(lda * (transposeA ? k : m), 1)));
      const b = kernels.put(new array(rounding(ldb * (transposeB ? n : k), 2)));
      const C = new array(rounding(m * n, 3));
      const [c, d] = [kernels.put(C), kernels.put(C)];
      const capacity = exports[`packedBytes_${type}`](k, n);
      const packed = kernels.allocate(capacity);
      const guard = kernels.put(new array([Math.PI]));
      exports[`packB_${type}`](transposeB, k, n, b, ldb, packed);
      exports[`gemm_${type}`](
        ...[transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, n],
      );
      exports[`gemmPacked_${type}`](transposeA, m, n, k, alpha, a, lda, packed, beta, d, n);
      expectSame(kernels[type](d, m * n), kernels[type](c, m * n));
      expect(kernels[type](guard, 1)[0]).toBe(array.of(Math.PI)[0]);
    }),
    { numRuns: 200 },
  );
});

test.each(types)("syrk_%s gives the bits of gemm", (type, array) => {
  const kernels = rawKernels();
  const start = kernels.allocate(0);
  fc.assert(
    fc.property(shape, size, ({ k, transposeA, alpha, padding }, n) => {
      kernels.release(start);
      const lda = (transposeA ? n : k) + padding;
      const ldc = n + padding;
      const a = kernels.put(new array(rounding(lda * (transposeA ? k : n), 1)));
      const C = new array(n * ldc).fill(Number.NaN);
      const [c, d] = [kernels.put(C), kernels.put(C)];
      kernels.exports[`gemm_${type}`](
        ...[transposeA, 1 - transposeA, n, n, k, alpha, a, lda, a, lda, 0, c, ldc],
      );
      kernels.exports[`syrk_${type}`](transposeA, n, k, alpha, a, lda, d, ldc);
      expectSame(kernels[type](d, n * ldc), kernels[type](c, n * ldc));
    }),
    { numRuns: 200 },
  );
});

// Rests of every size behind a whole panel of B (512 doubles, 1024 floats), with k beyond a block.
test.each(types)(
  "columns of gemm_%s beside the end of a panel are those formed alone",
  (type, array) => {
    const kernels = rawKernels();
    const gemm = kernels.exports[`gemm_${type}`];
    const bytes = array.BYTES_PER_ELEMENT;
    const start = kernels.allocate(0);
    const panel = 4096 / bytes;
    const k = 387;
    for (const m of [2, 3, 7, 130]) {
      for (let n = panel - 3; n <= panel + 17; n++) {
        for (const beta of [0, 2]) {
          kernels.release(start);
          const a = kernels.put(new array(rounding(m * k, 1)));
          const b = kernels.put(new array(rounding(k * n, 2)));
          const C = new array(rounding(m * n, 3));
          const [c, d] = [kernels.put(C), kernels.put(C)];
          gemm(0, 0, m, n, k, 1, a, k, b, n, beta, c, n);
          const first = n - 24;
          for (let j = first; j < n; j++) {
            gemm(0, 0, m, 1, k, 1, a, k, b + j * bytes, n, beta, d + j * bytes, n);
          }
          const [whole, alone] = [kernels[type](c, m * n), kernels[type](d, m * n)];
          for (let i = 0; i < m; i++) {
            const row = (x: Float32Array | Float64Array) => x.subarray(i * n + first, (i + 1) * n);
            expectSame(row(alone), row(whole));
          }
        }
      }
    }
  },
);
