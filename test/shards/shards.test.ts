// Any number of shards gives the bits of one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assembleModel,
  type CompletionTable,
  type FittedShard,
  rowsOf,
} from "../../src/completion/assemble.js";
import { index } from "../../src/completion/entries.js";
import { fitShard, overUnitOf, settled } from "../../src/completion/fit.js";
import { MatrixCompletion } from "../../src/completion/matrix-completion.js";
import { type CompletionOptions, readCompletionOptions } from "../../src/completion/options.js";
import { completeMatrix, rankMatrix } from "../../src/index.js";
import type { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { prepareRanking, rankShard } from "../../src/ranking/fit.js";
import { MatrixRanking } from "../../src/ranking/matrix-ranking.js";
import { sumOverRows } from "../../src/shards/exact-sums.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { shuffled, uniform } from "../helpers/random.js";
import { buildRatings, type Columns } from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";
import { sharesOf, together } from "../helpers/shards.js";

/** Blocks of a few rows, so that small data has many. */
function blocksOf(rows: number, size: number): RowBlocks {
  const starts = Array.from({ length: Math.ceil(rows / size) }, (_, b) => b * size);
  return new RowBlocks(Int32Array.of(...starts, rows));
}

describe("blocks", () => {
  const recipe = fc.record({
    counts: fc.array(fc.constantFrom(0, 1, 3, 100, 20_000), { minLength: 1, maxLength: 60 }),
    cols: fc.constantFrom(1, 100, 30_000),
    parts: fc.integer({ min: 1, max: 9 }),
  });

  test("every row is in one block and every block in one shard, however they are shared out", () => {
    fc.assert(
      fc.property(recipe, ({ counts, cols, parts }) => {
        const rowStart = new Int32Array(counts.length + 1);
        counts.forEach((count, u) => {
          rowStart[u + 1] = rowStart[u] + count;
        });
        const entries = rowStart[counts.length];
        const matrix = { rows: counts.length, cols, rowStart, nonzeros: entries } as SparseMatrix;
        const blocks = RowBlocks.of(matrix);
        expect(blocks.starts[0]).toBe(0);
        expect(blocks.totalRows).toBe(counts.length);
        for (let b = 0; b < blocks.count; b++) {
          expect(blocks.starts[b + 1]).toBeGreaterThan(blocks.starts[b]);
        }
        const shards = sharesOf(blocks, parts, rowStart);
        expect(shards).toHaveLength(Math.min(parts, blocks.count));
        let next = 0;
        for (const { first, end } of shards) {
          expect(first).toBe(next);
          expect(end).toBeGreaterThan(first);
          next = end;
        }
        expect(next).toBe(blocks.count);
      }),
    );
  });

  // Rows of 20 to 80 entries, the long ones first: equal entries would not be equal work.
  test("two, three and four shards of a million entries have as much to do to within a percent", () => {
    const rowStart = new Int32Array(20_001);
    for (let u = 0; u < 20_000; u++)
      rowStart[u + 1] = rowStart[u] + 80 - Math.floor((60 * u) / 20_000);
    const nonzeros = rowStart[20_000];
    const matrix = { rows: 20_000, cols: 4000, rowStart, nonzeros } as SparseMatrix;
    const work = (entries: number, rows: number) => entries + 16 * rows;
    for (const parts of [2, 3, 4, 7]) {
      const sizes = sharesOf(RowBlocks.of(matrix), parts, rowStart).map(({ firstRow, rows }) =>
        work(rowStart[firstRow + rows] - rowStart[firstRow], rows),
      );
      const largest = (Math.max(...sizes) * parts) / work(nonzeros, 20_000);
      expectBelow(parts === 7 ? 1.2 : 1.01, { largest }, parts);
    }
  });
});

test("sums over rows in f64 are exact to a rounding a block, from 1e-250 to 1e250", () => {
  const recipe = fc.record({
    exponent: fc.integer({ min: -250, max: 250 }),
    rows: fc.integer({ min: 1, max: 40 }),
    size: fc.integer({ min: 1, max: 9 }),
    shards: fc.integer({ min: 1, max: 5 }),
    extreme: fc.boolean(),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(recipe, ({ exponent, rows, size, shards, extreme, seed }) => {
      const next = uniform(seed);
      const largest = 10 ** exponent;
      const terms = Array.from({ length: rows }, () => largest * (extreme ? 1 : next()));
      const blocks = blocksOf(rows, size);
      const rowStart = Int32Array.from({ length: rows + 1 }, (_, u) => u);
      const sumOf = (parts: number) => {
        const found = blocks
          .shares(parts, (block) => rowStart[blocks.starts[block]])
          .map((own) => {
            const sums = new Float64Array(1);
            function* run() {
              yield* sumOverRows(
                own,
                [rows],
                largest,
                (part, first, count) => {
                  for (let u = first; u < first + count; u++) part[0] += terms[own.firstRow + u];
                },
                sums,
              );
              return sums[0];
            }
            return run();
          });
        return together(found);
      };
      const [sum] = sumOf(1);
      for (const other of sumOf(shards)) expect(other).toBe(sum);
      const exact = terms.reduce((total, term) => total + term, 0);
      const step = largest * rows * 2 ** -50;
      expectBelow(1, { error: Math.abs(sum - exact) / ((blocks.count / 2 + rows) * step) });
    }),
  );
});

describe("completion", () => {
  const { observed } = buildRatings({
    ...{ rows: 44, cols: 20, rank: 2, observed: 0.4, noise: 0.3, seed: 3 },
  });
  const wrong = { ...observed, values: observed.values.map((v, i) => (i % 97 ? v : 400)) };

  const lowest = Math.min(...observed.values);

  const tableOf = (columns: Columns, options: CompletionOptions) =>
    settled("test", index("test", columns), readCompletionOptions("test", options));
  const fileOf = (table: CompletionTable, [first, ...others]: FittedShard[]) =>
    new MatrixCompletion(assembleModel(table, first, others.map(rowsOf))).save();

  function bytesOf(columns: Columns, options: CompletionOptions, shards: number, order?: number[]) {
    const table = tableOf(columns, options);
    const { matrix, settings } = table;
    const parts = sharesOf(blocksOf(matrix.rows, 6), shards, matrix.rowStart);
    const fitted = together(
      parts.map((blocks) => fitShard(overUnitOf(matrix), settings, blocks)),
      order,
    );
    return fileOf(table, fitted);
  }

  test.each([
    ["sweeps", observed, { steps: 30 }],
    ["sweeps without implicit terms", observed, { steps: 14, implicit: false }],
    ["no ranking head", observed, { steps: 30, ranking: false }],
    ["beside gross errors", wrong, { steps: 30 }],
    ["biases alone", { ...observed, values: observed.values.map(() => 3) }, {}],
    [
      "with a negative zero for the lowest value",
      { ...observed, values: observed.values.map((v) => v - lowest || -0) },
      { steps: 30 },
    ],
    [
      "in another unit, not clipped",
      { ...wrong, values: wrong.values.map((v) => -v / 3e9) },
      { steps: 14, clip: false },
    ],
  ])("%s: 1, 2, 3 and 7 shards, in any order, give the same file", (_name, columns, options) => {
    const one = bytesOf(columns, options, 1);
    for (const shards of [2, 3, 7]) {
      expect(bytesOf(columns, options, shards, shuffled(shards, 5))).toEqual(one);
    }
  });

  test("with its own blocks one shard is completeMatrix", () => {
    const options = { steps: 30 };
    const table = tableOf(observed, options);
    const { matrix, settings } = table;
    const fitted = together([fitShard(overUnitOf(matrix), settings, RowBlocks.of(matrix))]);
    expect(fileOf(table, fitted)).toEqual(completeMatrix(observed, options).save());
  });
});

describe("ranking", () => {
  const { observed } = buildRatings({
    ...{ rows: 120, cols: 50, rank: 3, observed: 0.2, noise: 0.3, seed: 8 },
  });
  const { rowIds, colIds } = observed;

  // Of these most shards have none.
  const fewColumns = Array.from(colIds, (_, p) => String((p * p) % 3) + (p % 2));
  test.each([
    ["without weights", { rowIds, colIds }, { rank: 6 }],
    ["with weights", { rowIds, colIds, weights: observed.values }, { rank: 6 }],
    ["fewer columns than shards", { rowIds, colIds: fewColumns }, { rank: 2 }],
  ])("%s: 1, 2, 3 and 7 shards give the same file", (_name, interactions, options) => {
    const one = rankMatrix(interactions, options).save();
    for (const shards of [1, 2, 3, 7]) {
      const prepared = prepareRanking("test", interactions, options);
      const { rows, rowStart } = prepared.indexed.matrix;
      // The noise threshold and the Gram matrices of the start are sums over blocks.
      const parts = sharesOf(blocksOf(rows, 200), 1, rowStart);
      const small = sharesOf(blocksOf(rows, 7), shards, rowStart);
      const [first] = together(parts.map((blocks) => rankShard(prepared, blocks)));
      expect(new MatrixRanking(first).save()).toEqual(one);
      const states = together(small.map((blocks) => rankShard(prepared, blocks)));
      const files = states.map((state) => new MatrixRanking(state).save());
      const alone = together(
        sharesOf(blocksOf(rows, 7), 1, rowStart).map((blocks) => rankShard(prepared, blocks)),
      );
      for (const file of files) expect(file).toEqual(new MatrixRanking(alone[0]).save());
    }
  });
});
