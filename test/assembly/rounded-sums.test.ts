import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const recipe = fc.record({
  lines: fc.integer({ min: 0, max: 5 }),
  k: fc.integer({ min: 0, max: 11 }),
  exponent: fc.integer({ min: -20, max: 20 }),
  parts: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1e6),
});

test.each(["f32", "f64"] as const)("parts are rounded to the grid, ties to even: %s", (type) => {
  const array = type === "f32" ? Float32Array : Float64Array;
  fc.assert(
    fc.property(recipe, ({ lines, k, exponent, parts, seed }) => {
      const kernels = rawKernels();
      const scale = 2 ** exponent;
      const share = new array(Array.from({ length: lines }, (_, i) => 2 ** -i));
      const shareAt = kernels.put(share);
      const sums = kernels.put(new Int32Array(lines * k));
      const expected = new Float64Array(lines * k);
      for (let part = 0; part < parts; part++) {
        // Quarters of a grid step, so that there are ties.
        const parted = Array.from({ length: lines * k }, (_, q) => {
          const steps = (((seed + 7919 * q + 104729 * part) % 81) - 40) / 4;
          return steps / (scale * share[Math.floor(q / k)]);
        });
        const x = new array(parted);
        x.forEach((value, q) => {
          const steps = value * scale * share[Math.floor(q / k)];
          const down = Math.floor(steps);
          const tie = steps - down === 0.5;
          expected[q] += tie ? down + (down & 1) : Math.round(steps);
        });
        kernels.exports[`addRounded_${type}`](lines, k, scale, shareAt, kernels.put(x), sums);
      }
      const y = kernels.put(new array(lines * k).fill(Number.NaN));
      kernels.exports[`fromRounded_${type}`](lines, k, scale, shareAt, sums, y);
      const values = expected.map((steps, q) => steps / (scale * share[Math.floor(q / k)]) + 0);
      expect(Array.from(kernels[type](y, lines * k), (v) => v + 0)).toEqual(Array.from(values));
    }),
  );
});
