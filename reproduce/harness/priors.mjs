// What a signal of 28 x 28 pixels may be taken for, besides what a network generates: few principal
// components, or few coefficients of the cosine transform. Each finds it from measurements.
import { Matrix, matmul, norm, randomizedSvd, solve } from "../../dist/index.js";

const side = 28;
const pixels = side * side;

/** The components of images, with the mean image and what is left on average. */
export function principalComponents({ inputs, count }, rank) {
  const mean = new Float64Array(pixels);
  for (let i = 0; i < inputs.length; i++) mean[i % pixels] += inputs[i] / count;
  const X = new Matrix(
    count,
    pixels,
    Float64Array.from(inputs, (x, i) => x - mean[i % pixels]),
  );
  const { S, V } = randomizedSvd(X, { rank, seed: 1 });
  let left = X.data.reduce((sum, x) => sum + x * x, 0);
  for (const s of S) left -= s * s;
  // Columns of the length of a standard deviation: coefficients are then of variance 1.
  const W = Matrix.zeros(pixels, rank);
  for (let p = 0; p < pixels; p++) {
    for (let j = 0; j < rank; j++) W.set(p, j, (V.get(p, j) * S[j]) / Math.sqrt(count));
  }
  return { mean, W, residual: left / count };
}

/** The most probable image of normal coefficients, what is left counted as noise. */
export function byComponents({ mean, W, residual }, A, y) {
  const rank = W.cols;
  const B = matmul(A, W);
  const ofMean = matmul(A, new Matrix(pixels, 1, mean)).data;
  const right = new Matrix(
    A.rows,
    1,
    Float64Array.from(y, (value, i) => value - ofMean[i]),
  );
  const normal = matmul(B, B, { transposeA: true });
  for (let j = 0; j < rank; j++) normal.set(j, j, normal.get(j, j) + residual / A.rows);
  const c = solve(normal, matmul(B, right, { transposeA: true }));
  return matmul(W, c).data.map((x, p) => x + mean[p]);
}

/** Few coefficients: least squares with a penalty on their sum, by FISTA (Beck and Teboulle 2009). */
export function bySparseCosines(A, y, iterations = 300) {
  const D = cosines();
  const B = matmul(A, D, { transposeB: true });
  const right = new Matrix(A.rows, 1, Float64Array.from(y));
  const step = 1 / norm(A, "spectral") ** 2;
  const start = matmul(B, right, { transposeA: true }).data;
  const penalty = 0.005 * start.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let [s, ahead, t] = [new Float64Array(pixels), new Float64Array(pixels), 1];
  for (let i = 0; i < iterations; i++) {
    const error = matmul(B, new Matrix(pixels, 1, ahead));
    for (let j = 0; j < error.data.length; j++) error.data[j] -= right.data[j];
    const gradient = matmul(B, error, { transposeA: true }).data;
    const next = ahead.map((value, j) => {
      const moved = value - step * gradient[j];
      return Math.sign(moved) * Math.max(0, Math.abs(moved) - step * penalty);
    });
    const later = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
    ahead = next.map((value, j) => value + ((t - 1) / later) * (value - s[j]));
    [s, t] = [next, later];
  }
  return matmul(D, new Matrix(pixels, 1, s), { transposeA: true }).data;
}

/** The orthonormal two-dimensional cosine transform, a matrix: its rows are the waves. */
function cosines() {
  const wave = (u, p) =>
    Math.sqrt((u === 0 ? 1 : 2) / side) * Math.cos((Math.PI * (2 * p + 1) * u) / (2 * side));
  const D = Matrix.zeros(pixels, pixels);
  for (let f = 0; f < pixels; f++) {
    const [u, v] = [Math.floor(f / side), f % side];
    for (let p = 0; p < pixels; p++) {
      D.set(f, p, wave(u, Math.floor(p / side)) * wave(v, p % side));
    }
  }
  return D;
}
