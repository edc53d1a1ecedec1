// The table of problems and models that the tests of this folder iterate over. A new problem is a
// row here, with its loss written down naively.
import {
  completion,
  compress,
  type DeepLinearNetwork,
  deepFactorization,
  factorization,
  Matrix,
  matmul,
  type Problem,
  qr,
  sensing,
  spectralCompress,
} from "../../src/index.js";
import { randomPermutation } from "../../src/linalg/random.js";
import * as streams from "../../src/linalg/streams.js";

export interface ProblemCase {
  name: string;
  /** A problem for a target, and its loss by plain loops. */
  make(target: Matrix, seed: number): { problem: Problem; loss(X: Matrix): number };
}

/** Huber's loss of an error, by its definition. */
const huberOf = (error: number, threshold: number) =>
  Math.abs(error) <= threshold ? 0.5 * error ** 2 : threshold * (Math.abs(error) - 0.5 * threshold);

/** Linear measurements of a target by random operators. */
export function measured(target: Matrix, count: number, seed: number) {
  const { rows, cols } = target;
  const operators = Array.from({ length: count }, (_, i) =>
    Matrix.randomNormal(rows, cols, { seed: seed * 1000 + i }),
  );
  const inner = (A: Matrix, X: Matrix) => [...A.data].reduce((s, a, i) => s + a * X.data[i], 0);
  const measurements = operators.map((A) => inner(A, target));
  const errors = (X: Matrix) => operators.map((A, i) => inner(A, X) - measurements[i]);
  return { operators, measurements, errors };
}

export const problems: ProblemCase[] = [
  {
    name: "factorization",
    make: (target) => ({
      problem: factorization(target),
      loss: (X) => [...X.data].reduce((sum, x, i) => sum + 0.5 * (x - target.data[i]) ** 2, 0),
    }),
  },
  {
    name: "completion",
    make: (target, seed) => {
      const observed = observedEntries(target, 0.6, seed);
      return {
        problem: completion(observed),
        loss: (X) =>
          observed.values.reduce((sum, value, p) => {
            const x = X.get(observed.rowIndices[p], observed.colIndices[p]);
            return sum + 0.5 * (x - value) ** 2;
          }, 0),
      };
    },
  },
  {
    name: "sensing",
    make: (target, seed) => {
      const count = 2 * (target.rows + target.cols);
      const { operators, measurements, errors } = measured(target, count, seed);
      return {
        problem: sensing({ operators, measurements }),
        loss: (X) => errors(X).reduce((sum, error) => sum + 0.5 * error ** 2, 0),
      };
    },
  },
  {
    name: "completion by Huber's loss",
    make: (target, seed) => {
      const observed = observedEntries(target, 0.6, seed);
      const { rowIndices, colIndices, values } = observed;
      return {
        problem: completion(observed, { loss: "huber", threshold: 0.1 }),
        loss: (X) =>
          values.reduce((sum, value, p) => {
            return sum + huberOf(X.get(rowIndices[p], colIndices[p]) - value, 0.1);
          }, 0),
      };
    },
  },
  {
    name: "sensing by Huber's loss",
    make: (target, seed) => {
      const { operators, measurements, errors } = measured(target, 24, seed);
      return {
        problem: sensing({ operators, measurements }, { loss: "huber", threshold: 0.5 }),
        loss: (X) => errors(X).reduce((sum, error) => sum + huberOf(error, 0.5), 0),
      };
    },
  },
  {
    name: "sensing by the median of three means",
    make: (target, seed) => {
      const { operators, measurements, errors } = measured(target, 24, seed);
      const options = { loss: "medianOfMeans", blocks: 3, seed: 4 } as const;
      // The blocks as the library deals them; everything else by its definition.
      const order = randomPermutation(24, 4, streams.lossBlocks.first);
      return {
        problem: sensing({ operators, measurements }, options),
        loss: (X) => {
          const e = errors(X);
          const blocks = [0, 1, 2].map((b) =>
            Array.from(order.subarray(8 * b, 8 * b + 8), (i) => e[i] ** 2).reduce(
              (s, x) => s + x,
              0,
            ),
          );
          return 1.5 * blocks.sort((a, b) => a - b)[1];
        },
      };
    },
  },
  {
    name: "completion by the median of means, in one block",
    make: (target, seed) => {
      const observed = observedEntries(target, 0.6, seed);
      const { rowIndices, colIndices, values } = observed;
      return {
        problem: completion(observed, { loss: "medianOfMeans", blocks: 1 }),
        loss: (X) =>
          values.reduce((sum, value, p) => {
            return sum + 0.5 * (X.get(rowIndices[p], colIndices[p]) - value) ** 2;
          }, 0),
      };
    },
  },
];

/** Every n-th entry by a seeded draw; always at least one. */
export function observedEntries(target: Matrix, share: number, seed: number) {
  const { rows, cols } = target;
  const draw = Matrix.randomNormal(rows, cols, { seed: seed + 77 });
  const keys = [...draw.data.keys()].sort((p, q) => draw.data[p] - draw.data[q] || p - q);
  const chosen = keys.slice(0, Math.max(1, Math.floor(share * rows * cols)));
  return {
    rows,
    cols,
    rowIndices: chosen.map((p) => Math.floor(p / cols)),
    colIndices: chosen.map((p) => p % cols),
    values: chosen.map((p) => target.data[p]),
  };
}

/** A seeded target of exact rank with singular values around 1. */
export function lowRankTarget(rows: number, cols: number, rank: number, seed: number): Matrix {
  const A = Matrix.randomNormal(rows, rank, { seed });
  const B = Matrix.randomNormal(rank, cols, { seed: seed + 1 });
  const target = Matrix.zeros(rows, cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += A.get(i, k) * B.get(k, j);
      target.set(i, j, sum / Math.sqrt(rows * cols));
    }
  }
  return target;
}

/** Every kind of model for a problem, at scales where no gradient is negligible. */
export const models: { name: string; make(problem: Problem, depth: number): DeepLinearNetwork }[] =
  [
    {
      name: "wide",
      make: ({ rows, cols }, depth) =>
        deepFactorization({ shape: { rows, cols }, depth, scale: 0.8, seed: 3 }),
    },
    {
      name: "narrow random",
      make: ({ rows, cols }, depth) =>
        deepFactorization({ shape: { rows, cols }, depth, scale: 0.8, seed: 3, width: 3 }),
    },
    {
      name: "compressed",
      make: (problem, depth) => {
        const { rows, cols } = problem;
        const wide = deepFactorization({ shape: { rows, cols }, depth, scale: 0.8, seed: 3 });
        return compress(wide, problem, { rank: 2 });
      },
    },
    {
      name: "compressed exactly",
      make: (problem, depth) => {
        const { rows, cols } = problem;
        const wide = deepFactorization({ shape: { rows, cols }, depth, scale: 0.8, seed: 3 });
        return compress(wide, problem, { rank: 2, exact: true });
      },
    },
    {
      name: "spectral",
      make: (problem, depth) => spectralCompress(problem, { rank: 2, depth, scale: 0.8 }),
    },
  ];

/** rows x cols with the given singular values. */
export function spectrumTarget(rows: number, cols: number, values: number[], seed: number): Matrix {
  const r = values.length;
  const U = qr(Matrix.randomNormal(rows, r, { seed })).Q;
  const V = qr(Matrix.randomNormal(cols, r, { seed: seed + 1 })).Q;
  for (let i = 0; i < rows; i++) for (let k = 0; k < r; k++) U.set(i, k, U.get(i, k) * values[k]);
  return matmul(U, V, { transposeB: true });
}

/** ||A - B|| / ||B||, Frobenius. */
export function relativeError(A: Matrix, B: Matrix): number {
  let difference = 0;
  let total = 0;
  A.data.forEach((a, i) => {
    difference += (a - B.data[i]) ** 2;
    total += B.data[i] ** 2;
  });
  return Math.sqrt(difference / total);
}
