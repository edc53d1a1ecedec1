/**
 * x with G x = b for a small symmetric positive definite G in f64, by Cholesky: n³ / 6 operations
 * where a call into the kernels would cost more. The lower triangle of G becomes its factor, the
 * upper one is not read.
 */
export function solveDefinite(G: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = G[i * n + j];
      for (let c = 0; c < j; c++) sum -= G[i * n + c] * G[j * n + c];
      G[i * n + j] = i === j ? Math.sqrt(sum) : sum / G[j * n + j];
    }
    for (let c = 0; c < i; c++) x[i] -= G[i * n + c] * x[c];
    x[i] /= G[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) x[i] -= G[c * n + i] * x[c];
    x[i] /= G[i * n + i];
  }
  return x;
}
