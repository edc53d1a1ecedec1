// The solver in sweeps: its sums, and that it ends where the objective is stationary.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Ridges } from "../../src/completion/network.js";
import { ExpectedTerms } from "../../src/completion/sweeps/expected-terms.js";
import { RoundedSums } from "../../src/completion/sweeps/rounded-sums.js";
import { SweepNetwork, stepsOfSweep } from "../../src/completion/sweeps/sweep-network.js";
import { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { runAlone } from "../../src/shards/exchange.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { stored } from "../../src/shards/shard.js";
import { Job } from "../../src/wasm/index.js";
import { shuffled, uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";
import { wholeShard } from "../helpers/shards.js";

test("expected terms are a bound, not much coarser than they need, and go on from their state", () => {
  const sweep = fc.array(fc.double({ min: 0, max: 1e30, noNaN: true }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(sweep, { maxLength: 6 }), fc.nat(6), (sweeps, at) => {
      const terms = new ExpectedTerms();
      let restored: ExpectedTerms | undefined;
      sweeps.forEach((sums, q) => {
        if (q === at) {
          restored = new ExpectedTerms();
          restored.state = terms.state;
        }
        terms.beginSweep();
        restored?.beginSweep();
        sums.forEach((largest, place) => {
          const { bound } = terms;
          // Of the first two sweeps nothing is expected; then what was there in the sweep before, changed as its
          // neighbour has.
          const before = q < 2 ? undefined : sweeps[q - 1][place];
          if (before !== undefined) {
            const [now, then] = [sums, sweeps[q - 1]].map((list) => list[place - 1] ?? 0);
            const expected = 32 * (now > 0 && then > 0 ? now / then : 1) * before;
            expect(bound).toBe(expected <= 2 ** 127 ? expected : 0);
          }
          if (q < 2) expect(bound).toBe(0);
          const used = terms.boundFor(largest);
          expect(used).toBeGreaterThanOrEqual(largest);
          expect(used).toBeLessThanOrEqual(512 * largest);
          expect([largest, bound]).toContain(used);
          if (restored) expect(restored.boundFor(largest)).toBe(used);
          terms.done(largest);
          restored?.done(largest);
        });
      });
      terms.start();
      terms.beginSweep();
      expect(terms.bound).toBe(0);
    }),
  );
});

describe("rounded sums", () => {
  const recipe = fc.record({
    counts: fc.array(fc.constantFrom(1, 2, 100, 4096, 1e6, 1e9), { minLength: 1, maxLength: 6 }),
    exponent: fc.integer({ min: -30, max: 30 }),
    blocks: fc.integer({ min: 1, max: 12 }),
    /** All terms as large as they may be, or random ones. */
    extreme: fc.boolean(),
    seed: fc.nat(1e6),
  });
  const width = 4;

  /** Sums of blocks: each line's count of terms, dealt out evenly. */
  function blockSums({ counts, exponent, blocks, extreme, seed }: typeof shape) {
    const next = uniform(seed);
    const largest = Math.fround(10 ** exponent);
    return {
      largest,
      parts: Array.from({ length: blocks }, () =>
        Float32Array.from({ length: counts.length * width }, (_, q) => {
          const share = counts[Math.floor(q / width)] / blocks;
          return largest * share * (extreme ? 1 : next());
        }),
      ),
    };
  }
  const shape = { counts: [1], exponent: 0, blocks: 1, extreme: false, seed: 0 };

  function summed(counts: number[], largest: number, parts: Float32Array[]): Float32Array {
    const job = new Job();
    const sums = new RoundedSums(job, counts, width, RowBlocks.ofLines(counts.length));
    sums.begin(largest);
    for (const part of parts) sums.add(job.put(part));
    const to = job.allocate("f32", counts.length * width);
    sums.read(to);
    return job.read("f32", to, counts.length * width) as Float32Array;
  }

  test("they are exact to half a step of 2^-28 of their bound a block, from 1e-30 to 1e30", () => {
    fc.assert(
      fc.property(recipe, (r) => {
        const { largest, parts } = blockSums(r);
        const found = summed(r.counts, largest, parts);
        found.forEach((sum, q) => {
          const exact = parts.reduce((total, part) => total + part[q], 0);
          const bound = largest * r.counts[Math.floor(q / width)];
          // The grid is at most 4 times coarser than the bound asks for, and f32 has no finer one than
          // 2^-126 times the count; the result is an f32.
          const step = Math.max(bound * 2 ** -28, 2 ** -125 * (bound / largest));
          const steps = (r.blocks / 2) * step;
          const tolerance = steps + Math.abs(exact) * 2 ** -23;
          expectBelow(1, { error: Math.abs(sum - exact) / (tolerance * (1 + 1e-9)) }, r);
        });
      }),
    );
  });

  test("the order of the blocks does not change a bit", () => {
    fc.assert(
      fc.property(recipe, (r) => {
        const { largest, parts } = blockSums(r);
        const order = shuffled(parts.length, r.seed);
        const other = order.map((b) => parts[b]);
        expect(summed(r.counts, largest, other)).toEqual(summed(r.counts, largest, parts));
      }),
      { numRuns: 30 },
    );
  });

  test("zeros, a million terms of one size, and terms that are no numbers", () => {
    expect(Array.from(summed([5], 0, [new Float32Array(width)]))).toEqual([0, 0, 0, 0]);
    const parts = Array.from({ length: 250 }, () => new Float32Array(width).fill(4000 * 0.75));
    expect(Array.from(summed([1e6], 0.75, parts))).toEqual([75e4, 75e4, 75e4, 75e4]);
    for (const largest of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => summed([1], largest, [])).toThrow(
        `completeMatrix: a sum has terms of ${largest}: they must be at most 2^127 in size`,
      );
    }
  });
});

// One block of rows, and two, which take longer to converge.
describe.each([
  [24, 17, 2e-3],
  [4500, 6, 2e-2],
])("sweeps on %i x %i", (rows, cols, bound) => {
  const rank = 3;
  // Ridges in proportion to the entries of a column: it converges sooner.
  const many = rows / 24;
  const next = uniform(5);
  const places = Array.from({ length: rows * cols }, (_, p) => p).filter(() => next() < 0.2);
  const A = SparseMatrix.fromTriplets({
    ...{ rows, cols },
    rowIndices: places.map((p) => Math.floor(p / cols)),
    colIndices: places.map((p) => p % cols),
    values: places.map((p) => 2 * Math.sign(((p * 7) % 5) - 2) + next()),
  });
  const columns = A.byColumns();
  const rowOf = Int32Array.from(places, (p) => Math.floor(p / cols));
  const ridges: Ridges = {
    ...{ rowBias: 2, colBias: 3 * many, patternOfRow: 4 * many, patternOfCol: 2 },
    ...{ core: 1, unit: 1, threshold: 1 },
    rowFactors: Float64Array.from({ length: rows }, (_, u) => 1 + (u % 3) / 2),
    colFactors: Float64Array.from({ length: cols }, (_, i) => many * (0.5 + (i % 4) / 4)),
  };

  function train(implicit: boolean, sweeps: number, depth = 0, threshold = 1) {
    const network = new SweepNetwork(new Job(), stored(wholeShard(A)), (value) => value, {
      rank,
      depth,
      implicit,
    });
    network.start({
      ...{ seed: 1, implicit, factorScale: 0.1, implicitScale: 0.03 },
      ...{ rowBias: new Float64Array(rows), colBias: new Float64Array(cols) },
    });
    network.beginCycle({ ...ridges, threshold });
    for (let step = 0; step < sweeps * stepsOfSweep; step++) runAlone(network.step());
    return network;
  }

  const counts = (start: Int32Array) =>
    Array.from({ length: start.length - 1 }, (_, g) => Math.max(1, start[g + 1] - start[g]));
  const [rowCounts, colCounts] = [counts(A.rowStart), counts(columns.start)];

  /** In f64 from what was learned: residuals, and their sums by row and column. */
  function gradients(network: SweepNetwork) {
    const {
      rowFactors: X,
      colFactors: V,
      patternFactors: Y,
      rowBias,
      colBias,
    } = runAlone(network.learned());
    const [gX, gV] = [new Float64Array(rows * rank), new Float64Array(cols * rank)];
    const [gRow, gCol] = [new Float64Array(rows), new Float64Array(cols)];
    let squares = 0;
    A.values.forEach((value, p) => {
      const [u, i] = [rowOf[p], A.colIndices[p]];
      let e = rowBias[u] + colBias[i] - value;
      for (let c = 0; c < rank; c++) e += X[u * rank + c] * V[i * rank + c];
      squares += e * e;
      gRow[u] += e;
      gCol[i] += e;
      for (let c = 0; c < rank; c++) {
        gX[u * rank + c] += e * V[i * rank + c];
        gV[i * rank + c] += e * X[u * rank + c];
      }
    });
    return { X, V, Y, rowBias, colBias, gX, gV, gRow, gCol, squares };
  }

  test.each([false, true])(
    "end where the objective is stationary: implicit terms %s",
    (implicit) => {
      const network = train(implicit, 150);
      const { X, V, Y, rowBias, colBias, gX, gV, gRow, gCol } = gradients(network);
      // What stationary Q and Z make of v, and P and Y of x.
      const errors = { rowBias: 0, colBias: 0, x: 0, v: 0, pattern: 0 };
      const worst = (name: keyof typeof errors, error: number) => {
        errors[name] = Math.max(errors[name], Math.abs(error));
      };
      rowBias.forEach((bias, u) => {
        worst("rowBias", (gRow[u] + ridges.rowBias * bias) / rowCounts[u]);
      });
      colBias.forEach((bias, i) => {
        worst("colBias", (gCol[i] + ridges.colBias * bias) / colCounts[i]);
      });
      const x = gX.map((g, q) => -g / ridges.rowFactors[Math.floor(q / rank)]);
      const v = gV.map((g, q) => -g / ridges.colFactors[Math.floor(q / rank)]);
      if (implicit) {
        const stationaryY = new Float64Array(cols * rank);
        const Z = new Float64Array(rows * rank);
        A.values.forEach((_, p) => {
          const [u, i] = [rowOf[p], A.colIndices[p]];
          for (let c = 0; c < rank; c++) {
            const [ofRow, ofCol] = [u * rank + c, i * rank + c];
            stationaryY[ofCol] -= gX[ofRow] / Math.sqrt(rowCounts[u]) / ridges.patternOfRow;
            Z[ofRow] -= gV[ofCol] / Math.sqrt(colCounts[i]) / ridges.patternOfCol;
          }
        });
        A.values.forEach((_, p) => {
          const [u, i] = [rowOf[p], A.colIndices[p]];
          for (let c = 0; c < rank; c++) {
            x[u * rank + c] += Y[i * rank + c] / Math.sqrt(rowCounts[u]);
            v[i * rank + c] += Z[u * rank + c] / Math.sqrt(colCounts[i]);
          }
        });
        Y.forEach((value, q) => {
          worst("pattern", value - stationaryY[q]);
        });
      }
      X.forEach((value, q) => {
        worst("x", value - x[q]);
      });
      V.forEach((value, q) => {
        worst("v", value - v[q]);
      });
      expectBelow(bound, errors);
      // There is something to be stationary about.
      expect(Math.max(...X.map(Math.abs))).toBeGreaterThan(0.1);
    },
  );

  test("every sweep lowers the objective", () => {
    let before = Number.POSITIVE_INFINITY;
    for (let sweeps = 1; sweeps < 8; sweeps++) {
      const { X, V, rowBias, colBias, squares } = gradients(train(false, sweeps));
      let objective = squares;
      X.forEach((x, q) => {
        objective += ridges.rowFactors[Math.floor(q / rank)] * x * x;
      });
      V.forEach((v, q) => {
        objective += ridges.colFactors[Math.floor(q / rank)] * v * v;
      });
      for (const bias of rowBias) objective += ridges.rowBias * bias * bias;
      for (const bias of colBias) objective += ridges.colBias * bias * bias;
      expect(objective).toBeLessThan(before * (1 + 1e-6));
      before = objective;
    }
  });

  // Of several blocks nothing else is to be seen, in many times the time.
  if (rows < 100) {
    test("depth favours few components", () => {
      const strengths = (depth: number) => {
        const { rowFactors: X, colFactors: V } = runAlone(train(false, 60, depth, 10).learned());
        const size = (F: Float32Array, c: number) =>
          Math.sqrt(F.reduce((sum, f, q) => sum + (q % rank === c ? f * f : 0), 0));
        return Array.from({ length: rank }, (_, c) => size(X, c) * size(V, c)).sort(
          (a, b) => b - a,
        );
      };
      const [flat, deep] = [strengths(0), strengths(4)];
      expect(deep[rank - 1] / deep[0]).toBeLessThan(flat[rank - 1] / flat[0]);
    });
  }
});
