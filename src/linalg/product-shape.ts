import { checkMatrix, checkSameType } from "./check.js";
import type { MatmulOptions } from "./matmul.js";
import type { Matrix } from "./matrix.js";

/**
 * Sizes of C = op(A) op(B): C is m x n, the inner size is k.
 *
 * @throws TypeError when an operand is no Matrix or the types differ; RangeError when the shapes do
 * not fit or an array has been detached.
 */
export function productShape(
  name: string,
  A: Matrix,
  B: Matrix,
  { transposeA = false, transposeB = false, out }: MatmulOptions,
): { m: number; n: number; k: number } {
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
  if (out) {
    checkMatrix(name, "out", out);
    if (out.rows !== m || out.cols !== n || out.dtype !== A.dtype) {
      throw new RangeError(
        `${name}: out is ${out.rows} x ${out.cols} ${out.dtype}: it must be ${m} x ${n} ${A.dtype}`,
      );
    }
  }
  return { m, n, k };
}
