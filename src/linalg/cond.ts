import { invalidValue } from "../check/describe.js";
import { Block, withSharedJob } from "../wasm/index.js";
import { checkMatrix, checkSquare, putFinite } from "./check.js";
import { luInJob, luSolveInJob } from "./in-job/lu.js";
import { scaleForElimination } from "./in-job/scaling.js";
import { Matrix, readMatrix } from "./matrix.js";
import { type NormKind, norm } from "./norm.js";
import { relativeSingularValues } from "./singular-values.js";

/** Condition numbers by name; A is f64 and has entries. */
const conditions = {
  spectral: (A: Matrix) => {
    const S = relativeSingularValues("cond", A);
    const smallest = S[S.length - 1];
    return smallest > 0 ? S[0] / smallest : Number.POSITIVE_INFINITY;
  },
  one: (A: Matrix) => normTimesNormOfInverse(A, "one", "infinity"),
  infinity: (A: Matrix) => normTimesNormOfInverse(A, "infinity", "one"),
} satisfies Record<string, (A: Matrix) => number>;

/** Names of the condition numbers that `cond` knows. */
export type ConditionKind = keyof typeof conditions;

/**
 * Condition number: how much relative errors of A may grow in the solution of A x = b. Computed in
 * f64 whatever the type; Infinity for a singular matrix.
 *
 * `spectral`: largest over smallest singular value, for any shape; an SVD without vectors. `one`
 * and `infinity`: ||A|| ||A^-1|| in that norm, for square matrices; 8/3 n³ operations.
 *
 * @param A - with at least one row and column; left unchanged.
 * @param kind - which norm. Default: `spectral`.
 * @throws RangeError when `kind` is not one of these, A is empty, or not square where it must be,
 * or has an entry that is not finite; TypeError when A is not a Matrix.
 * @example
 * ```ts
 * cond(Matrix.from([[3, 0], [0, 0.5]])); // 6
 * ```
 */
export function cond(A: Matrix, kind: ConditionKind = "spectral"): number {
  if (typeof kind !== "string" || !Object.hasOwn(conditions, kind)) {
    throw invalidValue("cond", "kind", kind, `one of ${Object.keys(conditions)}`);
  }
  checkMatrix("cond", "A", A);
  if (A.rows === 0 || A.cols === 0) {
    throw new RangeError(`cond: A is ${A.rows} x ${A.cols}: it must have an entry`);
  }
  return conditions[kind](A.dtype === "f64" ? A : A.astype("f64"));
}

/** `dual` is the norm of X' that is the norm `kind` of X. */
function normTimesNormOfInverse(A: Matrix, kind: NormKind, dual: NormKind): number {
  checkSquare("cond", "A", A);
  return withSharedJob((job) => {
    const a = putFinite(job, "cond", "A", A);
    scaleForElimination(a);
    const size = norm(readMatrix(a), kind);
    const lu = luInJob(a);
    if (lu.singular >= 0) return Number.POSITIVE_INFINITY;
    // Solutions for the unit vectors as rows: the transpose of the inverse.
    const inverse = Block.put(job, Matrix.identity(A.rows));
    luSolveInJob(lu, inverse);
    if (!inverse.isFinite()) return Number.POSITIVE_INFINITY;
    return size * norm(readMatrix(inverse), dual);
  });
}
