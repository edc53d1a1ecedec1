import fc from "fast-check";
import { expect, test } from "vitest";
import { valuesOf } from "../../src/completion/prediction.js";
import { valuesOfRows } from "../../src/completion/values-of-rows.js";
import { uniform } from "../helpers/random.js";

const recipe = fc.record({
  rows: fc.integer({ min: 0, max: 150 }),
  cols: fc.integer({ min: 1, max: 40 }),
  width: fc.integer({ min: 0, max: 50 }),
  seed: fc.nat(1e6),
});

test("many rows have the values of each alone, to the bit", () => {
  fc.assert(
    fc.property(recipe, ({ rows, cols, width, seed }) => {
      const next = uniform(seed);
      const draw = (n: number) => Float32Array.from({ length: n }, () => 2 * next());
      const predictor = {
        ...{ mean: next(), scale: 1 + next() / 2 },
        ...{ rowBias: draw(rows), colBias: draw(cols) },
        ...{ rowFactors: draw(rows * width), colFactors: draw(cols * width) },
      };
      const rowOf = (u: number) => ({
        factors: predictor.rowFactors.subarray(u * width, (u + 1) * width),
        bias: predictor.rowBias[u],
      });
      const numbers = Array.from({ length: rows }, (_, u) => u);
      const found = [...valuesOfRows(predictor, numbers, rowOf)];
      expect(found.map(({ item }) => item)).toEqual(numbers);
      for (const { item, scores } of found) {
        expect(Array.from(scores)).toEqual(Array.from(valuesOf(predictor, rowOf(item))));
      }
    }),
  );
});
