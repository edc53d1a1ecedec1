// The singular value decomposition by one-sided Jacobi, preconditioned by a pivoted QR
// factorization of the matrix with its rows sorted (Drmac and Veselic 2008, simplified):
//   A = (sort rows)' Q R P',  R = J' diag(S) W',  U = Q J',  V = P W.
import { Block, decompositionsKernels, jacobiKernels, rowsKernels } from "../../wasm/index.js";
import { Matrix } from "../matrix.js";
import { applyReflections, factorColumns, orthogonalColumns, triangleOf } from "./orthogonal.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";
import type { ColumnTriplets } from "./singular-triplets.js";

/** Up to here the kernel leaves a vector as it is: its direction is taken from the others. */
const faint = 1e-290;

/**
 * Thin SVD of A, m x n in f64 with m >= n, but for the signs. The result stays allocated,
 * everything else is released.
 */
export function jacobiSvdInJob(A: Block): ColumnTriplets {
  const { job, rows: m, cols: n } = A;
  const kernels = job.use(decompositionsKernels).f64;
  const values = Block.allocate(job, "f64", 1, n);
  const left = Block.allocate(job, "f64", n, m);
  const right = Block.allocate(job, "f64", n, n);
  if (n === 0) return { left, values, right };
  const mark = job.mark();
  // Rows from large to small: Householder reflections then keep what small rows hold.
  const rowOrder = rowsByMagnitude(A);
  const sorted = Block.allocate(job, "f64", m, n);
  A.use(rowsKernels).gatherRows(m, n, A.handle, job.put(Int32Array.from(rowOrder)), sorted.handle);
  const columns = sorted.transposed();
  const exponent = scaleToSafeRange(columns);
  const tau = job.allocate("f64", n);
  const pivots = job.allocate("i32", n);
  kernels.pivotedQrFactor(m, n, columns.handle, m, tau, pivots);

  // Rows of R, and of the accumulated rotations.
  const rows = triangleOf({ columns, tau });
  const rotations = Block.put(job, Matrix.identity(n));
  const work = job.allocate("f64", 2 * n);
  const { jacobi } = job.use(jacobiKernels).f64;
  if (jacobi(n, n, rows.handle, n, rotations.handle, n, values.handle, work) !== 0) {
    throw new Error("svd: the Jacobi sweeps did not converge");
  }
  const directions = normalizeRows(rows, values);

  const turned = Block.allocate(job, "f64", n, m);
  rotations.copyTo(turned);
  applyReflections({ columns, tau }, turned);
  scatterColumns(turned, rowOrder, left);
  scatterColumns(directions, job.view("i32", pivots, n), right);
  scaleByPowerOfTwo(values, -exponent);
  job.release(mark);
  return { left, values, right };
}

/** Row numbers by descending largest magnitude; ties keep their order. */
function rowsByMagnitude(A: Block): number[] {
  const { rows: m, cols: n } = A;
  const entries = A.view();
  const largest = Array.from({ length: m }, (_, i) => {
    let result = 0;
    for (let j = 0; j < n; j++) result = Math.max(result, Math.abs(entries[i * n + j]));
    return result;
  });
  return largest.map((_, i) => i).sort((i, j) => largest[j] - largest[i]);
}

/** Column j of A becomes column order[j] of `to`. */
function scatterColumns(A: Block, order: ArrayLike<number>, to: Block): void {
  const [from, into] = [A.view(), to.view()];
  for (let row = 0; row < from.length; row += A.cols) {
    for (let j = 0; j < A.cols; j++) into[row + order[j]] = from[row + j];
  }
}

/**
 * Rows divided by their lengths. Rows of length zero or next to it, which are the last ones, are
 * replaced by what completes the others to an orthonormal basis.
 */
function normalizeRows(rows: Block, lengths: Block): Block {
  const { job, rows: n } = rows;
  const lengthOf = lengths.view();
  const entries = rows.view();
  const rank = lengthOf.filter((length) => length > faint).length;
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < n; j++) entries[i * n + j] /= lengthOf[i];
  }
  if (rank === n) return rows;
  const basis = Block.allocate(job, "f64", rank, n);
  rows.lines(0, rank).copyTo(basis);
  const complete = orthogonalColumns(factorColumns(basis), n).transposed();
  rows.lines(0, rank).copyTo(complete);
  return complete;
}
