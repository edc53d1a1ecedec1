// A sparse matrix with its means and scales taken off, known by its products: (A - 1 m') D, D the
// diagonal matrix of 1 / scales. Nothing is ever densified.

import { scaleRows } from "../linalg/arithmetic.js";
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { sums } from "../linalg/statistics.js";
import type { ColumnScaling } from "./rows.js";

export function centeredOperator(
  A: SparseMatrix,
  { means, scales }: ColumnScaling,
): LinearOperator {
  const { rows, cols } = A;
  const inverse = scales.map((scale) => 1 / scale);
  const center = new Matrix(1, cols, means);
  return {
    rows,
    cols,
    // A (D X) - 1 (m' D X).
    multiply(X) {
      const scaled = scaleRows(X, inverse);
      const Y = A.multiply(scaled);
      const shift = matmul(center, scaled).data;
      for (let i = 0; i < Y.data.length; i++) Y.data[i] -= shift[i % X.cols];
      return Y;
    },
    // D (A' Y - m (1' Y)).
    multiplyTransposed(Y) {
      const X = A.multiplyTransposed(Y);
      const totals = new Matrix(1, Y.cols, sums(Y));
      const shift = matmul(center, totals, { transposeA: true }).data;
      for (let i = 0; i < X.data.length; i++) X.data[i] -= shift[i];
      return scaleRows(X, inverse);
    },
  };
}
