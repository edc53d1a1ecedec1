import { type DType, type Handle, type Job, withSharedJob } from "../wasm/index.js";
import { checkInteger, checkSeed } from "./check.js";
import { svdInJob } from "./golub-kahan.js";
import { type BlockOperator, type LinearOperator, operatorInJob } from "./linear-operator.js";
import { Matrix } from "./matrix.js";
import { orthonormalize, transposed } from "./orthogonal.js";
import { fillNormal, sketchStream } from "./random.js";
import { checkRepresentable, scaleByPowerOfTwo } from "./scaling.js";
import type { SparseMatrix } from "./sparse-matrix.js";
import type { SVD } from "./svd.js";

export interface RandomizedSvdOptions {
  /** Singular triplets to compute, 0 .. min(m, n). */
  rank: number;
  /** Directions sampled beyond `rank`: insurance against an unlucky sample. @defaultValue 10 */
  oversampling?: number;
  /** Products with A A' that sharpen the sample. More where S decays slowly. @defaultValue 2 */
  powerIterations?: number;
  /** Seed of the random directions: equal seeds, equal bits. */
  seed: number;
  /** Type to compute in when A is an operator; matrices have their own. @defaultValue "f64" */
  dtype?: DType;
}

/**
 * The leading singular triplets of an m x n matrix, A ≈ U diag(S) V', from random products.
 *
 * Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1: Q = orth((A A')^q A Ω) with a QR
 * between all products, then the SVD of the small Q'A. Close to the best approximation of that
 * rank when S decays or the rank is exact; where S hardly decays, raise `powerIterations`.
 * (2q + 2) products with A or A' of rank + oversampling vectors: O(mn rank) operations dense,
 * O(nonzeros rank) sparse.
 *
 * @param A - a dense or sparse matrix, copied once, or `{ rows, cols, multiply,
 * multiplyTransposed }`.
 * @returns `U` (m x rank) and `V` (n x rank) with orthonormal columns, `S` (rank) descending. The
 * entry of largest magnitude in each column of U is positive, ties to the lowest index.
 * @throws RangeError when rank > min(m, n), an option is no integer ≥ 0 or an entry is not finite;
 * TypeError when A is no matrix or operator, or returns a block of another shape or type.
 * @example
 * ```ts
 * const A = Matrix.from([[3, 0, 0], [0, 2, 0], [0, 0, 1]]);
 * randomizedSvd(A, { rank: 2, seed: 0 }).S; // 3, 2
 * ```
 */
export function randomizedSvd(
  A: Matrix | SparseMatrix | LinearOperator,
  options: RandomizedSvdOptions,
): SVD {
  const name = "randomizedSvd";
  const { rank, oversampling = 10, powerIterations = 2, seed } = options;
  checkInteger(name, "oversampling", oversampling, 0);
  checkInteger(name, "powerIterations", powerIterations, 0);
  checkSeed(name, seed);
  return withSharedJob((job) => {
    const operator = operatorInJob(job, name, A, options.dtype);
    const { rows: m, cols: n, dtype } = operator;
    checkInteger(name, "rank", rank, 0, Math.min(m, n));
    const k = Math.min(rank + oversampling, m, n);
    const x = job.allocate(dtype, n * k);
    const y = job.allocate(dtype, m * k);
    fillNormal(job, dtype, n * k, seed, sketchStream, x);
    operator.multiply(k, x, y);
    orthonormalize(job, dtype, m, k, y);
    for (let i = 0; i < powerIterations; i++) {
      operator.multiplyTransposed(k, y, x);
      orthonormalize(job, dtype, n, k, x);
      operator.multiply(k, x, y);
      orthonormalize(job, dtype, m, k, y);
    }
    // With B = Q'A, and B' = W S Z' its SVD: A ≈ Q B = (Q Z) S W'.
    operator.multiplyTransposed(k, y, x);
    const { U: W, S, V: Z } = svdInJob(job, dtype, n, k, x);
    const left = job.allocate(dtype, rank * m);
    job.kernels(dtype).gemm(1, 1, rank, m, k, 1, Z, k, y, k, 0, left, m);
    const right = transposed(job, dtype, n, k, W);
    return singularTriplets(job, name, operator, rank, left, S, right);
  });
}

/** The triplets out of the job, from vectors stored by columns; fixes signs, undoes scaling. */
export function singularTriplets(
  job: Job,
  name: string,
  { rows: m, cols: n, dtype, exponent }: BlockOperator,
  rank: number,
  left: Handle,
  values: Handle,
  right: Handle,
): SVD {
  job.kernels(dtype).fixSigns(rank, m, left, m, n, right, n);
  scaleByPowerOfTwo(job, dtype, rank, values, -exponent);
  checkRepresentable(job, name, "S", dtype, rank, values);
  const U = transposed(job, dtype, rank, m, left);
  const V = transposed(job, dtype, rank, n, right);
  return {
    U: new Matrix(m, rank, job.read(dtype, U, m * rank)),
    S: job.read(dtype, values, rank),
    V: new Matrix(n, rank, job.read(dtype, V, n * rank)),
  };
}
