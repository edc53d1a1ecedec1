import { type Flag, withSharedJob } from "../wasm/index.js";
import { Matrix } from "./matrix.js";
import { productShape } from "./product-shape.js";

export interface MatmulOptions {
  /** Use A' instead of A. @defaultValue false */
  transposeA?: boolean;
  /** Use B' instead of B. @defaultValue false */
  transposeB?: boolean;
  /** Write the product here instead of into a new matrix; its shape and type must fit. */
  out?: Matrix;
}

/**
 * Matrix product C = op(A) op(B), op(X) = X or X'.
 *
 * Packed and blocked for the caches; each entry is summed in the same order whatever the shape
 * around it. 2mnk operations. NaN and infinity pass through as IEEE arithmetic has it.
 *
 * @param A - m x k (or k x m with `transposeA`).
 * @param B - k x n (or n x k with `transposeB`), of A's type.
 * @returns m x n in A's type; `out` itself when given.
 * @throws RangeError when the shapes do not fit or an array was detached; TypeError when the types
 * differ.
 * @example
 * ```ts
 * matmul(Matrix.from([[1, 2]]), Matrix.from([[3], [4]])).get(0, 0); // 11
 * ```
 */
export function matmul(A: Matrix, B: Matrix, options: MatmulOptions = {}): Matrix {
  const { transposeA = false, transposeB = false, out } = options;
  const { m, n, k } = productShape("matmul", A, B, options);
  const C = out ?? Matrix.zeros(m, n, { dtype: A.dtype });
  withSharedJob((job) => {
    const a = job.put(A.data);
    const b = job.put(B.data);
    const c = job.allocate(A.dtype, m * n);
    const flag = (on: boolean): Flag => (on ? 1 : 0);
    // biome-ignore format: gemm's arguments belong in pairs
    job.kernels(A.dtype).gemm(
      flag(transposeA), flag(transposeB), m, n, k, 1, a, A.cols, b, B.cols, 0, c, n,
    );
    C.data.set(job.view(A.dtype, c, m * n));
  });
  return C;
}
