// From features to factors: ridge regression with an intercept, whose ridge leaves the smallest error
// when each example is left out in turn. That error has a closed form (Allen 1974; Golub, Heath and
// Wahba 1979): the residual over one minus the example's leverage.
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";

/** Ridges that are tried, over the largest squared singular value. */
const ridges = [
  ...[1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 30, 100],
];

/**
 * (1 + features) x rank, the first row the intercept: factors = intercept + features . rest.
 * One SVD of the features, n features min(n, features) operations.
 *
 * @param F - n x features.
 * @param targets - n x rank.
 * @param weights - how much each example counts, above 0.
 */
export function learnMap(F: Matrix, targets: Matrix, weights: Float64Array): Float32Array {
  const [n, count, rank] = [F.rows, F.cols, targets.cols];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const roots = weights.map((weight) => Math.sqrt(weight));
  const x = centred(F, weights, roots);
  const y = centred(targets, weights, roots);
  const { U, S, V } = svd(x.rest);
  const [size, largest] = [S.length, S[0] * S[0]];
  const coordinates = matmul(U, y.rest, { transposeA: true });
  const kept = (ridge: number) => Float64Array.from(S, (s) => (s * s) / (s * s + ridge));
  let best = { error: Number.POSITIVE_INFINITY, ridge: Number.POSITIVE_INFINITY };
  for (const ridge of largest > 0 ? ridges.map((share) => share * largest) : []) {
    const shares = kept(ridge);
    const fitted = matmul(U, scaledRows(coordinates, shares));
    let error = 0;
    for (let i = 0; i < n; i++) {
      let leverage = weights[i] / total;
      for (let j = 0; j < size; j++) {
        const u = U.data[i * size + j];
        leverage += u * u * shares[j];
      }
      let squares = 0;
      for (let c = i * rank; c < (i + 1) * rank; c++) {
        const residual = y.rest.data[c] - fitted.data[c];
        squares += residual * residual;
      }
      error += squares / ((1 - leverage) * (1 - leverage));
    }
    // Of equal errors the strongest ridge.
    if (error <= best.error) best = { error, ridge };
  }
  const map = new Float64Array((1 + count) * rank);
  map.set(y.means);
  if (best.ridge < Number.POSITIVE_INFINITY) {
    const inverse = Float64Array.from(S, (s) => s / (s * s + best.ridge));
    map.set(matmul(V, scaledRows(coordinates, inverse)).data, rank);
    for (let f = 0; f < count; f++) {
      for (let c = 0; c < rank; c++) map[c] -= x.means[f] * map[(1 + f) * rank + c];
    }
  }
  return Float32Array.from(map);
}

/** The factors of one row of features. */
export function mapped(map: Float32Array, rank: number, features: ArrayLike<number>): Float64Array {
  const factors = Float64Array.from(map.subarray(0, rank));
  for (let f = 0; f < features.length; f++) {
    if (features[f] === 0) continue;
    for (let c = 0; c < rank; c++) factors[c] += features[f] * map[(1 + f) * rank + c];
  }
  return factors;
}

/** The weighted mean of the rows, and each row less it, times the root of its weight. */
function centred({ rows, cols, data }: Matrix, weights: Float64Array, roots: Float64Array) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < cols; c++) means[c] += (weights[i] / total) * data[i * cols + c];
  }
  const rest = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < cols; c++) rest[i * cols + c] = roots[i] * (data[i * cols + c] - means[c]);
  }
  return { means, rest: new Matrix(rows, cols, rest) };
}

/** Row j times factors[j]. */
function scaledRows({ rows, cols, data }: Matrix, factors: Float64Array): Matrix {
  const scaled = Float64Array.from(data, (value, i) => value * factors[Math.floor(i / cols)]);
  return new Matrix(rows, cols, scaled);
}
