// The matrices of a work, made once for all contenders.
import { normals } from "../../lab/random.mjs";

const arrays = { f32: Float32Array, f64: Float64Array };

export function vector(length, dtype, seed) {
  return { data: arrays[dtype].from(normals(length, seed)) };
}

/** Independent normal entries. */
export function dense(rows, cols, dtype, seed) {
  return { rows, cols, ...vector(rows * cols, dtype, seed) };
}

/** (X + X') / 2 of a dense X. */
export function symmetric(n, dtype, seed) {
  const { data } = dense(n, n, dtype, seed);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      data[i * n + j] = data[j * n + i] = (data[i * n + j] + data[j * n + i]) / 2;
    }
  }
  return { rows: n, cols: n, data };
}

/**
 * Singular values s_i = (i + 1)^-1.5, i < 100, exactly: both bases are cosine transforms, their rows
 * in an order and with signs at random.
 *
 * @returns the matrix, and by rank the residual of the best approximation in Frobenius' norm.
 */
export function decaying(rows, cols, dtype, seed) {
  const terms = Math.min(100, rows, cols);
  const S = Array.from({ length: terms }, (_, i) => (i + 1) ** -1.5);
  const X = cosines(rows, terms, seed);
  const Y = cosines(cols, terms, seed + 1);
  const data = new arrays[dtype](rows * cols);
  const row = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    row.fill(0);
    for (let p = 0; p < terms; p++) {
      const weight = X[p * rows + i] * S[p];
      for (let j = 0; j < cols; j++) row[j] += weight * Y[p * cols + j];
    }
    data.set(row, i * cols);
  }
  const bestResidual = (rank) => Math.hypot(...S.slice(rank));
  return { matrix: { rows, cols, data }, bestResidual };
}

/** `count` orthonormal vectors of length n, one behind another. */
function cosines(n, count, seed) {
  const sign = normals(n, seed).map(Math.sign);
  const order = Array.from(normals(n, seed + 7).entries())
    .sort((a, b) => a[1] - b[1])
    .map(([i]) => i);
  const vectors = new Float64Array(count * n);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < n; i++) {
      const angle = (Math.PI * (order[i] + 0.5) * (p + 1)) / n;
      vectors[p * n + i] = sign[i] * Math.sqrt(2 / n) * Math.cos(angle);
    }
  }
  return vectors;
}
