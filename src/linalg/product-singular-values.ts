import { jacobiKernels, withSharedJob } from "../wasm/index.js";
import { matmul } from "./matmul.js";
import { Matrix } from "./matrix.js";

/**
 * The k singular values of A B', for A (m x k) and B (n x k) in f64, descending: to
 * 1e-7 ‖A‖ ‖B‖, by the Gram matrices of both sides. `svd` would know more digits, and brings ten times the
 * kernels with it. O((m + n) k²).
 */
export function productSingularValues(A: Matrix, B: Matrix): Float64Array {
  return orthogonalRows(matmul(rootOfGram(A), rootOfGram(B), { transposeB: true })).lengths;
}

/** R (k x k) with R' R = A' A. */
function rootOfGram(A: Matrix): Matrix {
  // Rotations make the rows of A' A = V diag(s)² V' those of diag(s)² V'.
  const { rows, lengths } = orthogonalRows(matmul(A, A, { transposeA: true }));
  const k = lengths.length;
  return new Matrix(
    k,
    k,
    rows.map((value, p) => value / (Math.sqrt(lengths[Math.floor(p / k)]) || 1)),
  );
}

/** The rows of a square matrix, rotated until they are orthogonal, and their lengths, descending. */
function orthogonalRows({ rows: k, data }: Matrix) {
  return withSharedJob((job) => {
    const rows = job.put(data);
    const lengths = job.allocate("f64", k);
    const work = job.allocate("f64", 2 * k);
    const rotations = job.allocateZeros("f64", k * k);
    if (job.use(jacobiKernels).f64.jacobi(k, k, rows, k, rotations, k, lengths, work) !== 0) {
      throw new Error("singularValues: the Jacobi sweeps did not converge");
    }
    const read = (handle: typeof rows, length: number) =>
      job.read("f64", handle, length) as Float64Array;
    return { rows: read(rows, k * k), lengths: read(lengths, k) };
  });
}
