// The singular value decomposition by one-sided Jacobi, preconditioned by a pivoted QR
// factorization of the matrix with its rows sorted (Drmac and Veselic 2008, simplified):
//   A = (sort rows)' Q R P',  R = J' diag(S) W',  U = Q J',  V = P W.
import type { Handle, Job } from "../../wasm/index.js";
import type { SvdHandles } from "./golub-kahan.js";
import { orthogonalColumns, transposed } from "./orthogonal.js";
import { scaleByPowerOfTwo, scaleToSafeRange } from "./scaling.js";

/** Up to here the kernel leaves a vector as it is: its direction is taken from the others. */
const faint = 1e-290;

/**
 * Thin SVD in f64 of the row-major m x n matrix `a`, m >= n. The result stays allocated, everything
 * else is released.
 */
export function jacobiSvdInJob(job: Job, m: number, n: number, a: Float64Array): SvdHandles {
  const kernels = job.f64;
  const S = job.allocate("f64", n);
  const U = job.allocate("f64", m * n);
  const V = job.allocate("f64", n * n);
  if (n === 0) return { U, S, V };
  const mark = job.mark();
  // Rows from large to small: Householder reflections then keep what small rows hold.
  const rowOrder = rowsByMagnitude(m, n, a);
  const sorted = new Float64Array(m * n);
  rowOrder.forEach((row, i) => {
    sorted.set(a.subarray(row * n, (row + 1) * n), i * n);
  });
  const columns = transposed(job, "f64", m, n, job.put(sorted));
  const exponent = scaleToSafeRange(job, "f64", m * n, columns);
  const tau = job.allocate("f64", n);
  const pivots = job.allocate("i32", n);
  kernels.pivotedQrFactor(m, n, columns, m, tau, pivots);

  // Rows of R, and of the accumulated rotations.
  const rows = job.allocate("f64", n * n);
  kernels.transpose(n, n, columns, m, rows, n);
  const upper = job.view("f64", rows, n * n);
  for (let i = 1; i < n; i++) upper.fill(0, i * n, i * n + i);
  const rotations = job.allocateZeros("f64", n * n);
  const ones = job.view("f64", rotations, n * n);
  for (let i = 0; i < n; i++) ones[i * n + i] = 1;
  const work = job.allocate("f64", 2 * n);
  if (kernels.jacobi(n, n, rows, n, rotations, n, S, work) !== 0) {
    throw new Error("svd: the Jacobi sweeps did not converge");
  }
  const directions = normalizeRows(job, n, rows, S);

  const left = job.allocate("f64", n * m);
  kernels.embed(n, m, n, rotations, n, left, m);
  const scratch = job.allocateBytes(kernels.applyReflectorsWorkspace(m, n));
  kernels.applyReflectors(0, m, n, n, columns, m, tau, left, m, scratch);
  const u = transposed(job, "f64", n, m, left);
  const [from, to] = [job.view("f64", u, m * n), job.view("f64", U, m * n)];
  rowOrder.forEach((row, i) => {
    to.set(from.subarray(i * n, (i + 1) * n), row * n);
  });
  const w = transposed(job, "f64", n, n, directions);
  const [wRows, vRows] = [job.view("f64", w, n * n), job.view("f64", V, n * n)];
  job.view("i32", pivots, n).forEach((col, i) => {
    vRows.set(wRows.subarray(i * n, (i + 1) * n), col * n);
  });
  scaleByPowerOfTwo(job, "f64", n, S, -exponent);
  job.release(mark);
  return { U, S, V };
}

/** Row numbers by descending largest magnitude; ties keep their order. */
function rowsByMagnitude(m: number, n: number, a: Float64Array): number[] {
  const largest = Array.from({ length: m }, (_, i) => {
    let result = 0;
    for (let j = 0; j < n; j++) result = Math.max(result, Math.abs(a[i * n + j]));
    return result;
  });
  return largest.map((_, i) => i).sort((i, j) => largest[j] - largest[i]);
}

/**
 * Rows divided by their lengths. Rows of length zero or next to it, which are the last ones, are
 * replaced by what completes the others to an orthonormal basis.
 */
function normalizeRows(job: Job, n: number, rows: Handle, lengths: Handle): Handle {
  const kernels = job.f64;
  const lengthOf = Array.from(job.view("f64", lengths, n));
  const rank = lengthOf.filter((length) => length > faint).length;
  for (let i = 0; i < rank; i++) {
    const row = job.view("f64", job.at("f64", rows, i * n), n);
    for (let j = 0; j < n; j++) row[j] /= lengthOf[i];
  }
  if (rank === n) return rows;
  const basis = job.allocate("f64", n * n);
  kernels.embed(n, n, n, rows, n, basis, n);
  const tau = job.allocate("f64", n);
  const work = job.allocateBytes(kernels.qrWorkspace(n, n));
  kernels.qrFactor(n, rank, basis, n, tau, work);
  const columns = orthogonalColumns(job, "f64", n, n, rank, { columns: basis, tau });
  const complete = transposed(job, "f64", n, n, columns);
  kernels.embed(rank, n, n, rows, n, complete, n);
  return complete;
}
