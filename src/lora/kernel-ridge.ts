// Ridge regression by its Gram matrix, with every leave-one-out prediction in closed form.
import { eigh } from "../linalg/eigh.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { meansOf } from "../linalg/statistics.js";

export interface RidgeFit {
  /** n x outputs: the scores of x are the products of x with the examples, times these, ... */
  readonly coefficients: Matrix;
  /** ... and these added. */
  readonly intercepts: readonly number[];
  /** The score of each example by the fit without it, n x outputs. */
  readonly leftOut: Matrix;
  /** Mean squared error of these. */
  readonly error: number;
  /** What was chosen. */
  readonly penalty: number;
}

/** Penalties that are tried, as multiples of the mean of the Gram matrix' diagonal. */
const penalties = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/**
 * min |Y - X w - intercepts|^2 + penalty |w|^2, for X known by its products X X': of several
 * penalties the one whose leave-one-out error is least. With G of the centred rows and S = G (G +
 * penalty)^-1, the fit without example i gives y_i - (y_i - fit_i) / (1 - 1/n - S_ii) (Allen's
 * PRESS). One eigendecomposition, O(n^3).
 *
 * @param gram - n x n, positive semidefinite.
 * @param targets - n x outputs.
 */
export function fitRidge(gram: Matrix, targets: Matrix): RidgeFit {
  const { rows: n, cols } = targets;
  const means = meansOf("fewShot", targets, "columns");
  const centred = new Matrix(
    n,
    cols,
    Float64Array.from(targets.data, (y, i) => y - means[i % cols]),
  );
  const { values, vectors } = eigh(centredProducts(gram));
  const projected = matmul(vectors, centred, { transposeA: true });
  const scale = Array.from(values).reduce((sum, value) => sum + Math.max(0, value), 0) / n;
  let best: Omit<RidgeFit, "intercepts"> | undefined;
  for (const share of penalties) {
    // Examples that are all alike tell nothing: any penalty then.
    const penalty = share * (scale > 0 ? scale : 1);
    const inverses = Array.from(values, (value) => 1 / (Math.max(0, value) + penalty));
    const shrunk = new Matrix(
      n,
      cols,
      projected.data.map((p, i) => p * inverses[Math.floor(i / cols)]),
    );
    const coefficients = matmul(vectors, shrunk);
    const leftOut = Matrix.zeros(n, cols);
    let error = 0;
    for (let i = 0; i < n; i++) {
      // 1 - S_ii = penalty ((G + penalty)^-1)_ii, and residuals are penalty times the coefficients.
      let inverse = 0;
      for (let k = 0; k < n; k++) inverse += vectors.get(i, k) * vectors.get(i, k) * inverses[k];
      const kept = Math.max(penalty * inverse - 1 / n, Number.EPSILON);
      for (let c = 0; c < cols; c++) {
        const residual = (penalty * coefficients.get(i, c)) / kept;
        leftOut.set(i, c, targets.get(i, c) - residual);
        error += residual * residual;
      }
    }
    error /= n * cols;
    if (best === undefined || error < best.error) best = { coefficients, leftOut, error, penalty };
  }
  // Coefficients add up to 0: products with the rows as they are differ by a number for each
  // output.
  const fitted = matmul(gram, best!.coefficients);
  const fittedMeans = meansOf("fewShot", fitted, "columns");
  const intercepts = Array.from(means, (mean, c) => mean - fittedMeans[c]);
  return { ...best!, intercepts };
}

/** The products of the rows less their mean. */
function centredProducts(gram: Matrix): Matrix {
  const n = gram.rows;
  const means = meansOf("fewShot", gram, "columns");
  const mean = means.reduce((sum, one) => sum + one, 0) / n;
  const data = gram.data.map((value, k) => value - means[Math.floor(k / n)] - means[k % n] + mean);
  return new Matrix(n, n, data);
}
