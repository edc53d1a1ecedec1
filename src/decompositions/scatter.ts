// The scatter matrix: the sum of x x' over rows x, from products of some rows at a time.

import { eigh } from "../linalg/eigh.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";

/** Adds chunk' chunk to the scatter, which is f64 whatever the type of the chunk. */
export function addScatter(scatter: Matrix, chunk: Matrix): void {
  const { data } = matmul(chunk, chunk, { transposeA: true });
  for (let i = 0; i < data.length; i++) scatter.data[i] += data[i];
}

/** Eigenvalues, descending and not negative, and the leading vectors: one per row. */
export function leadingEigen(
  scatter: Matrix,
  count: number | undefined,
): { values: Float64Array; vectors: Matrix } {
  const { values, vectors } = eigh(scatter);
  const n = values.length;
  const k = count ?? n;
  const rows = Matrix.zeros(k, n);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < n; j++) rows.data[i * n + j] = vectors.data[j * n + (n - 1 - i)];
  }
  return { values: Float64Array.from(values, (x) => Math.max(x, 0)).reverse(), vectors: rows };
}
