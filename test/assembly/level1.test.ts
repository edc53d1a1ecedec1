import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const kernels = rawKernels();
const room = kernels.allocate(8 * 200);
const other = kernels.allocate(8 * 200);

/** Small integers: sums and products are exact in both types, so equality is the test. */
const integers = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 100 });

for (const type of ["f32", "f64"] as const) {
  const array = type === "f32" ? Float32Array : Float64Array;
  const call = (name: string, ...args: number[]) => kernels.exports[`${name}_${type}`](...args);
  const put = (address: number, values: number[]) =>
    kernels[type](address, values.length).set(new array(values));

  test(`dot, sum, sumOfSquares and amax of ${type} integers are exact at every length`, () => {
    fc.assert(
      fc.property(integers, (x) => {
        put(room, x);
        put(other, [...x].reverse());
        const n = x.length;
        expect(call("dot", n, room, other)).toBe(
          x.reduce((sum, value, i) => sum + value * x[n - 1 - i], 0),
        );
        expect(call("sum", n, room)).toBe(x.reduce((sum, value) => sum + value, 0));
        expect(call("sumOfSquares", n, room)).toBe(x.reduce((sum, value) => sum + value ** 2, 0));
        expect(call("amax", n, room)).toBe(x.reduce((most, v) => Math.max(most, Math.abs(v)), 0));
      }),
    );
  });

  test(`axpy and scal of ${type} touch n entries and no more`, () => {
    fc.assert(
      fc.property(integers, (x) => {
        put(room, [...x, 7]);
        put(
          other,
          [...x, 7].map((value) => value + 1),
        );
        call("axpy", x.length, 2, room, other);
        expect([...kernels[type](other, x.length + 1)]).toEqual([...x.map((v) => 3 * v + 1), 8]);
        call("scal", x.length, -1, room);
        expect([...kernels[type](room, x.length + 1)].map((v) => v + 0)).toEqual([
          ...x.map((v) => -v + 0),
          7,
        ]);
      }),
    );
  });

  test(`nrm2 of ${type} neither overflows nor underflows`, () => {
    const [tiny, huge] = type === "f32" ? [2 ** -140, 2 ** 120] : [2 ** -1060, 2 ** 1000];
    for (const scale of [1, tiny, huge]) {
      put(room, [3 * scale, 4 * scale]);
      expect(call("nrm2", 2, room)).toBe(5 * scale);
    }
    expect(call("nrm2", 0, room)).toBe(0);
    put(room, [0, 0, 0]);
    expect(call("nrm2", 3, room)).toBe(0);
    put(room, [1, Number.POSITIVE_INFINITY]);
    expect(call("nrm2", 2, room)).toBe(Number.POSITIVE_INFINITY);
    put(room, [1, Number.NaN, 2, 3, 4]);
    expect(call("nrm2", 5, room)).toBeNaN();
  });

  test(`firstNonFinite of ${type} finds NaN and infinities wherever they stand`, () => {
    for (let n = 1; n < 12; n++) {
      for (let i = 0; i < n; i++) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const values = new Array(n).fill(1);
          values[i] = bad;
          put(room, values);
          expect(call("firstNonFinite", n, room)).toBe(i);
        }
      }
    }
    put(room, [1, 2, 3]);
    expect(call("firstNonFinite", 3, room)).toBe(-1);
  });
}
