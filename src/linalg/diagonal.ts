// What a matrix says on its diagonal, and the inner product that it measures.

import { type FloatArray, newArray } from "../wasm/index.js";
import { checkSameShape } from "./arithmetic.js";
import { checkMatrix, checkSquare } from "./check.js";
import type { Matrix } from "./matrix.js";

/**
 * The diagonal of A: entries (0, 0), (1, 1), ...
 *
 * @param A - any shape. NaN and infinity pass through.
 * @returns min(m, n) numbers in A's type, a copy.
 * @throws TypeError when A is not a Matrix.
 * @example
 * ```ts
 * diagonal(Matrix.from([[1, 2], [3, 4]])); // Float64Array [1, 4]
 * ```
 */
export function diagonal(A: Matrix): FloatArray {
  checkMatrix("diagonal", "A", A);
  const result = newArray(A.dtype, Math.min(A.rows, A.cols));
  for (let i = 0; i < result.length; i++) result[i] = A.data[i * A.cols + i];
  return result;
}

/**
 * The trace of A: the sum of its diagonal, in f64.
 *
 * @param A - n x n. NaN and infinity pass through.
 * @throws RangeError when A is not square; TypeError when it is not a Matrix.
 * @example
 * ```ts
 * trace(Matrix.from([[1, 2], [3, 4]])); // 5
 * ```
 */
export function trace(A: Matrix): number {
  checkSquare("trace", "A", A);
  let sum = 0;
  for (const value of diagonal(A)) sum += value;
  return sum;
}

/**
 * The Frobenius inner product ⟨A, B⟩ = trace(A'B): the sum of the products of the entries, in f64,
 * in the order of the entries. 2mn operations.
 *
 * @param A - m x n. NaN and infinity pass through.
 * @param B - m x n, of A's type.
 * @throws RangeError when the shapes differ; TypeError when an operand is not a Matrix or the types
 * differ.
 * @example
 * ```ts
 * innerProduct(Matrix.from([[1, 2]]), Matrix.from([[3, 4]])); // 11
 * ```
 */
export function innerProduct(A: Matrix, B: Matrix): number {
  checkSameShape("innerProduct", A, B);
  let sum = 0;
  for (let i = 0; i < A.data.length; i++) sum += A.data[i] * B.data[i];
  return sum;
}
