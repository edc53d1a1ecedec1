import fc from "fast-check";
import { test } from "vitest";
import { solveRidge } from "../../src/completion/ridge.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

test("solveRidge makes the gradient of its objective vanish, for few and for many targets", () => {
  const recipe = fc.record({
    n: fc.integer({ min: 1, max: 30 }),
    k: fc.integer({ min: 1, max: 20 }),
    ridge: fc.constantFrom(1e-3, 1, 1e4),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, (r) => {
      const { n, k, ridge, seed } = r;
      const next = uniform(seed);
      const features = Float64Array.from({ length: n * k }, next);
      const targets = Float64Array.from({ length: n }, next);
      const ridges = Float64Array.from({ length: k }, () => ridge * (1.5 + next()));
      const w = solveRidge(features, targets, ridges);
      for (let c = 0; c < k; c++) {
        let gradient = ridges[c] * w[c];
        let size = Math.abs(gradient);
        for (let i = 0; i < n; i++) {
          let residual = -targets[i];
          for (let d = 0; d < k; d++) residual += features[i * k + d] * w[d];
          gradient += features[i * k + c] * residual;
          size += Math.abs(features[i * k + c]);
        }
        expectBelow(1e-9, { gradient: Math.abs(gradient) / size }, r);
      }
    }),
  );
});
