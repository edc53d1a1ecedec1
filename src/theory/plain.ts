// Arithmetic by plain loops in f64, sharing nothing with the kernels: the reference that the
// package's own runs are held against. And measures that let a NaN through.
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";

/** A B, or A'B, or A B'. */
export function multiply(A: Matrix, B: Matrix, transpose: "" | "A" | "B" = ""): Matrix {
  const [rows, inner] = transpose === "A" ? [A.cols, A.rows] : [A.rows, A.cols];
  const cols = transpose === "B" ? B.rows : B.cols;
  const C = Matrix.zeros(rows, cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = 0;
      for (let p = 0; p < inner; p++) {
        const a = transpose === "A" ? A.data[p * A.cols + i] : A.data[i * A.cols + p];
        sum += a * (transpose === "B" ? B.data[j * B.cols + p] : B.data[p * B.cols + j]);
      }
      C.data[i * cols + j] = sum;
    }
  }
  return C;
}

/** Entry by entry. */
export function combine(A: Matrix, B: Matrix, entry: (a: number, b: number) => number): Matrix {
  const data = Float64Array.from(A.data, (a, i) => entry(a, B.data[i]));
  return new Matrix(A.rows, A.cols, data);
}

/** factor A. */
export function times(factor: number, A: Matrix): Matrix {
  return new Matrix(
    A.rows,
    A.cols,
    Float64Array.from(A.data, (a) => factor * a),
  );
}

/** The largest absolute entry; NaN when one is NaN, 0 of none. */
export function largest(values: Iterable<number>): number {
  let result = 0;
  for (const value of values) result = Math.max(result, Math.abs(value));
  return result;
}

/** The same of measurements: without any there is nothing to judge, so none is NaN. */
export function worstOf(measurements: readonly number[]): number {
  return measurements.length === 0 ? Number.NaN : largest(measurements);
}

/** The largest absolute difference of two matrices of one shape. */
export function distance(A: Matrix, B: Matrix): number {
  if (A.rows !== B.rows || A.cols !== B.cols) return Number.NaN;
  return largest(combine(A, B, (a, b) => a - b).data);
}

/** ‖A‖_F. */
export function frobenius(A: Matrix): number {
  let squares = 0;
  for (const a of A.data) squares += a * a;
  return Math.sqrt(squares);
}

/** x_0 x_1 ..., leaving out the one at `except`. */
export function product(values: readonly number[], except = -1): number {
  return values.reduce((result, value, k) => (k === except ? result : result * value), 1);
}

/** The part of A in rows r0 .. r1 - 1 and columns c0 .. c1 - 1. */
export function block(A: Matrix, r0: number, r1: number, c0: number, c1: number): Matrix {
  const result = Matrix.zeros(r1 - r0, c1 - c0);
  for (let i = r0; i < r1; i++) result.row(i - r0).set(A.row(i).subarray(c0, c1));
  return result;
}

/** W_L ... W_1 for factors with W_1 first, by the package's products. */
export function chain(factors: readonly Matrix[]): Matrix {
  return factors.reduceRight((left, factor) => matmul(left, factor));
}

/** Copies in f64. */
export function inDouble(factors: readonly Matrix[]): Matrix[] {
  return factors.map((factor) => factor.astype("f64"));
}
