import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const types = ["f32", "f64"] as const;

const recipe = fc.record({
  rows: fc.integer({ min: 0, max: 12 }),
  cols: fc.integer({ min: 1, max: 9 }),
  k: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(4, 8, 16, 32, 48, 64)),
  density: fc.constantFrom(0, 0.1, 0.5, 1),
  seed: fc.nat(),
});

/** Small integers, so that every product and sum is exact in both types. */
function integers(length: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) % 9) - 4;
  });
}

/** A pattern compressed by rows, and the slots of each column in the order of the rows. */
function pattern(rows: number, cols: number, density: number, seed: number) {
  const draws = integers(rows * cols, seed ^ 0x5bd1e995);
  const slots: { row: number; col: number }[] = [];
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      if ((draws[row * cols + col] + 4) / 9 < density) slots.push({ row, col });
    }
  }
  const starts = (size: number, of: (slot: { row: number; col: number }) => number) =>
    Int32Array.from({ length: size + 1 }, (_, i) => slots.filter((s) => of(s) < i).length);
  const position = slots.map((_, p) => p).sort((p, q) => slots[p].col - slots[q].col || p - q);
  return {
    slots,
    rowStart: starts(rows, (s) => s.row),
    colIndices: Int32Array.from(slots, (s) => s.col),
    colStart: starts(cols, (s) => s.col),
    rowIndices: Int32Array.from(position, (p) => slots[p].row),
    position: Int32Array.from(position),
  };
}

function build(type: "f32" | "f64", r: { rows: number; cols: number; k: number; seed: number }) {
  const kernels = rawKernels();
  const array = type === "f32" ? Float32Array : Float64Array;
  return {
    kernels,
    put: (values: ArrayLike<number>) => kernels.put(new array(values)),
    // NaN: whatever a kernel does not write, or reads before writing, shows.
    room: (length: number) => kernels.put(new array(length).fill(Number.NaN)),
    call: (name: string, ...args: number[]) => kernels.exports[`${name}_${type}`](...args),
    read: (address: number, length: number) => Array.from(kernels[type](address, length)),
    left: integers(r.rows * r.k, r.seed),
    right: integers(r.cols * r.k, r.seed + 1),
  };
}

const dot = (k: number, x: Float64Array, i: number, y: Float64Array, j: number) => {
  let sum = 0;
  for (let q = 0; q < k; q++) sum += x[i * k + q] * y[j * k + q];
  return sum;
};

/** The rows of `dense` that `entries` name, weighted and summed into a rows x k array. */
function weightedRows(
  rows: number,
  k: number,
  dense: Float64Array,
  entries: { to: number; from: number; weight: number }[],
) {
  const out = new Array<number>(rows * k).fill(0);
  for (const { to, from, weight } of entries) {
    for (let q = 0; q < k; q++) out[to * k + q] += weight * dense[from * k + q];
  }
  return out;
}

const plusZero = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);

test.each(types)("sampledProduct_%s is the dense product at the slots", (type) => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, left, right } = build(type, r);
      const out = room(slots.length);
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      call("sampledProduct", r.rows, r.k, start, index, put(left), put(right), out);
      const expected = slots.map((s) => dot(r.k, left, s.row, right, s.col));
      expect(plusZero(read(out, slots.length))).toEqual(plusZero(expected));
    }),
  );
});

test.each(types)("sampledResidual_%s subtracts the values and returns half the squares", (type) => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, left, right } = build(type, r);
      const values = integers(slots.length, r.seed + 2);
      const residual = room(slots.length);
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      const [l, w, v] = [put(left), put(right), put(values)];
      const loss = call("sampledResidual", r.rows, r.k, start, index, l, w, v, residual);
      const expected = slots.map((s, p) => dot(r.k, left, s.row, right, s.col) - values[p]);
      expect(plusZero(read(residual, slots.length))).toEqual(plusZero(expected));
      expect(loss).toBe(expected.reduce((sum, e) => sum + e * e, 0) / 2);
    }),
  );
});

test.each(types)("sparseTimesDense_%s sums the weighted rows; an empty row is zero", (type) => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, right } = build(type, r);
      const values = integers(slots.length, r.seed + 2);
      const out = room(r.rows * r.k);
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      call("sparseTimesDense", r.rows, r.k, start, index, put(values), put(right), out);
      const entries = slots.map((s, p) => ({ to: s.row, from: s.col, weight: values[p] }));
      expect(plusZero(read(out, r.rows * r.k))).toEqual(
        plusZero(weightedRows(r.rows, r.k, right, entries)),
      );
    }),
  );
});

test.each(types)("sparseTimesDenseVia_%s multiplies by the transpose", (type) => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { slots, colStart, rowIndices, position } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, left } = build(type, r);
      const values = integers(slots.length, r.seed + 2);
      const out = room(r.cols * r.k);
      const [start, index] = [kernels.put(colStart), kernels.put(rowIndices)];
      const [via, v, l] = [kernels.put(position), put(values), put(left)];
      call("sparseTimesDenseVia", r.cols, r.k, start, index, via, v, l, out);
      const entries = slots.map((s, p) => ({ to: s.col, from: s.row, weight: values[p] }));
      expect(plusZero(read(out, r.cols * r.k))).toEqual(
        plusZero(weightedRows(r.cols, r.k, left, entries)),
      );
    }),
  );
});

test.each(types)(
  "residualTimesDense_%s is the residual and its product in the same bits",
  (type) => {
    fc.assert(
      fc.property(recipe, (r) => {
        const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
        const { kernels, put, room, call, read, left, right } = build(type, r);
        // Thirds: sums round, so an order of additions that differs would show.
        const [l, v] = [put(left.map((x) => x / 3)), put(right.map((x) => x / 3))];
        const values = put(integers(slots.length, r.seed + 2));
        const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
        const [residual, scratch] = [room(slots.length), room(r.cols)];
        const [expected, out] = [room(r.rows * r.k), room(r.rows * r.k)];
        call("sampledResidual", r.rows, r.k, start, index, l, v, values, residual);
        call("sparseTimesDense", r.rows, r.k, start, index, residual, v, expected);
        call("residualTimesDense", r.rows, r.k, start, index, l, v, values, scratch, out);
        expect(read(out, r.rows * r.k)).toEqual(read(expected, r.rows * r.k));
      }),
    );
  },
);

test.each(types)("patternTimesDense_%s scales the sum of a row's gathered rows", (type) => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, right } = build(type, r);
      const scale = integers(r.rows, r.seed + 2);
      const out = room(r.rows * r.k);
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      call("patternTimesDense", r.rows, r.k, start, index, put(scale), put(right), out);
      const entries = slots.map((s) => ({ to: s.row, from: s.col, weight: scale[s.row] }));
      expect(plusZero(read(out, r.rows * r.k))).toEqual(
        plusZero(weightedRows(r.rows, r.k, right, entries)),
      );
    }),
  );
});

test.each(types)("patternTimesScaledDense_%s is the adjoint of patternTimesDense", (type) => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { slots, colStart, rowIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, left } = build(type, r);
      const scale = integers(r.rows, r.seed + 2);
      const out = room(r.cols * r.k);
      const [start, index] = [kernels.put(colStart), kernels.put(rowIndices)];
      call("patternTimesScaledDense", r.cols, r.k, start, index, put(scale), put(left), out);
      const entries = slots.map((s) => ({ to: s.col, from: s.row, weight: scale[s.row] }));
      expect(plusZero(read(out, r.cols * r.k))).toEqual(
        plusZero(weightedRows(r.cols, r.k, left, entries)),
      );
    }),
  );
});

test.each(types)("a slot's product in %s does not depend on where it lies in its row", (type) => {
  const k = 23;
  const count = 11;
  const { kernels, call, read } = build(type, { rows: 0, cols: 0, k: 0, seed: 0 });
  const array = type === "f32" ? Float32Array : Float64Array;
  const fractions = (n: number, step: number) =>
    new array(n).map((_: number, i: number) => (((i * step) % 1009) - 504) / 1013);
  const left = kernels.put(fractions(k, 71));
  const right = kernels.put(fractions(count * k, 37));
  const index = kernels.put(Int32Array.from({ length: count }, (_, i) => i));
  const out = kernels.put(new array(count));
  const at = (first: number) => kernels.put(Int32Array.of(first, count));
  call("sampledProduct", 1, k, at(0), index, left, right, out);
  const whole = read(out, count);
  for (let first = 1; first < count; first++) {
    call("sampledProduct", 1, k, at(first), index, left, right, out);
    expect(read(out, count)).toEqual(whole);
  }
});

test.each(types)("the loss in %s is the sum over blocks of 256 rows computed apart", (type) => {
  const rows = 600;
  const k = 4;
  const { kernels, put, room, call } = build(type, { rows: 0, cols: 0, k: 0, seed: 0 });
  const noise = (n: number, seed: number) => integers(n, seed).map((value) => value / 7);
  const rowStart = Int32Array.from({ length: rows + 1 }, (_, i) => i * 6);
  const colIndices = Int32Array.from({ length: rows * 6 }, (_, p) => (p * 5) % 17);
  const bytes = type === "f32" ? 4 : 8;
  const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
  const [left, right] = [put(noise(rows * k, 1)), put(noise(17 * k, 2))];
  const [values, residual] = [put(noise(rows * 6, 3)), room(rows * 6)];
  const loss = (first: number, count: number) =>
    call(
      "sampledResidual",
      ...[count, k, start + first * 4, index, left + first * k * bytes, right, values, residual],
    );
  // Halves are exact, so the parts add up to the same bits.
  expect(loss(0, 256) + loss(256, 256) + loss(512, 88)).toBe(loss(0, rows));
});
