// Matrices put side by side and taken apart again.
import { Matrix } from "./matrix.js";

/** The columns of all parts, in f64 if one of them is. */
export function beside(...parts: readonly Matrix[]): Matrix {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const dtype = parts.every((part) => part.dtype === "f32") ? "f32" : "f64";
  const result = Matrix.zeros(parts[0].rows, cols, { dtype });
  for (let i = 0; i < linesOf(result); i++) {
    let at = i * cols;
    for (const part of parts) {
      result.data.set(part.row(i), at);
      at += part.cols;
    }
  }
  return result;
}

/** The rows x cols part of A whose first entry is (row, col), copied. */
export function block(A: Matrix, row: number, col: number, rows: number, cols: number): Matrix {
  const result = Matrix.zeros(rows, cols, { dtype: A.dtype });
  for (let i = 0; i < linesOf(result); i++)
    result.row(i).set(A.row(row + i).subarray(col, col + cols));
  return result;
}

/** The first `count` columns of A, copied. */
export function leadingColumns(A: Matrix, count: number): Matrix {
  return block(A, 0, 0, A.rows, count);
}

/** Columns of A by their numbers, copied. */
export function columnsAt(A: Matrix, columns: ArrayLike<number>): Matrix {
  const result = Matrix.zeros(A.rows, columns.length, { dtype: A.dtype });
  for (let i = 0; i < linesOf(result); i++) {
    const [from, to] = [A.row(i), result.row(i)];
    for (let j = 0; j < columns.length; j++) to[j] = from[columns[j]];
  }
  return result;
}

/** Rows to go through: none where they are empty, of which there may be 2^30. */
function linesOf({ rows, cols }: Matrix): number {
  return cols === 0 ? 0 : rows;
}
