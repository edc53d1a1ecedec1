import { checkNames, type OptionNames, readFields } from "../check/options.js";
import { checkBoolean } from "../check/values.js";
import { productsDoubles, productsSingles, releaseSharedJob, sharedJob } from "../wasm/index.js";
import { Matrix } from "./matrix.js";
import { PackedMatrix } from "./packed-matrix.js";
import { checkProduct, colsOf, type MatmulOptions, rowsOf } from "./product-shape.js";

const defaults: MatmulOptions = {};

const names: OptionNames<MatmulOptions> = { transposeA: true, transposeB: true, out: true };

/** The options as they are now. @throws TypeError when a name is unknown or a flag not a boolean. */
export function readMatmulOptions(name: string, options: MatmulOptions): MatmulOptions {
  const read = readFields(name, options, names);
  checkFlags(name, read.transposeA, read.transposeB);
  return read;
}

/** What `checkNames` would find nothing wrong with, in fewer steps. */
function isUsual(options: MatmulOptions): boolean {
  if (options === null || typeof options !== "object" || options.constructor !== Object) {
    return false;
  }
  for (const key in options) {
    if (key !== "out" && key !== "transposeB" && key !== "transposeA") return false;
  }
  return true;
}

function checkFlags(name: string, transposeA = false, transposeB = false): void {
  checkBoolean(name, "transposeA", transposeA);
  checkBoolean(name, "transposeB", transposeB);
}

/**
 * Matrix product C = op(A) op(B), op(X) = X or X'.
 *
 * Packed and blocked for the caches; each entry is summed in the same order whatever the shape
 * around it. 2mnk operations, half of them for a matrix with its own transpose (A A' or A' A, the
 * same object twice), whose bits are the same. NaN and infinity pass through as IEEE arithmetic has
 * it.
 *
 * @param A - m x k (or k x m with `transposeA`).
 * @param B - k x n (or n x k with `transposeB`), of A's type; or what `packMatrix` made of it.
 * @returns m x n in A's type; `out` itself when given.
 * @throws RangeError when the shapes do not fit or an array was detached; TypeError when the types
 * differ or an option is unknown.
 * @example
 * ```ts
 * matmul(Matrix.from([[1, 2]]), Matrix.from([[3], [4]])).get(0, 0); // 11
 * ```
 */
export function matmul(
  A: Matrix,
  B: Matrix | PackedMatrix,
  options: MatmulOptions = defaults,
): Matrix {
  // Read once, and nothing allocated: a small product takes a tenth of a microsecond.
  if (options !== defaults && !isUsual(options)) checkNames("matmul", options, names);
  const { transposeA = false, transposeB = false, out } = options;
  if (typeof transposeA !== "boolean" || typeof transposeB !== "boolean") {
    checkFlags("matmul", transposeA, transposeB);
  }
  if (B instanceof PackedMatrix) {
    if (transposeB) throw new RangeError("matmul: B is packed: transpose it in packMatrix");
    return B.multiplyFromLeft(A, transposeA, out);
  }
  checkProduct("matmul", A, B, transposeA, transposeB, out);
  const { dtype } = A;
  const m = rowsOf(A, transposeA);
  const n = colsOf(B, transposeB);
  const k = colsOf(A, transposeA);
  // No closure and no object on the way: with `out` a call leaves no garbage.
  const job = sharedJob();
  const mark = job.mark();
  try {
    const a = job.put(A.data);
    const gram = A === B && transposeA !== transposeB;
    const b = gram ? a : job.put(B.data);
    const c = job.allocate(dtype, m * n);
    const flagA = transposeA ? 1 : 0;
    const flagB = transposeB ? 1 : 0;
    // A call site for each type: engines then know what is called and skip their general way in.
    if (dtype === "f64") {
      const { gemm, syrk } = job.use(productsDoubles).f64;
      if (gram) syrk(flagA, n, k, 1, a, A.cols, c, n);
      else gemm(flagA, flagB, m, n, k, 1, a, A.cols, b, B.cols, 0, c, n);
    } else {
      const { gemm, syrk } = job.use(productsSingles).f32;
      if (gram) syrk(flagA, n, k, 1, a, A.cols, c, n);
      else gemm(flagA, flagB, m, n, k, 1, a, A.cols, b, B.cols, 0, c, n);
    }
    if (!out) return new Matrix(m, n, job.read(dtype, c, m * n));
    job.readInto(out.data, c);
    return out;
  } finally {
    releaseSharedJob(job, mark);
  }
}
