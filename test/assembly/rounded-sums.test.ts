import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const recipe = fc.record({
  lines: fc.integer({ min: 0, max: 5 }),
  k: fc.constantFrom(0, 4, 8, 12, 52),
  exponent: fc.integer({ min: -20, max: 20 }),
  parts: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1e6),
});

test("parts are rounded to the grid, ties to even", () => {
  fc.assert(
    fc.property(recipe, ({ lines, k, exponent, parts, seed }) => {
      const kernels = rawKernels();
      const scale = 2 ** exponent;
      const share = new Float32Array(Array.from({ length: lines }, (_, i) => 2 ** -i));
      const shareAt = kernels.put(share);
      const sums = kernels.put(new Int32Array(lines * k));
      const expected = new Float64Array(lines * k);
      for (let part = 0; part < parts; part++) {
        // Quarters of a grid step, so that there are ties.
        const parted = Array.from({ length: lines * k }, (_, q) => {
          const steps = (((seed + 7919 * q + 104729 * part) % 81) - 40) / 4;
          return steps / (scale * share[Math.floor(q / k)]);
        });
        const x = new Float32Array(parted);
        x.forEach((value, q) => {
          const steps = value * scale * share[Math.floor(q / k)];
          const down = Math.floor(steps);
          const tie = steps - down === 0.5;
          expected[q] += tie ? down + (down & 1) : Math.round(steps);
        });
        kernels.exports.addRounded_f32(lines, k, scale, shareAt, kernels.put(x), sums);
      }
      const y = kernels.put(new Float32Array(lines * k).fill(Number.NaN));
      kernels.exports.fromRounded_f32(lines, k, scale, shareAt, sums, y);
      const values = expected.map((steps, q) => steps / (scale * share[Math.floor(q / k)]) + 0);
      expect(Array.from(kernels.f32(y, lines * k), (v) => v + 0)).toEqual(Array.from(values));
    }),
  );
});

test("integers are added place by place", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 40 }), (pairs) => {
      const kernels = rawKernels();
      const [x, sums] = [0, 1].map((side) =>
        kernels.put(Int32Array.from(pairs, (pair) => pair[side])),
      );
      kernels.exports.addIntegers_f32(pairs.length, x, sums);
      const expected = pairs.map(([a, b]) => (a + b) | 0);
      expect(Array.from(kernels.i32(sums, pairs.length))).toEqual(expected);
    }),
  );
});
