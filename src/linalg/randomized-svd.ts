import { describe } from "../check/describe.js";
import { anything, integer, seed } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { type DType, type FloatArray, withSharedJob } from "../wasm/index.js";
import { type LinearOperator, operatorInJob } from "./in-job/linear-operator.js";
import { RandomizedQB } from "./in-job/randomized-qb.js";
import { singularTriplets } from "./in-job/singular-triplets.js";
import type { Matrix } from "./matrix.js";
import type { SparseMatrix } from "./sparse-matrix.js";
import type { SVD } from "./svd.js";

export interface RandomizedSvdOptions {
  /** Singular triplets to compute, 0 .. min(m, n). Either this or `tolerance`. */
  rank?: number;
  /**
   * ‖A - U diag(S) V'‖ / ‖A‖ to stay within, in the Frobenius norm: the rank follows. 1e-12 .. 1,
   * in f32 1e-5 .. 1.
   */
  tolerance?: number;
  /** Triplets at most, with `tolerance`. @defaultValue min(m, n) */
  maxRank?: number;
  /** Directions sampled beyond the rank: insurance against an unlucky sample. @defaultValue 10 */
  oversampling?: number;
  /** Products with A A' that sharpen the sample. More where S decays slowly. @defaultValue 2 */
  powerIterations?: number;
  /** Seed of the random directions: equal seeds, equal bits. @defaultValue 0 */
  seed?: number;
  /** Type to compute in when A is an operator; matrices have their own. @defaultValue "f64" */
  dtype?: DType;
}

export interface RandomizedSVD extends SVD {
  /**
   * ‖A - U diag(S) V'‖ in the Frobenius norm. For a matrix right to a tenth while above 1e-5 ‖A‖
   * (f32: 1/16), mostly to all digits; below, and for an operator, an upper bound with probability
   * 0.99 that is seldom more than three times the error.
   */
  errorEstimate: number;
}

/** Directions that are added at a time until the tolerance is reached. */
const blockColumns = 16;

/** The smallest tolerance that rounding lets be told from zero. */
const smallestTolerance: Record<DType, number> = { f32: 1e-5, f64: 1e-12 };

/**
 * The leading singular triplets of an m x n matrix, A ≈ U diag(S) V', from random products.
 *
 * Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1: Q = orth((A A')^q A Ω) with a QR
 * between all products, then the SVD of the small Q'A. Close to the best approximation of that
 * rank when S decays or the rank is exact; where S hardly decays, raise `powerIterations`.
 * (2q + 2) products with A or A' of rank + oversampling vectors: O(mn rank) operations dense,
 * O(nonzeros rank) sparse.
 *
 * With `tolerance` Q grows by blocks of 16 directions until the error is within it (Yu, Gu and Li
 * 2018); the rank is then the smallest that still keeps it. Where `maxRank` ends the growth first,
 * `errorEstimate` is above the tolerance.
 *
 * @param A - a dense or sparse matrix, copied once, or `{ rows, cols, multiply,
 * multiplyTransposed }`.
 * @returns `U` (m x rank) and `V` (n x rank) with orthonormal columns, `S` (rank) descending and
 * `errorEstimate`, the Frobenius norm of what is left. The entry of largest magnitude in each
 * column of U is positive, ties to the lowest index. The error costs nothing noticeable for a
 * matrix; where it is close to rounding, and for an operator, one product of 16 vectors with A.
 * @throws RangeError when rank > min(m, n), the tolerance is outside its range, another option
 * is not an integer ≥ 0 or an entry is not finite; TypeError when not exactly one of rank and
 * tolerance is given, or A is not a matrix or operator, or returns a block of another shape or
 * type.
 * @example
 * ```ts
 * const A = Matrix.from([[3, 0, 0], [0, 2, 0], [0, 0, 1]]);
 * randomizedSvd(A, { rank: 2, seed: 0 }).S; // 3, 2
 * randomizedSvd(A, { rank: 2, seed: 0 }).errorEstimate; // 1.000000
 * randomizedSvd(A, { tolerance: 0.5, seed: 0 }).S; // 3, 2
 * ```
 */
export function randomizedSvd(
  A: Matrix | SparseMatrix | LinearOperator,
  options: RandomizedSvdOptions,
): RandomizedSVD {
  const name = "randomizedSvd";
  const wanted = "an object with rank or tolerance";
  const checks: OptionChecks<RandomizedSvdOptions> = {
    ...{ oversampling: integer(0), powerIterations: integer(0), seed },
    // These depend on A.
    ...{ rank: anything, tolerance: anything, maxRank: anything, dtype: anything },
  };
  const read = checkedOptions(name, options, checks, wanted);
  const { tolerance, oversampling = 10, powerIterations = 2, seed: start = 0 } = read;
  checkChoice(name, read);
  return withSharedJob((job) => {
    const operator = operatorInJob(job, name, A, read.dtype);
    const smaller = Math.min(operator.rows, operator.cols);
    const { rank = read.maxRank ?? smaller } = read;
    checkInteger(name, tolerance === undefined ? "rank" : "maxRank", rank, 0, smaller);
    const qb = new RandomizedQB(job, operator, powerIterations, start);
    const maxColumns = Math.min(rank + oversampling, smaller);
    if (tolerance === undefined) {
      qb.grow(maxColumns);
    } else {
      checkTolerance(name, tolerance, operator.dtype);
      while (qb.columns < maxColumns && !qb.within(tolerance)) {
        qb.grow(Math.min(blockColumns, maxColumns - qb.columns));
      }
    }
    const { U: W, S: values, V: Z } = qb.svd();
    const energies = tailEnergies(values.read(), qb.residualEnergy());
    const kept = tolerance === undefined ? rank : smallestRank(energies, tolerance, rank);
    const found = { left: qb.leftVectors(kept, Z), values, right: W.transposed() };
    const triplets = singularTriplets(name, found, kept, operator.exponent);
    return { ...triplets, errorEstimate: Math.sqrt(energies[kept]) * 2 ** -operator.exponent };
  });
}

/** The energies ‖A - U diag(S) V'‖² that are left by 0, 1, 2, ... triplets. */
function tailEnergies(S: FloatArray, beyond: number): Float64Array {
  const energies = new Float64Array(S.length + 1);
  energies[S.length] = beyond;
  for (let i = S.length - 1; i >= 0; i--) energies[i] = energies[i + 1] + S[i] * S[i];
  return energies;
}

/** The first rank whose energy left is within the tolerance; `maxRank` if none before. */
function smallestRank(energies: Float64Array, tolerance: number, maxRank: number): number {
  const last = Math.min(maxRank, energies.length - 1);
  let rank = 0;
  while (rank < last && energies[rank] > tolerance * tolerance * energies[0]) rank++;
  return rank;
}

function checkChoice(name: string, { rank, tolerance, maxRank }: RandomizedSvdOptions): void {
  if ((rank === undefined) === (tolerance === undefined)) {
    throw new TypeError(
      `${name}: rank is ${describe(rank)} and tolerance is ${describe(tolerance)}: exactly one of them must be given`,
    );
  }
  if (rank !== undefined && maxRank !== undefined) {
    throw new TypeError(
      `${name}: maxRank is ${describe(maxRank)}: it goes with tolerance, not with rank`,
    );
  }
}

function checkTolerance(name: string, tolerance: number, dtype: DType): void {
  const smallest = smallestTolerance[dtype];
  if (!(Number.isFinite(tolerance) && tolerance >= smallest && tolerance <= 1)) {
    throw new RangeError(
      `${name}: tolerance is ${describe(tolerance)}: it must be in ${smallest} .. 1 for ${dtype} ` +
        "(svd goes down to rounding)",
    );
  }
}
