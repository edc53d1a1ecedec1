// Matrices put side by side and taken apart again.
import { Matrix } from "./matrix.js";

/** The columns of all parts, in f64 if one of them is. */
export function beside(...parts: readonly Matrix[]): Matrix {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const dtype = parts.every((part) => part.dtype === "f32") ? "f32" : "f64";
  const result = Matrix.zeros(parts[0].rows, cols, { dtype });
  for (let i = 0; i < result.rows; i++) {
    let at = i * cols;
    for (const part of parts) {
      result.data.set(part.row(i), at);
      at += part.cols;
    }
  }
  return result;
}

/** The first `count` columns of A, copied. */
export function leadingColumns(A: Matrix, count: number): Matrix {
  const result = Matrix.zeros(A.rows, count, { dtype: A.dtype });
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, count));
  return result;
}
