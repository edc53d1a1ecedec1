import fc from "fast-check";
import { expect, test } from "vitest";
import { historyOf, joinHistories } from "../../src/als/history.js";
import { metColumns } from "../../src/als/met-columns.js";
import { RowSolver } from "../../src/als/row-solver.js";
import { solveByKernels } from "../../src/als/solve-by-kernels.js";
import { solveByScript } from "../../src/als/solve-by-script.js";
import { inDoubles, inSingles, solveRows } from "../../src/als/solve-rows.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

const recipe = fc.record({
  rows: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(4100)),
  cols: fc.integer({ min: 2, max: 40 }),
  rank: fc.constantFrom(1, 2, 7, 16),
  density: fc.constantFrom(0, 0.2, 1),
  weighted: fc.boolean(),
  solveSystem: fc.constantFrom(solveByKernels, solveByScript),
  // 0: a row of fewer cells than the rank has no single solution but for the Gram matrix.
  threshold: fc.constantFrom(0, 1e-4, 0.05),
  seed: fc.nat(),
});

type Recipe = typeof recipe extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function systemOf(drawn: Recipe) {
  const { rows, cols, rank, density, weighted, solveSystem, threshold, seed } = drawn;
  const next = uniform(seed);
  const factors = Float32Array.from({ length: cols * rank }, next);
  // More columns than the rank: their Gram matrix is regular.
  const cold = cols > 2 * rank + 2 ? Int32Array.of(cols - 1) : undefined;
  const ridge = cols > 2 * rank ? threshold : 0.05;
  const columns = { factors, cols, rank, cellWeight: 0.1, threshold: ridge };
  const solver = new RowSolver(columns, solveSystem, cold && metColumns(columns, cold));
  const rowStart = new Int32Array(rows + 1);
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols - 1; col++) {
      if ((next() + 1) / 2 < density) indices.push(col);
    }
    rowStart[row + 1] = indices.length;
  }
  const histories = {
    rowStart,
    colIndices: Int32Array.from(indices),
    weights: weighted ? Float32Array.from(indices, () => 3 * next()) : undefined,
  };
  return { solver, histories, rank, rows };
}

test("rows solved for together are those solved for one by one, to 1e-6", () => {
  fc.assert(
    fc.property(recipe, (drawn) => {
      const { solver, histories, rank, rows } = systemOf(drawn);
      const all = solveRows(solver, histories, inDoubles);
      expect(all.length).toBe(rows * rank);
      for (let row = 0; row < rows; row++) {
        const one = solver.factorsOf(historyOf(histories, row));
        const gap = one.map((value, c) => value - all[row * rank + c]);
        expectBelow(1e-6, { gap: Math.hypot(...gap) / (Math.hypot(...one) || 1) }, drawn);
      }
    }),
    { numRuns: 40 },
  );
});

test("in f32 rows are nearly those, with the same bits alone and beside others", () => {
  const regular = recipe.map((drawn) => ({ ...drawn, threshold: 0.05 as const }));
  fc.assert(
    fc.property(regular, (drawn) => {
      const { solver, histories, rank, rows } = systemOf(drawn);
      const all = solveRows(solver, histories, inSingles);
      expect(all.length).toBe(rows * rank);
      for (let row = 0; row < rows; row++) {
        const history = historyOf(histories, row);
        const own = all.subarray(row * rank, (row + 1) * rank);
        expect(solveRows(solver, joinHistories([history]), inSingles)).toEqual(own);
        const one = solver.factorsOf(history);
        const gap = one.map((value, c) => value - own[c]);
        expectBelow(1e-3, { gap: Math.hypot(...gap) / (Math.hypot(...one) || 1) }, drawn);
      }
    }),
    { numRuns: 20 },
  );
});
