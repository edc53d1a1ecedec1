import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { rawKernels } from "../helpers/kernels.js";
import { smallIntegers } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

const types = ["f32", "f64"] as const;

const recipe = fc.record({
  rows: fc.integer({ min: 0, max: 12 }),
  // 150 columns: rows of more slots than a chunk of the fused kernel takes.
  cols: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(150)),
  k: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(4, 8, 16, 32, 48, 64)),
  density: fc.constantFrom(0, 0.1, 0.5, 1),
  seed: fc.nat(),
});

const wholeVectors = recipe.map((r) => ({ ...r, k: 4 * Math.max(1, Math.ceil(r.k / 4)) }));

const integers = (length: number, seed: number) => Float64Array.from(smallIntegers(length, seed));

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
      call("sparseTimesDense", r.rows, r.k, start, index, put(values), put(right), out, 0);
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
      call("sparseTimesDenseVia", r.cols, r.k, start, index, via, v, l, out, 0);
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
        const [residual, fused] = [room(slots.length), room(slots.length)];
        const [expected, out] = [room(r.rows * r.k), room(r.rows * r.k)];
        const loss = call("sampledResidual", r.rows, r.k, start, index, l, v, values, residual);
        call("sparseTimesDense", r.rows, r.k, start, index, residual, v, expected, 0);
        const args = [r.rows, r.k, start, index, l, v, values, fused, out];
        expect(call("residualTimesDense", ...args, 0)).toBe(loss);
        expect(read(fused, slots.length)).toEqual(read(residual, slots.length));
        expect(read(out, r.rows * r.k)).toEqual(read(expected, r.rows * r.k));
      }),
    );
  },
);

test.each(types)("in %s a product by blocks of columns has the bits of one at once", (type) => {
  fc.assert(
    fc.property(recipe, fc.integer({ min: 1, max: 8 }), (r, width) => {
      const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, left, right } = build(type, r);
      const size = r.rows * r.k;
      const [l, v] = [put(left.map((x) => x / 3)), put(right.map((x) => x / 3))];
      const values = integers(slots.length, r.seed + 2);
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      const [whole, residual] = [room(size), room(slots.length)];
      call("residualTimesDense", r.rows, r.k, start, index, l, v, put(values), residual, whole, 0);
      const products = room(size);
      const [fused, plain, via] = [room(size), room(size), room(size)];
      call("sparseTimesDense", r.rows, r.k, start, index, residual, v, products, 0);
      for (let first = 0; first < r.cols; first += width) {
        const order = slots.map((_, p) => p);
        const chosen = order.filter((p) => Math.floor(slots[p].col / width) * width === first);
        const pick = (list: ArrayLike<number>) => chosen.map((p) => list[p]);
        const blockStart = kernels.put(
          Int32Array.from({ length: r.rows + 1 }, (_, i) => {
            return chosen.filter((p) => slots[p].row < i).length;
          }),
        );
        const blockIndex = kernels.put(Int32Array.from(pick(colIndices)));
        const position = kernels.put(Int32Array.from(chosen));
        const [blockValues, part] = [put(pick(values)), room(chosen.length)];
        const add = first === 0 ? 0 : 1;
        const at = [r.rows, r.k, blockStart, blockIndex];
        call("residualTimesDense", ...at, l, v, blockValues, part, fused, add);
        call("sparseTimesDense", ...at, part, v, plain, add);
        call("sparseTimesDenseVia", ...at, position, residual, v, via, add);
      }
      for (const out of [fused, plain, via]) expect(read(out, size)).toEqual(read(whole, size));
      expect(read(products, size)).toEqual(read(whole, size));
    }),
    { numRuns: 40 },
  );
});

test.each(types)("rounding in %s stays within its bound at every k", (type) => {
  const eps = type === "f32" ? 2 ** -23 : 2 ** -52;
  const [rows, cols] = [3, 70];
  for (let k = 1; k <= 70; k++) {
    const { slots, rowStart, colIndices } = pattern(rows, cols, 1, k);
    const { kernels, put, room, call, read } = build(type, { rows, cols, k, seed: k });
    const rounded = (n: number, seed: number) => {
      const entries = Matrix.randomNormal(1, n, { seed, dtype: type });
      return Float64Array.from(entries.data);
    };
    const [left, right] = [rounded(rows * k, k), rounded(cols * k, k + 100)];
    const values = new Float64Array(slots.length);
    const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
    const [residual, out] = [room(slots.length), room(rows * k)];
    const args = [rows, k, start, index, put(left), put(right), put(values), residual, out];
    call("residualTimesDense", ...args, 0);
    const products = read(residual, slots.length);
    slots.forEach(({ row, col }, p) => {
      let size = 0;
      for (let q = 0; q < k; q++) size += Math.abs(left[row * k + q] * right[col * k + q]);
      const error = Math.abs(products[p] - dot(k, left, row, right, col));
      expectBelow(1, { product: error / ((k + 4) * eps * size) }, { k, row, col });
    });
    const entries = slots.map((s, p) => ({ to: s.row, from: s.col, weight: products[p] }));
    const sizes = weightedRows(
      rows,
      k,
      right.map(Math.abs),
      entries.map((entry) => ({ ...entry, weight: Math.abs(entry.weight) })),
    );
    const sums = read(out, rows * k);
    weightedRows(rows, k, right, entries).forEach((sum, i) => {
      expectBelow(1, { sum: Math.abs(sums[i] - sum) / (cols * eps * sizes[i]) }, { k, i });
    });
  }
});

test.each(types)("NaN and infinity in %s stay in their slot and their row", (type) => {
  for (const k of [1, 3, 5, 7, 13, 18, 35]) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const r = { rows: 2, cols: 6, k, seed: k };
      const { slots, rowStart, colIndices } = pattern(2, 6, 1, 0);
      const { kernels, put, room, call, read, left, right } = build(type, r);
      left.fill(1);
      right.fill(1);
      right[2 * k + (k >> 1)] = bad;
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      const [products, out] = [room(slots.length), room(2 * k)];
      const [l, v] = [put(left), put(right)];
      const zeros = put(new Float64Array(slots.length));
      call("sampledResidual", 2, k, start, index, l, v, zeros, products);
      const expected = slots.map(({ col }) => (col === 2 ? bad : k));
      expect(read(products, slots.length)).toEqual(expected);
      const ones = put(new Float64Array(slots.length).fill(1));
      call("sparseTimesDense", 2, k, start, index, ones, v, out, 0);
      const sums = Array.from({ length: 2 * k }, (_, i) => (i % k === k >> 1 ? bad : 6));
      expect(read(out, 2 * k)).toEqual(sums);
    }
  }
});

test("patternTimesDense_f32 sums a row's gathered rows", () => {
  fc.assert(
    fc.property(wholeVectors, (r) => {
      const { slots, rowStart, colIndices } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, right } = build("f32", r);
      const out = room(r.rows * r.k);
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      call("patternTimesDense", r.rows, r.k, start, index, put(right), out);
      const entries = slots.map((s) => ({ to: s.row, from: s.col, weight: 1 }));
      expect(plusZero(read(out, r.rows * r.k))).toEqual(
        plusZero(weightedRows(r.rows, r.k, right, entries)),
      );
    }),
  );
});

test("patternTimesDense_f32 of scaled lines is the adjoint of itself, scaled", () => {
  fc.assert(
    fc.property(wholeVectors, (r) => {
      const { slots, rowStart, colIndices, ...byCols } = pattern(r.rows, r.cols, r.density, r.seed);
      const { kernels, put, room, call, read, left, right } = build("f32", r);
      const weights = integers(r.rows, r.seed + 2);
      const [l, v, scale] = [left, right, weights].map(put);
      const [ofRows, ofCols, scaled] = [r.rows, r.cols, r.rows].map((lines) => room(lines * r.k));
      const [start, index] = [kernels.put(rowStart), kernels.put(colIndices)];
      call("patternTimesDense", r.rows, r.k, start, index, v, ofRows);
      call("scaleLines", r.rows, r.k, scale, ofRows, l, ofRows);
      call("scaleLines", r.rows, r.k, scale, l, 0, scaled);
      const [colStart, rowIndices] = [byCols.colStart, byCols.rowIndices].map((one) =>
        kernels.put(one),
      );
      call("patternTimesDense", r.cols, r.k, colStart, rowIndices, scaled, ofCols);
      const weight = (s: { row: number }) => weights[s.row];
      const there = slots.map((s) => ({ to: s.row, from: s.col, weight: weight(s) }));
      const back = slots.map((s) => ({ to: s.col, from: s.row, weight: weight(s) }));
      const sums = weightedRows(r.rows, r.k, right, there).map((sum, q) => sum + left[q]);
      expect(plusZero(read(ofRows, r.rows * r.k))).toEqual(plusZero(sums));
      expect(plusZero(read(ofCols, r.cols * r.k))).toEqual(
        plusZero(weightedRows(r.cols, r.k, left, back)),
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
  const [zeros, out] = [kernels.put(new array(count)), kernels.put(new array(count))];
  const at = (first: number) => kernels.put(Int32Array.of(first, count));
  call("sampledResidual", 1, k, at(0), index, left, right, zeros, out);
  const whole = read(out, count);
  for (let first = 1; first < count; first++) {
    call("sampledResidual", 1, k, at(first), index, left, right, zeros, out);
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
