import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

const recipe = fc.record({
  lines: fc.integer({ min: 0, max: 6 }),
  k: fc.constantFrom(4, 8, 12, 16, 52),
  alpha: fc.double({ min: -2, max: 2, noNaN: true }),
  moves: fc.boolean(),
  seed: fc.nat(1e6),
});

test("a step and a turn are what their formulas say", () => {
  fc.assert(
    fc.property(recipe, ({ lines, k, alpha, moves, seed }) => {
      const kernels = rawKernels();
      const next = uniform(seed);
      const draw = (n: number, f = (v: number) => v) =>
        new Float32Array(Array.from({ length: n }, () => f(next())));
      const counts = draw(lines, (v) => Math.round(5 + 5 * v));
      const ridges = draw(lines, (v) => 1.5 + v);
      const columns = draw(4 * k, (v) => 1.5 + v);
      for (let c = 0; c < k; c++) columns[3 * k + c] = next() < 0 ? 0 : 1;
      const [p, image, x, r] = Array.from({ length: 4 }, () => draw(lines * k));
      const at = [counts, ridges, columns, p, image, x, r].map((one) => kernels.put(one));
      const [countsAt, ridgesAt, columnsAt, pAt, imageAt, xAt, rAt] = at;
      const energy = kernels.exports.conjugateStep_f32(
        ...[lines, k, alpha, countsAt, ridgesAt, columnsAt],
        ...[pAt, imageAt, moves ? xAt : 0, rAt],
      );
      const errors: Record<string, number> = { x: 0, r: 0, z: 0, p: 0, energy: 0, ridged: 0 };
      const compare = (name: string, found: number, expected: number) => {
        const error = Math.abs(found - expected) / (1 + Math.abs(expected));
        errors[name] = Math.max(errors[name], error);
      };
      const d = (q: number) => {
        const [i, c] = [Math.floor(q / k), q % k];
        return ridges[i] * columns[k + c] + columns[2 * k + c];
      };
      const m = (q: number) => counts[Math.floor(q / k)] * columns[q % k] + d(q);
      const rest = Array.from(r, (value, q) =>
        columns[3 * k + (q % k)] === 0 ? 0 : value - alpha * (image[q] + d(q) * p[q]),
      );
      const [xs, rs, zs] = [xAt, rAt, imageAt].map((address) => kernels.f32(address, lines * k));
      x.forEach((value, q) => {
        compare("x", xs[q], moves ? value + alpha * p[q] : value);
      });
      rest.forEach((value, q) => {
        compare("r", rs[q], value);
        compare("z", zs[q], value / m(q));
      });
      compare(
        "energy",
        energy,
        rest.reduce((sum, value, q) => sum + (value * value) / m(q), 0),
      );

      const ridged = kernels.exports.conjugateTurn_f32(
        ...[lines, k, alpha, ridgesAt, columnsAt, imageAt, pAt],
      );
      const turned = rest.map((value, q) => value / m(q) + alpha * p[q]);
      const ps = kernels.f32(pAt, lines * k);
      turned.forEach((value, q) => {
        compare("p", ps[q], value);
      });
      compare(
        "ridged",
        ridged,
        turned.reduce((sum, value, q) => sum + d(q) * value * value, 0),
      );
      expectBelow(1e-5, errors);
      expect(Object.values(errors).every(Number.isFinite)).toBe(true);
    }),
  );
});
