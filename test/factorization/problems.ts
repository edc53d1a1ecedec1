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

export interface ProblemCase {
  name: string;
  /** A problem for a target, and its loss by plain loops. */
  make(target: Matrix, seed: number): { problem: Problem; loss(X: Matrix): number };
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
      const { rows, cols } = target;
      const operators = Array.from({ length: 2 * (rows + cols) }, (_, i) =>
        Matrix.randomNormal(rows, cols, { seed: seed * 1000 + i }),
      );
      const inner = (A: Matrix, X: Matrix) => [...A.data].reduce((s, a, i) => s + a * X.data[i], 0);
      const measurements = operators.map((A) => inner(A, target));
      return {
        problem: sensing({ operators, measurements }),
        loss: (X) =>
          operators.reduce((sum, A, i) => sum + 0.5 * (inner(A, X) - measurements[i]) ** 2, 0),
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
