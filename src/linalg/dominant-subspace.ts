// Leading singular triplets to a tolerance, for matrices whose singular values hardly decay.

import { checkInteger, checkPositive, checkSeed } from "../check/values.js";
import { type DType, type FloatArray, withSharedJob } from "../wasm/index.js";
import { leadingTriplets } from "./in-job/leading-triplets.js";
import { type LinearOperator, lessRow, operatorInJob } from "./in-job/linear-operator.js";
import { singularTriplets } from "./in-job/singular-triplets.js";
import type { Matrix } from "./matrix.js";
import type { SparseMatrix } from "./sparse-matrix.js";
import type { SVD } from "./svd.js";

interface DominantSubspaceOptions {
  /** Singular triplets to compute, 0 .. min(m, n). */
  rank: number;
  /** Residual at which to stop. @defaultValue 1e-10 in f64, 1e-5 in f32 */
  tolerance?: number;
  /**
   * Pairs of products with A and A', of eight vectors each, after which to stop with what there is: once
   * there are `rank` triplets.
   * @defaultValue 4000
   */
  maxIterations?: number;
  /** cols numbers that are taken off each row of A: the triplets are those of what is left. */
  center?: FloatArray;
  /** Seed of the random start. */
  seed: number;
  /** Type to compute in when A is an operator. @defaultValue "f64" */
  dtype?: DType;
}

interface DominantSubspace extends SVD {
  /**
   * ‖A'U - V diag(S)‖ / S[0] in the Frobenius norm, rounding apart; A V = U diag(S) holds to rounding.
   */
  residual: number;
  /** Whether the residual is within the tolerance. */
  reached: boolean;
  /** Pairs of products with A and A' that it took. */
  iterations: number;
}

/**
 * The leading singular triplets of A, iterated until their residual is below a tolerance.
 *
 * Restarted block Lanczos, or all of a matrix that is hardly larger than its bases would be
 * (leading-triplets.ts). With a relative gap g between σ_rank and what is not iterated it takes in the
 * order of 1/√g iterations, where power iterations take 1/g. Memory beside A: the bases, at most about
 * 512 MiB unless `rank` + 28 vectors of either side take more.
 *
 * @throws as `randomizedSvd`; RangeError when the tolerance is not > 0.
 * @internal
 */
export function dominantSubspace(
  A: Matrix | SparseMatrix | LinearOperator,
  options: DominantSubspaceOptions,
): DominantSubspace {
  const name = "dominantSubspace";
  const { rank, maxIterations = 4000, seed } = options;
  checkInteger(name, "maxIterations", maxIterations, 1);
  checkSeed(name, seed);
  return withSharedJob((job) => {
    const whole = operatorInJob(job, name, A, options.dtype);
    const operator = options.center ? lessRow(job, whole, options.center) : whole;
    const { rows: m, cols: n, dtype } = operator;
    const { tolerance = dtype === "f32" ? 1e-5 : 1e-10 } = options;
    checkPositive(name, "tolerance", tolerance);
    checkInteger(name, "rank", rank, 0, Math.min(m, n));
    const goal = { rank, tolerance, maxIterations, seed };
    const triplets = leadingTriplets(job, operator, goal);
    const { residual, iterations } = triplets;
    return {
      ...singularTriplets(name, triplets, rank, operator.exponent),
      ...{ residual, reached: residual <= tolerance, iterations },
    };
  });
}
