// EASE (Steck 2019), the strongest linear method on many data sets: items predict items, by ridge
// regression with a zero diagonal. B = I - P / diag(P), P = (R'R + lambda I)^-1.
import { Matrix, matmul, solve } from "../../dist/index.js";

/** Scores of all columns for a history of column numbers. */
export function ease(train, lambda) {
  const colIds = [...new Set(train.colIds)].sort();
  const number = new Map(colIds.map((id, col) => [id, col]));
  const rows = [...new Set(train.rowIds)];
  const rowNumber = new Map(rows.map((id, row) => [id, row]));
  const n = colIds.length;
  const R = Matrix.zeros(rows.length, n);
  train.rowIds.forEach((id, p) => {
    R.set(rowNumber.get(id), number.get(train.colIds[p]), 1);
  });
  const gram = matmul(R, R, { transposeA: true });
  for (let i = 0; i < n; i++) gram.set(i, i, gram.get(i, i) + lambda);
  const P = solve(gram, Matrix.identity(n, n));
  const B = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (i !== j) B[i * n + j] = -P.get(i, j) / P.get(j, j);
  }
  return {
    colIds,
    number,
    scores(history) {
      const sums = new Float64Array(n);
      for (const i of history) {
        for (let j = 0; j < n; j++) sums[j] += B[i * n + j];
      }
      return sums;
    },
  };
}
