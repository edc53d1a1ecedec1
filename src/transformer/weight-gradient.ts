// The gradient of a linear layer's weight, dL/dW = dY' X, known by its factors.
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { Matrix } from "../linalg/matrix.js";
import { Block, product } from "../wasm/index.js";

/**
 * dY' X as an operator, out x in, for x (tokens x in) and dy (tokens x out): two thin products for
 * each block of vectors. Valid as long as x and dy are.
 */
export function weightGradient(x: Block, dy: Block): LinearOperator {
  const { job, dtype } = x;
  /** left' (right B). */
  function apply(left: Block, right: Block, B: Matrix): Matrix {
    const mark = job.mark();
    const b = Block.put(job, B);
    const between = Block.allocate(job, dtype, right.rows, B.cols);
    const result = Block.allocate(job, dtype, left.cols, B.cols);
    product(right, b, { to: between });
    product(left, between, { to: result, transposeA: true });
    const C = new Matrix(result.rows, result.cols, result.read());
    job.release(mark);
    return C;
  }
  return {
    rows: dy.cols,
    cols: x.cols,
    multiply: (B) => apply(dy, x, B),
    multiplyTransposed: (B) => apply(x, dy, B),
  };
}
