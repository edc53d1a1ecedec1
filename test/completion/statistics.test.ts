// What the defaults read off the data: biases, noise, and the threshold below which all is noise.
import fc from "fast-check";
import { expect, test } from "vitest";
import { noiseThreshold, weightsOf } from "../../src/als/noise-threshold.js";
import { fitBiases } from "../../src/completion/bias-model.js";
import { completeMatrix } from "../../src/index.js";
import { randomNormalArray } from "../../src/linalg/random.js";
import { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { runAlone } from "../../src/shards/exchange.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";
import { wholeShard } from "../helpers/shards.js";

/** mean + a_u + b_i + noise at random places. */
function additive(rows: number, cols: number, share: number, seed: number, noise: number) {
  const next = uniform(seed);
  const normal = randomNormalArray(rows + cols + rows * cols, seed, 1, "f64");
  const rowIndices: number[] = [];
  const colIndices: number[] = [];
  const values: number[] = [];
  for (let u = 0; u < rows; u++) {
    for (let i = 0; i < cols; i++) {
      if ((next() + 1) / 2 > share) continue;
      rowIndices.push(u);
      colIndices.push(i);
      const effects = 0.5 * normal[u] + 2 * normal[rows + i];
      values.push(7 + effects + noise * normal[rows + cols + u * cols + i]);
    }
  }
  return SparseMatrix.fromTriplets({ rows, cols, rowIndices, colIndices, values });
}

/** Row of slot p. */
const rowOf = (A: SparseMatrix, p: number) => A.rowStart.findIndex((start) => start > p) - 1;

test("fitBiases finds the noise and the ridges, noise over variance of the biases", () => {
  for (const [seed, noise] of [
    [1, 1],
    [2, 0.3],
    [3, 3],
  ]) {
    const model = runAlone(fitBiases(wholeShard(additive(400, 300, 0.1, seed, noise))));
    const off = (value: number, truth: number) => Math.abs(Math.log(value / truth));
    expectBelow(0.05, { noise: off(model.noise, noise) }, seed);
    expectBelow(0.35, { rowRidge: off(model.rowRidge, noise ** 2 / 0.25) }, seed);
    expectBelow(0.35, { colRidge: off(model.colRidge, noise ** 2 / 4) }, seed);
    expect(model.exact).toBe(false);
  }
});

test("the biases solve their ridge regressions", () => {
  const A = additive(30, 20, 0.4, 5, 1);
  const { mean, rowBias, colBias, rowRidge, colRidge, loss } = runAlone(fitBiases(wholeShard(A)));
  const rows = Array.from(rowBias, (bias) => -rowRidge * bias);
  const cols = Array.from(colBias, (bias) => -colRidge * bias);
  let squares = 0;
  for (let u = 0; u < A.rows; u++) {
    for (let p = A.rowStart[u]; p < A.rowStart[u + 1]; p++) {
      const i = A.colIndices[p];
      const residual = A.values[p] - mean - rowBias[u] - colBias[i];
      rows[u] += residual;
      cols[i] += residual;
      squares += residual * residual;
    }
  }
  expectBelow(1e-9, { rows: Math.max(...rows.map(Math.abs)) });
  // Columns come first in a sweep, so they lag behind by the last change.
  expectBelow(1e-3, { cols: Math.max(...cols.map(Math.abs)) });
  expectBelow(1e-12, { loss: Math.abs(loss - squares / 2) / squares });
});

test("the threshold of a full matrix is sqrt(rows) + sqrt(cols), as random matrices have it", () => {
  for (const [rows, cols] of [
    [200, 200],
    [400, 100],
    [60, 500],
  ]) {
    const A = additive(rows, cols, 1, 1, 1);
    const ones = (n: number) => new Float64Array(n).fill(1);
    const threshold = runAlone(noiseThreshold(wholeShard(A), ones(rows), ones(cols), 0));
    const limit = Math.sqrt(rows) + Math.sqrt(cols);
    expectBelow(0.1, { off: Math.abs(threshold / limit - 1) }, [rows, cols]);
  }
});

test("weights are the roots of the counts over their mean; empty rows weigh like one entry", () => {
  const { weights, meanRoot } = runAlone(weightsOf([4, 0, 1], RowBlocks.ofLines(3)));
  expect(meanRoot).toBeCloseTo(4 / 3, 14);
  expect(Array.from(weights)).toEqual([1.5, 0.75, 0.75]);
});

test("where there is only noise, the biases stand alone nearly always", () => {
  let alone = 0;
  const draws = 24;
  for (let seed = 0; seed < draws; seed++) {
    const A = additive(40, 30, 0.4, 100 + seed, 3);
    const rowIds = Array.from(A.values, (_, p) => rowOf(A, p));
    const columns = { rowIds, colIds: Array.from(A.colIndices), values: A.values };
    const model = completeMatrix(columns, { steps: 40, rank: 8 });
    if (model.rank === 0) alone += 1;
    expect(model.settings.seed).toBe(0);
  }
  expect(alone).toBeGreaterThanOrEqual((3 / 4) * draws);
});

test("fitBiases of any small data gives finite numbers", () => {
  const recipe = fc.record({
    rows: fc.integer({ min: 1, max: 6 }),
    cols: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(1e6),
    noise: fc.constantFrom(0, 1e-9, 1),
  });
  fc.assert(
    fc.property(recipe, ({ rows, cols, seed, noise }) => {
      const A = additive(rows, cols, 0.7, seed, noise);
      fc.pre(A.nonzeros > 0);
      const model = runAlone(fitBiases(wholeShard(A)));
      const numbers = [...model.rowBias, ...model.colBias, model.noise, model.rowRidge];
      expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
      expect(model.rowRidge).toBeGreaterThan(0);
      expect(model.colRidge).toBeGreaterThan(0);
    }),
  );
});
