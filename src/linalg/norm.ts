import { invalidValue } from "../check/describe.js";
import { Block, withSharedJob } from "../wasm/index.js";
import { checkFinite } from "./check.js";
import type { Matrix } from "./matrix.js";
import { svd } from "./svd.js";

/** Norms by name; A is f64 and finite. */
const norms = {
  frobenius: (A: Matrix) => withSharedJob((job) => Block.put(job, A).norm()),
  spectral: (A: Matrix) => svd(A, { vectors: false }).S[0] ?? 0,
  one: (A: Matrix) => largestRowSum(A.transpose()),
  infinity: largestRowSum,
  max: ({ data }: Matrix) => {
    let largest = 0;
    for (const value of data) largest = Math.max(largest, Math.abs(value));
    return largest;
  },
  nuclear: (A: Matrix) => {
    let sum = 0;
    for (const value of svd(A, { vectors: false }).S) sum += value;
    return sum;
  },
} satisfies Record<string, (A: Matrix) => number>;

/** Names of the norms that `norm` knows. */
export type NormKind = keyof typeof norms;

/**
 * Norm of an m x n matrix, computed in f64 whatever the type; 0 for a matrix without entries.
 *
 * `frobenius`: root of the sum of squares. `spectral`: largest singular value. `nuclear`: sum of
 * the singular values. `one`: largest column sum of magnitudes. `infinity`: largest row sum.
 * `max`: largest magnitude. The cost is mn operations, that of singular values for `spectral` and
 * `nuclear`.
 *
 * @param kind - which norm. Default: `frobenius`.
 * @throws RangeError when `kind` is not one of these, when an entry of A is not finite, or when the
 * norm would not be.
 * @example
 * ```ts
 * norm(Matrix.from([[3, 4]])); // 5
 * ```
 */
export function norm(A: Matrix, kind: NormKind = "frobenius"): number {
  if (typeof kind !== "string" || !Object.hasOwn(norms, kind)) {
    throw invalidValue("norm", "kind", kind, `one of ${Object.keys(norms)}`);
  }
  checkFinite("norm", "A", A);
  if (A.data.length === 0) return 0;
  const result = norms[kind](A.dtype === "f64" ? A : A.astype("f64"));
  if (!Number.isFinite(result)) {
    throw new RangeError(`norm: the ${kind} norm overflows f64: the entries of A must be smaller`);
  }
  return result;
}

function largestRowSum(A: Matrix): number {
  let largest = 0;
  for (let i = 0; i < A.rows; i++) {
    let sum = 0;
    for (const value of A.row(i)) sum += Math.abs(value);
    largest = Math.max(largest, sum);
  }
  return largest;
}
