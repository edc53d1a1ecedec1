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

/** What has the shape of a matrix. */
interface Shape {
  readonly rows: number;
  readonly cols: number;
}

/** Rows of op(A), which is A, or A' where it is transposed. */
export function rowsOf(A: Shape, transposed: boolean): number {
  return transposed ? A.cols : A.rows;
}

/** Columns of op(A). */
export function colsOf(A: Shape, transposed: boolean): number {
  return transposed ? A.rows : A.cols;
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
  checkShapes(name, A, B, transposeA, transposeB, transposeB ? " (transposed)" : "", out);
}

/**
 * Shapes of operands of one type that fit, and an `out` that takes the product.
 *
 * @param form - what a message says of B.
 * @throws RangeError otherwise.
 */
export function checkShapes(
  name: string,
  A: Matrix,
  B: Shape,
  transposeA: boolean,
  transposeB: boolean,
  form: string,
  out: Matrix | undefined,
): void {
  const m = rowsOf(A, transposeA);
  const k = colsOf(A, transposeA);
  const inner = rowsOf(B, transposeB);
  const n = colsOf(B, transposeB);
  if (k !== inner) {
    throw new RangeError(
      `${name}: A is ${m} x ${k}${transposeA ? " (transposed)" : ""} and ` +
        `B is ${inner} x ${n}${form}: the inner sizes must be equal`,
    );
  }
  if (out === undefined) return;
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
  return { m: rowsOf(A, transposeA), n: colsOf(B, transposeB), k: colsOf(A, transposeA) };
}
