// The gradient of a linear layer's weight, dL/dW = dY' X, known by its factors.
import type { Tensor } from "../autograd/tape.js";
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { Matrix } from "../linalg/matrix.js";
import type { DType, Handle, Job } from "../wasm/index.js";

/**
 * dY' X as an operator, rows x cols, for x (tokens x cols) and dy (tokens x rows): two thin products
 * for each block of vectors. Valid as long as x and dy are.
 */
export function weightGradient(
  job: Job,
  dtype: DType,
  rows: number,
  cols: number,
  x: Tensor,
  dy: Handle,
): LinearOperator {
  const { gemm } = job.kernels(dtype);
  const tokens = x.rows;
  /** left' (right B), left tokens x m, right tokens x n. */
  function apply(left: Handle, m: number, right: Handle, n: number, B: Matrix): Matrix {
    const k = B.cols;
    const mark = job.mark();
    const b = job.put(B.data);
    const between = job.allocate(dtype, tokens * k);
    const result = job.allocate(dtype, m * k);
    gemm(0, 0, tokens, k, n, 1, right, n, b, k, 0, between, k);
    gemm(1, 0, m, k, tokens, 1, left, m, between, k, 0, result, k);
    const C = new Matrix(m, k, job.read(dtype, result, m * k));
    job.release(mark);
    return C;
  }
  return {
    rows,
    cols,
    multiply: (B) => apply(dy, rows, x.value, cols, B),
    multiplyTransposed: (B) => apply(x.value, cols, dy, rows, B),
  };
}
