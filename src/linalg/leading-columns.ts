import { Matrix } from "./matrix.js";

/** The first `count` columns of A, copied. */
export function leadingColumns(A: Matrix, count: number): Matrix {
  const result = Matrix.zeros(A.rows, count, { dtype: A.dtype });
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, count));
  return result;
}
