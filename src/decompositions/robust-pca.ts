import { integer, positive } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { scaleColumns } from "../linalg/arithmetic.js";
import { checkFinite } from "../linalg/check.js";
import { leadingColumns } from "../linalg/columns.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { norm } from "../linalg/norm.js";
import { svd } from "../linalg/svd.js";

export interface RobustPcaOptions {
  /** Weight of the sparse part. @defaultValue 1 / √max(m, n) */
  lambda?: number;
  /** ‖A - L - S‖ / ‖A‖ at which to stop. @defaultValue 1e-7, in f32 1e-5 */
  tolerance?: number;
  /** SVDs at most. @defaultValue 500 */
  maxIterations?: number;
}

/** A is about L + S. */
export interface RobustPca {
  /** m x n, of low rank: what the data have in common. */
  lowRank: Matrix;
  /** m x n, mostly zeros: gross errors, foreground, outliers. */
  sparse: Matrix;
  /** Rank of the first part. */
  rank: number;
  /** SVDs that it took. */
  iterations: number;
  /** Whether the tolerance was reached. */
  converged: boolean;
}

/**
 * Low rank plus sparse: principal component pursuit, min ‖L‖* + λ ‖S‖₁ subject to L + S = A (Candès, Li,
 * Ma and Wright 2011, algorithm 1), by alternating directions with the penalty mn / (4 ‖A‖₁).
 *
 * Recovers both parts where the low-rank one is spread over its entries and the errors are few and
 * anywhere, however large. An SVD of A per iteration, some dozens in all.
 *
 * @param A - m x n; left unchanged. Columns are not centred.
 * @throws RangeError when an entry is not finite or an option is out of range; TypeError when A is not a
 * Matrix or an option is unknown.
 * @example
 * ```ts
 * const A = Matrix.from(Array.from({ length: 20 }, (_, i) => Array(20).fill(i + 1)));
 * A.set(3, 7, 500);
 * const { rank, sparse } = robustPca(A);
 * rank; // 1
 * sparse.get(3, 7); // 496.000
 * ```
 */
export function robustPca(A: Matrix, options: RobustPcaOptions = {}): RobustPca {
  const name = "robustPca";
  const checks = { lambda: positive, tolerance: positive, maxIterations: integer(1) };
  const read = checkedOptions<RobustPcaOptions>(name, options, checks);
  checkFinite(name, "A", A);
  const { rows, cols, dtype } = A;
  const { lambda = 1 / Math.sqrt(Math.max(rows, cols, 1)), maxIterations = 500 } = read;
  const { tolerance = dtype === "f32" ? 1e-5 : 1e-7 } = read;
  const size = norm(A);
  let lowRank = Matrix.zeros(rows, cols, { dtype });
  const sparse = Matrix.zeros(rows, cols, { dtype });
  if (size === 0) return { lowRank, sparse, rank: 0, iterations: 0, converged: true };
  let absolute = 0;
  for (const value of A.data) absolute += Math.abs(value);
  const penalty = (rows * cols) / (4 * absolute);
  const shrunk = lambda / penalty;
  // The multipliers of A = L + S.
  const Y = Matrix.zeros(rows, cols, { dtype });
  let rank = 0;
  for (let iterations = 1; ; iterations++) {
    for (let i = 0; i < A.data.length; i++) {
      const value = A.data[i] - lowRank.data[i] + Y.data[i] / penalty;
      sparse.data[i] = Math.sign(value) * Math.max(Math.abs(value) - shrunk, 0);
    }
    const rest = A.copy();
    for (let i = 0; i < rest.data.length; i++) {
      rest.data[i] += Y.data[i] / penalty - sparse.data[i];
    }
    ({ lowRank, rank } = shrunkValues(rest, 1 / penalty));
    let square = 0;
    for (let i = 0; i < A.data.length; i++) {
      const left = A.data[i] - lowRank.data[i] - sparse.data[i];
      Y.data[i] += penalty * left;
      square += left * left;
    }
    const converged = Math.sqrt(square) <= tolerance * size;
    if (converged || iterations === maxIterations) {
      return { lowRank, sparse, rank, iterations, converged };
    }
  }
}

/** The singular values less the threshold, those that remain above 0. */
function shrunkValues(A: Matrix, threshold: number): { lowRank: Matrix; rank: number } {
  const { U, S, V } = svd(A);
  const kept = S.filter((s: number) => s > threshold).map((s: number) => s - threshold);
  const rank = kept.length;
  const left = scaleColumns(leadingColumns(U, rank), kept);
  return { lowRank: matmul(left, leadingColumns(V, rank), { transposeB: true }), rank };
}
