// Arithmetic entry by entry, in plain loops: to compute an entry takes no longer than to copy it into
// a job and back. NaN and infinity pass through, as in products.

import { invalidValue } from "../check/describe.js";
import { list, number } from "../check/fields.js";
import { newArray } from "../wasm/index.js";
import { checkMatrix, checkSameType } from "./check.js";
import { Matrix } from "./matrix.js";

/**
 * A + B. mn operations.
 *
 * @param A - m x n; left unchanged. NaN and infinity pass through.
 * @param B - m x n, of A's type.
 * @throws RangeError when the shapes differ; TypeError when an operand is not a Matrix or the types
 * differ.
 * @example
 * ```ts
 * add(Matrix.from([[1, 2]]), Matrix.from([[10, 20]])).toArray(); // [[11, 22]]
 * ```
 */
export function add(A: Matrix, B: Matrix): Matrix {
  return sum("add", A, 1, B);
}

/**
 * A - B. mn operations.
 *
 * @param A - m x n; left unchanged. NaN and infinity pass through.
 * @param B - m x n, of A's type.
 * @throws as `add`.
 * @example
 * ```ts
 * subtract(Matrix.from([[1, 2]]), Matrix.from([[10, 20]])).toArray(); // [[-9, -18]]
 * ```
 */
export function subtract(A: Matrix, B: Matrix): Matrix {
  return sum("subtract", A, -1, B);
}

/**
 * The elementwise product A ∘ B (Hadamard's), NumPy's `A * B`; `matmul` is the product of matrices.
 * mn operations.
 *
 * @param A - m x n; left unchanged. NaN and infinity pass through.
 * @param B - m x n, of A's type.
 * @throws as `add`.
 * @example
 * ```ts
 * hadamard(Matrix.from([[1, 2]]), Matrix.from([[10, 20]])).toArray(); // [[10, 40]]
 * ```
 */
export function hadamard(A: Matrix, B: Matrix): Matrix {
  checkSameShape("hadamard", A, B);
  const product = zerosLike(A);
  for (let i = 0; i < product.data.length; i++) product.data[i] = A.data[i] * B.data[i];
  return product;
}

/**
 * Every entry times a number. mn operations.
 *
 * @param A - m x n; left unchanged. NaN and infinity pass through.
 * @throws TypeError when A is not a Matrix or the factor is not a number.
 * @example
 * ```ts
 * scale(Matrix.from([[1, 2]]), 3).toArray(); // [[3, 6]]
 * ```
 */
export function scale(A: Matrix, factor: number): Matrix {
  checkMatrix("scale", "A", A);
  number("scale", "factor", factor);
  const scaled = zerosLike(A);
  for (let i = 0; i < scaled.data.length; i++) scaled.data[i] = A.data[i] * factor;
  return scaled;
}

/**
 * diag(factors) A: row i times `factors[i]`. mn operations.
 *
 * @param A - m x n; left unchanged. NaN and infinity pass through.
 * @param factors - m numbers.
 * @throws RangeError when there are not m factors; TypeError when A is not a Matrix or a factor is
 * not a number.
 * @example
 * ```ts
 * scaleRows(Matrix.from([[1, 2], [3, 4]]), [1, 10]).toArray(); // [[1, 2], [30, 40]]
 * ```
 */
export function scaleRows(A: Matrix, factors: ArrayLike<number>): Matrix {
  checkMatrix("scaleRows", "A", A);
  checkFactors("scaleRows", factors, A.rows, "row");
  const scaled = zerosLike(A);
  for (let i = 0; i < A.data.length; i++) {
    scaled.data[i] = A.data[i] * factors[Math.floor(i / A.cols)];
  }
  return scaled;
}

/**
 * A diag(factors): column j times `factors[j]`, such as U diag(S) of a decomposition. mn operations.
 *
 * @param A - m x n; left unchanged. NaN and infinity pass through.
 * @param factors - n numbers.
 * @throws RangeError when there are not n factors; TypeError when A is not a Matrix or a factor is
 * not a number.
 * @example
 * ```ts
 * const A = Matrix.from([[2, 1], [1, 3]]);
 * const { U, S, V } = svd(A);
 * matmul(scaleColumns(U, S), V, { transposeB: true }).get(0, 0); // 2.000000
 * ```
 */
export function scaleColumns(A: Matrix, factors: ArrayLike<number>): Matrix {
  checkMatrix("scaleColumns", "A", A);
  checkFactors("scaleColumns", factors, A.cols, "column");
  const scaled = zerosLike(A);
  for (let i = 0; i < A.data.length; i++) scaled.data[i] = A.data[i] * factors[i % A.cols];
  return scaled;
}

/**
 * The matrix of f(value, row, column) of every entry, in A's type.
 *
 * @param A - m x n; left unchanged.
 * @throws TypeError when A is not a Matrix, f is not a function or returns what is not a number.
 * @example
 * ```ts
 * mapEntries(Matrix.from([[1, -2]]), Math.abs).toArray(); // [[1, 2]]
 * ```
 */
export function mapEntries(
  A: Matrix,
  f: (value: number, row: number, col: number) => number,
): Matrix {
  checkMatrix("mapEntries", "A", A);
  if (typeof f !== "function") throw invalidValue("mapEntries", "f", f, "a function", TypeError);
  const mapped = zerosLike(A);
  for (let i = 0; i < A.data.length; i++) {
    const [row, col] = [Math.floor(i / A.cols), i % A.cols];
    const value = f(A.data[i], row, col);
    if (typeof value !== "number") number("mapEntries", `f at (${row}, ${col})`, value);
    mapped.data[i] = value;
  }
  return mapped;
}

/** Zeros in A's shape and type. */
function zerosLike({ rows, cols, dtype }: Matrix): Matrix {
  return new Matrix(rows, cols, newArray(dtype, rows * cols));
}

/** A + factor B. */
function sum(name: string, A: Matrix, factor: 1 | -1, B: Matrix): Matrix {
  checkSameShape(name, A, B);
  const result = zerosLike(A);
  for (let i = 0; i < result.data.length; i++) result.data[i] = A.data[i] + factor * B.data[i];
  return result;
}

/** Matrices of one type and shape. @throws RangeError or TypeError otherwise. @internal */
export function checkSameShape(name: string, A: Matrix, B: Matrix): void {
  checkSameType(name, A, B);
  if (A.rows === B.rows && A.cols === B.cols) return;
  throw new RangeError(
    `${name}: A is ${A.rows} x ${A.cols} and B is ${B.rows} x ${B.cols}: the shapes must be equal`,
  );
}

function checkFactors(name: string, factors: ArrayLike<number>, count: number, line: string): void {
  list(number)(name, "factors", factors);
  if (factors.length === count) return;
  throw new RangeError(
    `${name}: factors has ${factors.length} entries: it must have ${count}, one per ${line}`,
  );
}
