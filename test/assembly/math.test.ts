import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

// Made by fixtures/elementary.py: arguments, values rounded to f64, and what the rounding left in
// units in the last place of the value.
const tables = JSON.parse(
  readFileSync(new URL("../fixtures/elementary.json", import.meta.url), "utf8"),
) as Record<string, { x: number[]; y: number[]; rest: number[] }>;

type Type = "f32" | "f64";
const names = ["exp", "log", "tanh", "erf", "sin", "cos"] as const;
type Name = (typeof names)[number];
const shipped = rawKernels();
const inlined = rawKernels("kernels.test");
const moduleOf = (name: Name) => (name === "tanh" ? shipped : inlined);
/** Room in both modules, of a thousand numbers each. */
const start = Math.max(shipped.allocate(0), inlined.allocate(0));
const [room, other, single, double] = [0, 8000, 16000, 24000].map((offset) => start + offset);
for (const { allocate, release } of [shipped, inlined]) {
  release(start);
  allocate(32_000);
}

function apply(name: Name, type: Type, values: readonly number[]): number[] {
  const kernels = moduleOf(name);
  kernels[type](room, values.length).set(values);
  kernels[type](other, values.length + 1).fill(Number.NaN);
  kernels.exports[`${name}_${type}`](values.length, room, other);
  expect(kernels[type](other, values.length + 1)[values.length]).toBeNaN();
  return [...kernels[type](other, values.length)];
}

/** The unit in the last place of the type's numbers around `value`. */
function unit(type: Type, value: number): number {
  const [bits, lowest] = type === "f32" ? [23, -126] : [52, -1022];
  const size = Math.abs(value);
  let exponent = Math.max(lowest, Math.floor(Math.log2(size)));
  if (exponent > lowest && 2 ** exponent > size) exponent--;
  return 2 ** (exponent - bits);
}

// A little above the greatest errors seen, in ulps: over all f32 for exp, log, tanh and erf, over
// 30,000 arguments a function elsewhere. The 1 is of subnormal results, which are rounded twice.
const bounds: Record<Name, Record<Type, number>> = {
  exp: { f32: 0.8, f64: 1.001 },
  log: { f32: 0.86, f64: 0.8 },
  tanh: { f32: 0.95, f64: 0.9 },
  erf: { f32: 0.95, f64: 0.9 },
  sin: { f32: 0.51, f64: 0.8 },
  cos: { f32: 0.51, f64: 0.8 },
};

const cases = names.flatMap((name) => [[name, "f32"] as const, [name, "f64"] as const]);

test.each(cases)("%s_%s agrees with 40 digits to less than its bound", (name, type) => {
  const { x, y, rest } = tables[`${name}_${type}`];
  const results = apply(name, type, x);
  const errors = results.map((result, i) => {
    const left = rest[i] * unit("f64", y[i]);
    return Math.abs(result - y[i] - left) / unit(type, y[i]);
  });
  expect(Math.max(...errors) < bounds[name][type]).toBe(true);
});

test.each(["exp", "log", "tanh", "erf"] as const)(
  "%s in f32 follows f64 over the whole range",
  (name) => {
    // Every 1009th f32 number, of either sign.
    const kernels = moduleOf(name);
    const count = 1000;
    const bits = kernels.i32(room, count);
    const x = kernels.f32(room, count);
    let worst = 0;
    for (let first = -(2 ** 31); first < 2 ** 31; first += 1009 * count) {
      for (let i = 0; i < count; i++) bits[i] = first + 1009 * i;
      kernels.exports[`${name}_f32`](count, room, single);
      kernels.f64(other, count).set(x);
      kernels.exports[`${name}_f64`](count, other, double);
      const ours = kernels.f32(single, count);
      const reference = kernels.f64(double, count);
      for (let i = 0; i < count; i++) {
        const rounded = Math.fround(reference[i]);
        if (Object.is(ours[i], rounded)) continue;
        worst = Math.max(worst, Math.abs(ours[i] - reference[i]) / unit("f32", reference[i]));
      }
    }
    expect(worst < bounds[name].f32).toBe(true);
  },
);

test.each(["exp", "log"] as const)("%s of a number has the bits of the one over arrays", (name) => {
  fc.assert(
    fc.property(fc.double(), (x) => {
      expect(shipped.exports[`${name}Of_f64`](x)).toBe(apply(name, "f64", [x])[0]);
    }),
  );
});

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

test.each(["f32", "f64"] as const)("special %s values go where IEEE 754 sends them", (type) => {
  const special = [nan, infinity, -infinity, 0, -0];
  const tiny = type === "f32" ? 2 ** -149 : 2 ** -1074;
  const huge = type === "f32" ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
  expect(apply("exp", type, special)).toEqual([nan, infinity, 0, 1, 1]);
  expect(apply("log", type, special)).toEqual([nan, infinity, nan, -infinity, -infinity]);
  expect(apply("log", type, [1, -1, -tiny, -huge])).toEqual([0, nan, nan, nan]);
  expect(apply("tanh", type, special)).toEqual([nan, 1, -1, 0, -0]);
  expect(apply("erf", type, special)).toEqual([nan, 1, -1, 0, -0]);
  expect(apply("sin", type, special)).toEqual([nan, nan, nan, 0, -0]);
  expect(apply("cos", type, special)).toEqual([nan, nan, nan, 1, 1]);
  expect(apply("exp", type, [huge, -huge, tiny, -tiny])).toEqual([infinity, 0, 1, 1]);
  expect(apply("tanh", type, [huge, -huge, tiny, -tiny])).toEqual([1, -1, tiny, -tiny]);
  expect(apply("erf", type, [huge, -huge])).toEqual([1, -1]);
  expect(apply("sin", type, [tiny, -tiny])).toEqual([tiny, -tiny]);
});

test("exp ends in infinity above, and in subnormal numbers and then zero below", () => {
  const [finite, over] = apply("exp", "f64", [709.782712893384, 709.7827128933841]);
  expect(finite < infinity && over === infinity).toBe(true);
  expect(apply("exp", "f64", [-745.1332191019411, -745.1332191019412])).toEqual([2 ** -1074, 0]);
  const [finite32, over32] = apply("exp", "f32", [88.72283172607422, 88.72283935546875]);
  expect(finite32 < infinity && over32 === infinity).toBe(true);
  expect(apply("exp", "f32", [-103.97207641601562, -103.97208404541016])).toEqual([2 ** -149, 0]);
});

const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.double({ min: -30, max: 30, noNaN: true }),
);
const numbers = fc.array(number, { minLength: 1, maxLength: 40 });

test.each(["f32", "f64"] as const)("a %s value depends neither on its place nor on y", (type) => {
  fc.assert(
    fc.property(fc.constantFrom(...names), numbers, (name, list) => {
      const together = apply(name, type, list);
      expect(list.flatMap((value) => apply(name, type, [value]))).toEqual(together);
      const kernels = moduleOf(name);
      kernels[type](room, list.length).set(list);
      kernels.exports[`${name}_${type}`](list.length, room, room);
      expect([...kernels[type](room, list.length)]).toEqual(together);
    }),
  );
});

test.each(["f32", "f64"] as const)("%s: tanh, erf and sin are odd and cos is even", (type) => {
  fc.assert(
    fc.property(numbers, (list) => {
      const mirrored = list.map((value) => -value);
      for (const name of ["tanh", "erf", "sin"] as const) {
        const expected = apply(name, type, list).map((value) => -value);
        expect(apply(name, type, mirrored)).toEqual(expected);
      }
      expect(apply("cos", type, mirrored)).toEqual(apply("cos", type, list));
    }),
  );
});

test.each(["f32", "f64"] as const)("%s: exp, log, tanh and erf never decrease", (type) => {
  // Runs of numbers so near each other that rounding could upset their order, around the places
  // where a formula changes as well as anywhere.
  const place = fc.oneof(
    fc.double({ min: -20, max: 20, noNaN: true }),
    fc.constantFrom(0.9, 0.9970703125, 1, Math.SQRT1_2, Math.SQRT2, Math.LN2 / 2, 5.93),
  );
  fc.assert(
    fc.property(place, (x) => {
      const step = unit(type, x);
      const run = Array.from({ length: 41 }, (_, i) => x + (i - 20) * step);
      for (const name of ["exp", "log", "tanh", "erf"] as const) {
        const domain = name === "log" ? run.filter((value) => value > 0) : run;
        const values = apply(name, type, domain);
        expect(values.slice(1).every((value, i) => value >= values[i])).toBe(true);
      }
    }),
  );
});

test.each(["f32", "f64"] as const)("%s: exp(log x) is x and sin^2 + cos^2 is 1", (type) => {
  const eps = type === "f32" ? 2 ** -23 : 2 ** -52;
  fc.assert(
    fc.property(numbers, (list) => {
      const rounded = [...(type === "f32" ? Float32Array : Float64Array).from(list)];
      const positive = rounded.map(Math.abs).filter((value) => value > 1e-30 && value < 1e30);
      apply("exp", type, apply("log", type, positive)).forEach((value, i) => {
        // An error of half an ulp in the logarithm is multiplied by its size.
        expect(Math.abs(value / positive[i] - 1) < 75 * eps).toBe(true);
      });
      const finite = rounded.filter(Number.isFinite);
      const cos = apply("cos", type, finite);
      apply("sin", type, finite).forEach((sin, i) => {
        expect(Math.abs(sin ** 2 + cos[i] ** 2 - 1) < 4 * eps).toBe(true);
      });
    }),
  );
});
