import { solveDefinite } from "../linalg/solve-definite.js";

/**
 * Ridge regression min_w sum (features_i . w - targets_i)^2 + sum ridges_k w_k^2, f64, by Cholesky
 * on the smaller of the n x n (dual) and the k x k (normal) equations: O(min(n, k)^2 max(n, k)).
 *
 * @param features - n x k, row-major.
 * @param ridges - k numbers > 0.
 */
export function solveRidge(
  features: Float64Array,
  targets: Float64Array,
  ridges: Float64Array,
): Float64Array {
  const [n, k] = [targets.length, ridges.length];
  // With w = R v, R = diag(ridges)^-1/2, the ridges are all 1.
  const scales = ridges.map((ridge) => 1 / Math.sqrt(ridge));
  const F = features.map((value, i) => value * scales[i % k]);
  const w = new Float64Array(k);
  if (n <= k) {
    // v = F' (F F' + I)^-1 t
    const G = gram(n, (i, j) => {
      let sum = 0;
      for (let c = 0; c < k; c++) sum += F[i * k + c] * F[j * k + c];
      return sum;
    });
    const dual = solveDefinite(G, targets);
    for (let i = 0; i < n; i++) for (let c = 0; c < k; c++) w[c] += F[i * k + c] * dual[i];
  } else {
    // v = (F'F + I)^-1 F' t
    const G = gram(k, (a, b) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += F[i * k + a] * F[i * k + b];
      return sum;
    });
    const right = new Float64Array(k);
    for (let i = 0; i < n; i++) for (let c = 0; c < k; c++) right[c] += F[i * k + c] * targets[i];
    w.set(solveDefinite(G, right));
  }
  for (let c = 0; c < k; c++) w[c] *= scales[c];
  return w;
}

/** I + the symmetric matrix of these entries; lower triangle only. */
function gram(size: number, entry: (i: number, j: number) => number): Float64Array {
  const G = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) G[i * size + j] = entry(i, j) + (i === j ? 1 : 0);
  }
  return G;
}
