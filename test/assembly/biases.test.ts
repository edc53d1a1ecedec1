import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

// Row 1 is empty, row 2 has one slot; small integers are exact in both types.
const rowStart = Int32Array.from([0, 3, 3, 4]);
const cols = Int32Array.from([0, 2, 3, 1]);
const values = [10, 20, 30, 40];
const rowBias = [1, 2, 3];
const colBias = [5, 6, 7, 8];
const expected = [10 - 1 - 5, 20 - 1 - 7, 30 - 1 - 8, 40 - 3 - 6];

test.each([["f32", Float32Array] as const, ["f64", Float64Array] as const])(
  "subtractBiases takes both biases off every slot, %s",
  (type, FloatArray) => {
    const { exports, put, f32, f64 } = rawKernels();
    const view = type === "f32" ? f32 : f64;
    const put1 = (array: number[]) => put(FloatArray.from(array));
    const out = put(new FloatArray(5).fill(Number.NaN));
    exports[`subtractBiases_${type}`](
      3,
      put(rowStart),
      put(cols),
      put1(rowBias),
      put1(colBias),
      put1(values),
      out,
    );
    expect(Array.from(view(out, 5))).toEqual([...expected, Number.NaN]);
  },
);

test("subtractBiases of no rows writes nothing", () => {
  const { exports, put, f64 } = rawKernels();
  const out = put(new Float64Array(1).fill(7));
  exports.subtractBiases_f64(0, put(Int32Array.of(0)), out, out, out, out, out);
  expect(f64(out, 1)[0]).toBe(7);
});

test.each([["f32", Float32Array] as const, ["f64", Float64Array] as const])(
  "sumSlots and sumSlotsVia add up each row's slots in the same order, %s",
  (type, FloatArray) => {
    const { exports, put, f32, f64 } = rawKernels();
    const view = type === "f32" ? f32 : f64;
    const counts = [0, 1, 2, 3, 4, 5, 8, 23];
    const start = [0, ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b))];
    const count = start[counts.length];
    const sevenths = new FloatArray(
      Array.from({ length: count }, (_, p) => (((p * 37) % 101) - 50) / 7),
    );
    const order = Int32Array.from({ length: count }, (_, p) => (p * 5) % count);
    const shuffled = new FloatArray(count);
    order.forEach((to, p) => {
      shuffled[to] = sevenths[p];
    });
    const out = put(new FloatArray(counts.length).fill(Number.NaN));
    const via = put(new FloatArray(counts.length).fill(Number.NaN));
    const rows = put(Int32Array.from(start));
    exports[`sumSlots_${type}`](counts.length, rows, put(sevenths), out);
    exports[`sumSlotsVia_${type}`](counts.length, rows, put(order), put(shuffled), via);
    const sums = Array.from(view(out, counts.length));
    expect(Array.from(view(via, counts.length))).toEqual(sums);
    counts.forEach((_, i) => {
      const slots = Array.from(sevenths).slice(start[i], start[i + 1]);
      const expected = slots.reduce((sum, value) => sum + value, 0);
      expect(Math.abs(sums[i] - expected) <= (type === "f32" ? 1e-5 : 1e-13)).toBe(true);
    });
  },
);
