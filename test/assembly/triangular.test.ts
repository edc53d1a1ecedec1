import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";
import { uniform } from "../helpers/random.js";

/** A triangle with ones and more on its diagonal; the entries that must not be read are NaN. */
function triangle(n: number, ld: number, lower: boolean, unit: boolean, next: () => number) {
  const T = new Float64Array(n * ld).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) T[i * ld + j] = unit ? Number.NaN : 2 + next();
      else if (j < i === lower) T[i * ld + j] = next() / n;
    }
  }
  return T;
}

test("solveTriangular turns B into B op(T)^-1 and reads nothing but its triangle", () => {
  const flag = fc.boolean();
  const recipe = fc.record({
    ...{ lower: flag, transpose: flag, unit: flag },
    m: fc.integer({ min: 0, max: 20 }),
    n: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 100 })),
    pad: fc.integer({ min: 0, max: 3 }),
    dtype: fc.constantFrom("f32" as const, "f64" as const),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, ({ lower, transpose, unit, m, n, pad, dtype, seed }) => {
      const { exports, put, allocate, f32, f64 } = rawKernels();
      const next = uniform(seed);
      const ld = n + pad;
      const T = triangle(n, ld, lower, unit, next);
      const X = Float64Array.from({ length: m * n }, next);
      const entry = (i: number, j: number) => {
        const [row, col] = transpose ? [j, i] : [i, j];
        if (row === col) return unit ? 1 : T[row * ld + col];
        return col < row === lower ? T[row * ld + col] : 0;
      };
      // B = X op(T), padding kept apart by a number that must stay.
      const B = new Float64Array(m * ld).fill(7);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let p = 0; p < n; p++) sum += X[i * n + p] * entry(p, j);
          B[i * ld + j] = sum;
        }
      }
      const typed = (values: Float64Array) =>
        dtype === "f64" ? values : Float32Array.from(values);
      const [t, b] = [put(typed(T)), put(typed(B))];
      const work = allocate(exports[`triangularWorkspace_${dtype}`]());
      exports[`solveTriangular_${dtype}`](
        ...[Number(lower), Number(transpose), Number(unit), m, n, t, ld, b, ld, work],
      );
      const result = (dtype === "f64" ? f64 : f32)(b, m * ld);
      const slack = dtype === "f64" ? 1e-12 : 1e-4;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          expect(Math.abs(result[i * ld + j] - X[i * n + j])).toBeLessThan(slack);
        }
        for (let j = n; j < ld; j++) expect(result[i * ld + j]).toBe(7);
      }
    }),
  );
});

test("luFactor gives A P = L U with pivots largest in their rows, for any row stride", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 90 }),
      fc.integer({ min: 0, max: 3 }),
      fc.nat(1e6),
      (n, pad, seed) => {
        const { exports, put, allocate, f64, i32 } = rawKernels();
        const ld = n + pad;
        const A = Float64Array.from({ length: n * ld }, uniform(seed));
        const [a, pivots] = [put(A), put(new Int32Array(n).fill(-1))];
        const work = allocate(exports.triangularWorkspace_f64());
        expect(exports.luFactor_f64(n, a, ld, pivots, work)).toBe(-1);
        const LU = f64(a, n * ld);
        const order = Int32Array.from({ length: n }, (_, j) => j);
        i32(pivots, n).forEach((other, j) => {
          expect(other).toBeGreaterThanOrEqual(j);
          expect(other).toBeLessThan(n);
          [order[j], order[other]] = [order[other], order[j]];
        });
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            if (j > i) expect(Math.abs(LU[i * ld + j])).toBeLessThanOrEqual(1);
            let sum = 0;
            for (let p = 0; p <= Math.min(i, j); p++) {
              sum += LU[i * ld + p] * (p === j ? 1 : LU[p * ld + j]);
            }
            expect(Math.abs(sum - A[i * ld + order[j]])).toBeLessThan(1e-12);
          }
        }
        for (let i = 0; i < n; i++) {
          expect(LU.subarray(i * ld + n, (i + 1) * ld)).toEqual(
            A.subarray(i * ld + n, (i + 1) * ld),
          );
        }
      },
    ),
  );
});

test("cholesky reads nothing above the diagonal and writes nothing beyond the matrix", () => {
  for (const n of [0, 1, 15, 16, 17, 40, 130]) {
    const { exports, put, allocate, f64 } = rawKernels();
    const ld = n + 2;
    const next = uniform(n);
    const A = new Float64Array(n * ld).fill(Number.NaN);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) A[i * ld + j] = next() / n;
      A[i * ld + i] = 2;
    }
    const a = put(A);
    const work = allocate(exports.triangularWorkspace_f64());
    expect(exports.cholesky_f64(n, a, ld, work)).toBe(-1);
    const L = f64(a, n * ld);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let p = 0; p <= j; p++) sum += L[i * ld + p] * L[j * ld + p];
        expect(Math.abs(sum - A[i * ld + j])).toBeLessThan(1e-13);
      }
      expect([L[i * ld + n], L[i * ld + n + 1]]).toEqual([Number.NaN, Number.NaN]);
    }
  }
});

test("findAsymmetry finds the one pair that differs, wherever it lies", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 70 }),
      fc.nat(1e6),
      fc.nat(1e6),
      fc.boolean(),
      (n, first, second, upper) => {
        const { exports, put } = rawKernels();
        const i = 1 + (first % (n - 1));
        const j = second % i;
        const A = new Float64Array(n * n).fill(3);
        expect(exports.findAsymmetry_f64(n, put(A), n, 0)).toBe(-1);
        A[upper ? j * n + i : i * n + j] = 3.5;
        const a = put(A);
        expect(exports.findAsymmetry_f64(n, a, n, 0.25)).toBe(i * n + j);
        expect(exports.findAsymmetry_f64(n, a, n, 0.5)).toBe(-1);
      },
    ),
  );
});

test("firstNonFinite finds the first NaN or infinity at any place, and no other", () => {
  for (const length of [0, 1, 63, 64, 65, 200]) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const dtype of ["f32", "f64"] as const) {
        const { exports, put } = rawKernels();
        const largest = dtype === "f32" ? 3e38 : 1e308;
        const make = dtype === "f32" ? Float32Array : Float64Array;
        const x = put(new make(length).fill(largest));
        expect(exports[`firstNonFinite_${dtype}`](length, x)).toBe(-1);
        for (let i = 0; i < length; i += 13) {
          const values = new make(length).fill(-largest);
          values[i] = bad;
          values[length - 1] = bad;
          expect(exports[`firstNonFinite_${dtype}`](length, put(values))).toBe(i);
        }
      }
    }
  }
});
