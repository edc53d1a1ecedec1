import { completion } from "../factorization/problems/completion.js";
import type { Problem } from "../factorization/problems/problem.js";
import { Matrix } from "../linalg/matrix.js";

/** A random part of a target's entries as a problem. */
interface MaskedProblem {
  readonly problem: Problem;
  /** The loss of zero output. */
  readonly zeroLoss: number;
  /** A copy of X with zeros in the places that are observed. */
  hidden(X: Matrix): Matrix;
}

/** @param observed - the share of the entries, exactly so many, without replacement. */
export function maskedProblem(target: Matrix, observed: number, seed: number): MaskedProblem {
  const { rows, cols, data } = target;
  const order = Matrix.randomNormal(1, rows * cols, { seed }).data;
  const threshold = Float64Array.from(order).sort()[Math.floor(observed * order.length)];
  const seen = [...order.keys()].filter((i) => order[i] < threshold);
  const values = seen.map((i) => data[i]);
  return {
    problem: completion({
      rows,
      cols,
      rowIndices: seen.map((i) => Math.floor(i / cols)),
      colIndices: seen.map((i) => i % cols),
      values,
    }),
    zeroLoss: 0.5 * values.reduce((sum, value) => sum + value * value, 0),
    hidden: (X) =>
      new Matrix(
        rows,
        cols,
        Float64Array.from(X.data, (x, i) => (order[i] < threshold ? 0 : x)),
      ),
  };
}
