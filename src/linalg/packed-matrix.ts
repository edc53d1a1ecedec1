import { readFields } from "../check/options.js";
import { checkBoolean } from "../check/values.js";
import { type DType, type Handle, Job, productsKernels } from "../wasm/index.js";
import { checkMatrix, checkTypes } from "./check.js";
import { Matrix } from "./matrix.js";
import { checkShapes, rowsOf } from "./product-shape.js";

/**
 * A matrix laid out for products, k x n, that stays in a memory of its own: see `packMatrix`.
 * Dropping it frees everything.
 */
export class PackedMatrix {
  readonly #job: Job;
  readonly #packed: Handle;

  /** @internal */
  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly dtype: DType,
    job: Job,
    packed: Handle,
  ) {
    this.#job = job;
    this.#packed = packed;
  }

  /** op(A) times this: what `matmul` calls. @internal */
  multiplyFromLeft(A: Matrix, transposeA: boolean, out: Matrix | undefined): Matrix {
    checkMatrix("matmul", "A", A);
    const { rows: k, cols: n, dtype } = this;
    checkTypes("matmul", A.dtype, dtype);
    checkShapes("matmul", A, this, transposeA, false, " (packed)", out);
    const m = rowsOf(A, transposeA);
    const job = this.#job;
    const mark = job.mark();
    try {
      const a = job.put(A.data);
      const c = job.allocate(dtype, m * n);
      const { gemmPacked } = job.use(productsKernels)[dtype];
      gemmPacked(transposeA ? 1 : 0, m, n, k, 1, a, A.cols, this.#packed, 0, c, n);
      if (!out) return new Matrix(m, n, job.read(dtype, c, m * n));
      job.readInto(out.data, c);
      return out;
    } finally {
      job.release(mark);
    }
  }
}

/**
 * Lays a matrix out once for many products `matmul(A, packed)`: frozen weights. What a product saves
 * is copying B into the kernels' memory and rearranging it, most of the time where A has few rows.
 *
 * The result is a copy; later changes of B do not reach it. The products have the bits of
 * `matmul(A, B)`. It holds k n numbers, and 1.5 MiB of work space beside the largest A and product
 * that it has met.
 *
 * @param B - k x n (n x k with `transpose`); entries may be NaN or infinite.
 * @param options.transpose - pack B' instead of B. @defaultValue false
 * @throws TypeError when B is not a Matrix, `transpose` not a boolean or an option unknown;
 * RangeError when its array was detached; OutOfMemoryError from 4 GiB on.
 * @example
 * ```ts
 * const weights = packMatrix(Matrix.from([[1, 2], [3, 4]]), { transpose: true });
 * matmul(Matrix.from([[1, 1]]), weights).toArray(); // [[3, 7]]
 * ```
 */
export function packMatrix(B: Matrix, options: { transpose?: boolean } = {}): PackedMatrix {
  checkMatrix("packMatrix", "B", B);
  const { transpose = false } = readFields("packMatrix", options, { transpose: true });
  checkBoolean("packMatrix", "transpose", transpose);
  const { dtype } = B;
  const [k, n] = transpose ? [B.cols, B.rows] : [B.rows, B.cols];
  const job = new Job();
  const kernels = job.use(productsKernels)[dtype];
  const packed = job.allocateBytes(kernels.packedBytes(k, n));
  const mark = job.mark();
  kernels.packB(transpose ? 1 : 0, k, n, job.put(B.data), B.cols, packed);
  job.release(mark);
  return new PackedMatrix(k, n, dtype, job, packed);
}
