import fc from "fast-check";
import { expect, test } from "vitest";
import { BiasedNetwork } from "../../src/completion/biased-network.js";
import { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { runAlone } from "../../src/shards/exchange.js";
import { Job } from "../../src/wasm/index.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

interface Recipe {
  rows: number;
  cols: number;
  rank: number;
  depth: number;
  implicit: boolean;
  observed: number;
  seed: number;
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  cols: fc.integer({ min: 1, max: 9 }),
  rank: fc.integer({ min: 1, max: 9 }),
  depth: fc.integer({ min: 0, max: 3 }),
  implicit: fc.boolean(),
  observed: fc.double({ min: 0.1, max: 1, noNaN: true }),
  seed: fc.nat(1e6),
});

/** A network whose parameters, cores too, hold random numbers; padding holds zeros. */
function build({ rows, cols, rank, depth, implicit, observed, seed }: Recipe) {
  const next = uniform(seed);
  const places = Array.from({ length: rows * cols }, (_, i) => i).filter(
    (i) => i === 0 || (next() + 1) / 2 < observed,
  );
  const A = SparseMatrix.fromTriplets({
    rows,
    cols,
    rowIndices: places.map((i) => Math.floor(i / cols)),
    colIndices: places.map((i) => i % cols),
    values: places.map(next),
  });
  const network = new BiasedNetwork(new Job(), A, (value) => value, { rank, depth, implicit });
  network.start({
    seed,
    implicit,
    rowBias: new Float64Array(rows),
    colBias: new Float64Array(cols),
    factorScale: 1,
    implicitScale: 1,
  });
  for (const [name, x] of Object.entries(network.parameters)) {
    const entries = x.view();
    const isCore = name.startsWith("core");
    const width = name.endsWith("Bias") ? x.cols : rank;
    for (let i = 0; i < entries.length; i++) {
      const inside = i % x.cols < width && (!isCore || i < rank * x.cols);
      entries[i] = inside ? next() : 0;
    }
  }
  return { network, A };
}

test("the gradient of every parameter is that of central differences", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { network } = build(r);
      const loss = network.gradient();
      const gradients = Object.entries(network.parameters).map(
        ([name, x]) => [name, x, x.gradient.read()] as const,
      );
      // The loss is quadratic in any one entry, so a central difference has no error but rounding.
      const h = 0.25;
      for (const [name, x, gradient] of gradients) {
        const entries = x.view();
        for (let i = 0; i < entries.length; i++) {
          const kept = entries[i];
          if (kept === 0) continue;
          entries[i] = kept + h;
          const above = network.gradient();
          entries[i] = kept - h;
          const below = network.gradient();
          entries[i] = kept;
          const difference = (above - below) / (2 * (Math.fround(kept + h) - kept));
          const error = Math.abs(difference - gradient[i]);
          expectBelow(2e-5, { [name]: error / (1 + loss + above + below) }, r);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("padding has no gradient", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { network } = build(r);
      network.gradient();
      for (const [name, x] of Object.entries(network.parameters)) {
        if (name.endsWith("Bias")) continue;
        const padding = x.gradient.read().filter((_: number, i: number) => i % x.cols >= r.rank);
        expect([name, padding.every((value) => value === 0)]).toEqual([name, true]);
      }
    }),
    { numRuns: 40 },
  );
});

test("the loss is half the sum of squares of what the formula says, and learned() predicts it", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const { network, A } = build(r);
      const { rowFactors, colFactors, rowBias, colBias } = runAlone(network.learned());
      let expected = 0;
      for (let u = 0; u < r.rows; u++) {
        for (let p = A.rowStart[u]; p < A.rowStart[u + 1]; p++) {
          const i = A.colIndices[p];
          let z = rowBias[u] + colBias[i];
          for (let c = 0; c < r.rank; c++)
            z += rowFactors[u * r.rank + c] * colFactors[i * r.rank + c];
          expected += 0.5 * (z - A.values[p]) * (z - A.values[p]);
        }
      }
      expectBelow(1e-5, { loss: Math.abs(network.gradient() - expected) / (1 + expected) }, r);
    }),
    { numRuns: 40 },
  );
});

test("rows and columns with many observations get the implicit term divided by the root", () => {
  // One row that has all of n columns: x = P + sum E / sqrt(n), y_i = Q_i + F.
  const n = 9;
  const A = SparseMatrix.fromTriplets({
    rows: 1,
    cols: n,
    rowIndices: new Array(n).fill(0),
    colIndices: Array.from({ length: n }, (_, i) => i),
    values: new Array(n).fill(0),
  });
  const network = new BiasedNetwork(new Job(), A, (value) => value, {
    rank: 1,
    depth: 1,
    implicit: true,
  });
  network.start({
    seed: 0,
    implicit: true,
    rowBias: new Float64Array(1),
    colBias: new Float64Array(n),
    factorScale: 0,
    implicitScale: 0,
  });
  const { rowFactors, colFactors, patternOfRow, patternOfCol } = network.parameters;
  rowFactors.view()[0] = 0.5;
  for (let i = 0; i < n; i++) {
    colFactors.view()[i * colFactors.cols] = i;
    patternOfRow.view()[i * patternOfRow.cols] = 2;
  }
  patternOfCol.view()[0] = 0.25;
  const learned = runAlone(network.learned());
  expect(learned.rowFactors[0]).toBeCloseTo(0.5 + (2 * n) / 3, 5);
  expect(Array.from(learned.colFactors)).toEqual(Array.from({ length: n }, (_, i) => i + 0.25));
});

test("Adam takes the ridge of each row, and a step lowers loss plus ridges", () => {
  const { network } = build({
    rows: 6,
    cols: 5,
    rank: 3,
    depth: 2,
    implicit: true,
    observed: 0.7,
    seed: 3,
  });
  network.beginCycle({
    rowBias: 0.1,
    colBias: 0.1,
    rowFactors: Float64Array.from([0, 1, 2, 3, 4, 5]),
    colFactors: new Float64Array(5).fill(0.5),
    patternOfRow: 0.2,
    patternOfCol: 0.2,
    core: 0.1,
    unit: 1,
    threshold: 1,
  });
  const P = network.parameters.rowFactors;
  const before = P.read();
  network.gradient();
  const gradient = P.gradient.read();
  runAlone(network.step(1e-3));
  const after = P.view();
  // Adam's first step is the sign of the gradient, ridge included.
  for (let u = 0; u < 6; u++) {
    for (let c = 0; c < 3; c++) {
      const i = u * P.cols + c;
      const full = gradient[i] + u * before[i];
      expectBelow(
        1e-6,
        { step: Math.abs(after[i] - before[i] + 1e-3 * Math.sign(full)) },
        { u, c },
      );
    }
  }
});
