import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const types = ["f32", "f64"] as const;
const arrays = { f32: Float32Array, f64: Float64Array };

/** The number that a half with these bits is, by its definition (IEEE 754, binary16). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** All halves that are finite: bits of the positive ones ascending. */
const positive = Array.from({ length: 0x7c00 }, (_, bits) => bits);
const finite = [...positive, ...positive.map((bits) => bits | 0x8000)];

function halvesOf(type: "f32" | "f64", values: number[]): Uint16Array {
  const { exports, put, allocate, i32 } = rawKernels();
  const to = allocate(2 * values.length + 2);
  exports[`storeHalves_${type}`](values.length, put(new arrays[type](values)), to);
  const words = i32(to, Math.ceil(values.length / 2));
  return new Uint16Array(words.buffer, to, values.length);
}

test.each(types)("expandHalves_%s and storeHalves are exact on every half", (type) => {
  const { exports, allocate, i32, ...views } = rawKernels();
  const from = allocate(2 * finite.length);
  new Uint16Array(i32(from, 1).buffer, from, finite.length).set(finite);
  const to = allocate(8 * finite.length);
  exports[`expandHalves_${type}`](1, finite.length, 0, from, to);
  const values = finite.map(half);
  expect(Array.from(views[type](to, finite.length))).toEqual(values);
  expect(Array.from(halvesOf(type, values))).toEqual(finite);
});

test.each(types)("storeHalves_%s rounds to nearest, ties to even", (type) => {
  const pairs = positive.slice(1).map((bits) => [bits - 1, bits]);
  const middles = pairs.map(([a, b]) => (half(a) + half(b)) / 2);
  const even = pairs.map(([a, b]) => (a % 2 === 0 ? a : b));
  expect(Array.from(halvesOf(type, middles))).toEqual(even);
  // The next numbers of f32, which hold the middles exactly.
  const above = middles.map((x) => x * (1 + 2 ** -22));
  const below = middles.map((x) => x * (1 - 2 ** -22));
  expect(Array.from(halvesOf(type, above))).toEqual(pairs.map(([, b]) => b));
  expect(Array.from(halvesOf(type, below))).toEqual(pairs.map(([a]) => a));
});

test.each(types)("rows of expandHalves_%s and expandBytes come by their index", (type) => {
  const { exports, put, allocate, ...views } = rawKernels();
  const [rows, cols] = [5, 19];
  const data = Array.from({ length: rows * cols }, (_, i) => Math.sin(i));
  const x = put(new arrays[type](data));
  const [halves, bytes, scales] = [2, 1, 4].map((size) => allocate(size * rows * cols));
  exports[`storeHalves_${type}`](rows * cols, x, halves);
  exports[`storeBytes_${type}`](rows, cols, x, scales, bytes);
  const index = [3, 0, 3, 4];
  const at = put(Int32Array.from(index));
  const [all, some] = [allocate(8 * rows * cols), allocate(8 * index.length * cols)];
  const expanders = [
    (n: number, by: number, to: number) => exports[`expandHalves_${type}`](n, cols, by, halves, to),
    (n: number, by: number, to: number) =>
      exports[`expandBytes_${type}`](n, cols, by, scales, bytes, to),
  ];
  for (const expand of expanders) {
    expand(rows, 0, all);
    expand(index.length, at, some);
    const whole = Array.from(views[type](all, rows * cols));
    const chosen = index.flatMap((row) => whole.slice(row * cols, (row + 1) * cols));
    expect(Array.from(views[type](some, index.length * cols))).toEqual(chosen);
  }
});

test.each(types)("storeBytes_%s is off by half a scale at most, and keeps what fits", (type) => {
  const { exports, put, allocate, f32, ...views } = rawKernels();
  const [rows, cols] = [6, 37];
  const data = Array.from({ length: rows * cols }, (_, i) => {
    const row = Math.floor(i / cols);
    if (row === 0) return 0;
    // Multiples of a power of two up to 127 are stored exactly; the others have any size.
    if (row === 1) return (((i * 29) % 255) - 127) * 2 ** -9;
    return 10 ** (12 * row - 48) * Math.cos(3 * i);
  });
  data[cols] = 127 * 2 ** -9;
  const [scales, bytes, to] = [4 * rows, rows * cols, 8 * rows * cols].map(allocate);
  const stored = new arrays[type](data);
  exports[`storeBytes_${type}`](rows, cols, put(stored), scales, bytes);
  exports[`expandBytes_${type}`](rows, cols, 0, scales, bytes, to);
  const found = Array.from((type === "f32" ? f32 : views.f64)(to, rows * cols), (x) => x + 0);
  expect(found.slice(0, 2 * cols)).toEqual(data.slice(0, 2 * cols).map((x) => x + 0));
  for (let row = 2; row < rows; row++) {
    const [before, after] = [Array.from(stored), found].map((all) =>
      all.slice(row * cols, (row + 1) * cols),
    );
    const largest = before.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    before.forEach((x, j) => {
      expect(Math.abs(after[j] - x) / largest).toBeLessThan(0.5 / 127 + 1e-6);
    });
  }
});
