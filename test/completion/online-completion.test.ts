import fc from "fast-check";
import { expect, test } from "vitest";
import {
  completion,
  deepFactorization,
  factorization,
  Matrix,
  OnlineCompletion,
  scaledGd,
  spectralCompress,
  svd,
  train,
} from "../../src/index.js";

interface Stream {
  rows: number;
  cols: number;
  truth: Matrix;
  rowIndices: number[];
  colIndices: number[];
  values: number[];
  unseen: [number, number][];
}

/** Noisy entries of a low-rank matrix in the order in which its rows and columns appear. */
function stream(setting: {
  rows: number;
  cols: number;
  rank: number;
  share: number;
  noise: number;
  seed: number;
}): Stream {
  const { rows, cols, rank, share, noise, seed } = setting;
  const draw = (m: number, n: number, stream: number) =>
    Matrix.randomNormal(m, n, { seed: 10 * seed + stream }).data;
  const [left, right] = [draw(rows, rank, 0), draw(cols, rank, 1)];
  const [disturbance, mask, order] = [2, 3, 4].map((s) => draw(1, rows * cols, s));
  const truth = Matrix.zeros(rows, cols);
  for (let p = 0; p < rows * cols; p++) {
    for (let c = 0; c < rank; c++) {
      truth.data[p] +=
        (left[Math.floor(p / cols) * rank + c] * right[(p % cols) * rank + c]) / Math.sqrt(rank);
    }
  }
  const threshold = mask.slice().sort()[Math.floor(share * mask.length)];
  const place = (p: number) => [Math.floor(p / cols), p % cols] as [number, number];
  const cells = [...mask.keys()].filter((p) => mask[p] < threshold);
  const arrival = (p: number) => {
    const [i, j] = place(p);
    return Math.max((4 * i) / rows, (4 * j) / cols, 2 + order[p]);
  };
  cells.sort((p, q) => arrival(p) - arrival(q));
  return {
    ...{ rows, cols, truth },
    rowIndices: cells.map((p) => place(p)[0]),
    colIndices: cells.map((p) => place(p)[1]),
    values: cells.map((p) => truth.data[p] + noise * disturbance[p]),
    unseen: [...mask.keys()].filter((p) => mask[p] >= threshold).map(place),
  };
}

function part({ rowIndices, colIndices, values }: Stream, from: number, to: number) {
  return {
    rowIndices: rowIndices.slice(from, to),
    colIndices: colIndices.slice(from, to),
    values: values.slice(from, to),
  };
}

function unseenError(online: OnlineCompletion, { truth, unseen }: Stream): number {
  const squares = unseen.map(([i, j]) => (online.at(i, j) - truth.get(i, j)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

const setting = { rows: 120, cols: 80, rank: 3, share: 0.3, noise: 0.1 };

test.each([1, 2, 3, 4, 5, 6])(
  "a stream of rows, columns and entries ends where retraining does, seed %i",
  (seed) => {
    const data = stream({ ...setting, seed });
    const count = data.values.length;
    const options = { rank: 3, ridge: 0.03 };
    const online = new OnlineCompletion(options);
    for (let p = 0; p < count; p += 40) online.update(part(data, p, p + 40));
    expect([online.rows, online.cols, online.observed]).toEqual([120, 80, count]);

    const retrained = new OnlineCompletion(options);
    retrained.update(part(data, 0, count));
    retrained.sweep(100);
    const reference = unseenError(retrained, data);
    expect(reference).toBeLessThan(0.1);
    expect(unseenError(online, data) / reference).toBeLessThan(1.02);
  },
);

test("goes on from a trained network, whose entries it has at first", () => {
  const data = stream({ ...setting, noise: 0, seed: 9 });
  const half = Math.floor(data.values.length / 2);
  const known = { rows: data.rows, cols: data.cols, ...part(data, 0, half) };
  const problem = completion(known);
  const model = spectralCompress(problem, { rank: 3, width: 3 });
  for (const _ of train(model, problem, { steps: 60, optimizer: scaledGd() }));
  const online = OnlineCompletion.from(model, known, { ridge: 1e-6 });
  const before = model.product();
  for (const [i, j] of data.unseen) {
    expect(Math.abs(online.at(i, j) - before.get(i, j))).toBeLessThan(1e-9);
  }
  for (let p = half; p < data.values.length; p += 100) online.update(part(data, p, p + 100));
  expect(unseenError(online, data)).toBeLessThan(1e-3);
});

test("a wide model of another rank is taken at its best approximation", () => {
  const A = Matrix.randomNormal(12, 8, { seed: 1 });
  const cells = Array.from({ length: 96 }, (_, p) => p);
  const data = {
    ...{ rows: 12, cols: 8, values: A.data },
    rowIndices: cells.map((p) => Math.floor(p / 8)),
    colIndices: cells.map((p) => p % 8),
  };
  const { U, S, V } = svd(A);
  const online = OnlineCompletion.from({ U, S, V }, data, { rank: 2 });
  const taken = online.svd().S;
  expect(Math.abs(taken[0] - S[0]) + Math.abs(taken[1] - S[1])).toBeLessThan(1e-12);
  expect(taken.length).toBe(2);

  const wide = deepFactorization({ shape: { rows: 12, cols: 8 }, scale: 0.5, seed: 1 });
  for (const _ of train(wide, factorization(A), { steps: 5 }));
  const copy = OnlineCompletion.from(wide, data);
  const product = wide.product();
  for (const p of cells) {
    const [row, col] = [Math.floor(p / 8), p % 8];
    expect(Math.abs(copy.at(row, col) - product.get(row, col))).toBeLessThan(1e-12);
  }
});

test("a new row is the ridge regression of its observations on the columns", () => {
  const data = stream({ ...setting, seed: 3 });
  const online = new OnlineCompletion({ rank: 3, ridge: 0.2 });
  online.update(part(data, 0, data.values.length));
  online.sweep(10);
  const { U, S, V } = online.svd();
  const { rows, cols } = data;
  const known = { rows, cols, ...part(data, 0, data.values.length) };
  const again = OnlineCompletion.from({ U, S, V }, known, { ridge: 0.2 });
  const factors = Matrix.zeros(data.cols, 3);
  for (let j = 0; j < data.cols; j++) {
    for (let c = 0; c < 3; c++) factors.set(j, c, Math.sqrt(S[c]) * V.get(j, c));
  }
  const columns = [2, 5, 7, 11, 30];
  const values = [1, -2, 0.5, 0.25, 3];
  const squares = Array.from(factors.data, (f) => f * f);
  const meanSquare = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const expected = ridge(factors, columns, values, 0.2 * meanSquare);
  again.update({ rowIndices: columns.map(() => rows), colIndices: columns, values });
  // The columns that it touches learn of it too, and the first ones have their turn.
  const others = [...Array(20).keys()].map((j) => cols - 1 - j);
  for (const j of others) {
    const prediction = [0, 1, 2].reduce((sum, c) => sum + expected[c] * factors.get(j, c), 0);
    expect(Math.abs(again.at(rows, j) - prediction)).toBeLessThan(1e-9);
  }
});

/** (sum f f' + ridge I)^-1 sum value f for three factors, by Cramer's rule. */
function ridge(factors: Matrix, columns: number[], values: number[], amount: number): number[] {
  const G = [0, 1, 2].map((a) =>
    [0, 1, 2].map((b) =>
      columns.reduce((sum, j) => sum + factors.get(j, a) * factors.get(j, b), a === b ? amount : 0),
    ),
  );
  const b = [0, 1, 2].map((a) =>
    columns.reduce((sum, j, p) => sum + values[p] * factors.get(j, a), 0),
  );
  const det = (M: number[][]) =>
    M[0][0] * (M[1][1] * M[2][2] - M[1][2] * M[2][1]) -
    M[0][1] * (M[1][0] * M[2][2] - M[1][2] * M[2][0]) +
    M[0][2] * (M[1][0] * M[2][1] - M[1][1] * M[2][0]);
  return [0, 1, 2].map((c) => {
    const replaced = G.map((row, a) => row.map((g, k) => (k === c ? b[a] : g)));
    return det(replaced) / det(G);
  });
}

test("a poor start is left when the history has grown", () => {
  const data = stream({ ...setting, noise: 0.01, seed: 4 });
  const third = Math.floor(data.values.length / 3);
  const noise = svd(Matrix.randomNormal(data.rows, data.cols, { seed: 1 }));
  const start = { U: noise.U, S: noise.S.map((s: number) => 100 * s), V: noise.V };
  const known = { rows: data.rows, cols: data.cols, ...part(data, 0, third) };
  const online = OnlineCompletion.from(start, known, { rank: 3, ridge: 1e-3 });
  expect(unseenError(online, data)).toBeGreaterThan(10);
  for (let p = third; p < data.values.length; p += 50) online.update(part(data, p, p + 50));
  expect(unseenError(online, data)).toBeLessThan(0.01);
});

test("equal calls give equal bits, and an update that is refused changes nothing", () => {
  const data = stream({ ...setting, seed: 5 });
  const run = (disturb: boolean) => {
    const online = new OnlineCompletion({ rank: 3 });
    for (let p = 0; p < 600; p += 60) {
      online.update(part(data, p, p + 60));
      if (!disturb) continue;
      for (const bad of [
        { rowIndices: [0, 1], colIndices: [0], values: [1, 2] },
        { rowIndices: [0, -1], colIndices: [0, 0], values: [1, 2] },
        { rowIndices: [500], colIndices: [0.5], values: [1] },
        { rowIndices: [0, 2 ** 27], colIndices: [0, 0], values: [1, 2] },
        { rowIndices: [500, 0], colIndices: [0, 500], values: [1, Number.NaN] },
      ]) {
        expect(() => online.update(bad)).toThrow(RangeError);
      }
    }
    return [online.rows, online.cols, ...online.svd().S];
  };
  expect(run(true)).toEqual(run(false));
});

test("whatever arrives, in whatever pieces, every prediction is finite", () => {
  const cell = fc.record({
    row: fc.nat(30),
    col: fc.nat(30),
    value: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { maxLength: 30 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      (updates, rank) => {
        const online = new OnlineCompletion({ rank });
        let seen = 0;
        for (const cells of updates) {
          online.update({
            rowIndices: cells.map(({ row }) => row),
            colIndices: cells.map(({ col }) => col),
            values: cells.map(({ value }) => value),
          });
          seen += cells.length;
          expect(online.observed).toBe(seen);
          for (let i = 0; i < online.rows; i++) {
            for (let j = 0; j < online.cols; j++)
              expect(online.at(i, j)).toSatisfy(Number.isFinite);
          }
        }
      },
    ),
    { numRuns: 25 },
  );
});

test("refuses what is out of range, with what was given and what must be", () => {
  expect(() => new OnlineCompletion({ rank: 0 })).toThrow(/rank is 0: it must be an integer in 1/);
  expect(() => new OnlineCompletion({ rank: 2, ridge: 0 })).toThrow(/ridge is 0/);
  const online = new OnlineCompletion({ rank: 2 });
  expect(() => online.at(0, 0)).toThrow(/row is 0: it must be one of the 0 seen so far/);
  expect(() => online.predict([0], [])).toThrow(/lengths must be equal/);
  expect(() => online.sweep(-1)).toThrow(/times is -1/);
  const model = svd(Matrix.identity(3));
  const data = { rows: 4, cols: 3, rowIndices: [0], colIndices: [0], values: [1] };
  expect(() => OnlineCompletion.from(model, data)).toThrow(/3 x 3 and the data 4 x 3/);
});
