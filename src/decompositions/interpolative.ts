import { integer } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { checkFinite } from "../linalg/check.js";
import { columnsAt } from "../linalg/columns.js";
import { householderQr } from "../linalg/householder-qr.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { pinv } from "../linalg/pinv.js";
import { slice } from "../linalg/slices.js";
import { solve } from "../linalg/solve.js";

export interface InterpolativeOptions {
  /** Columns to keep, 1 .. min(m, n). */
  rank: number;
}

/** A is about the columns A[:, columns] times the coefficients. */
export interface Interpolative {
  /** Numbers of the columns kept, the most telling first. */
  columns: Int32Array;
  /** rank x n: how each column of A is combined from these. Those kept have a row of the identity. */
  coefficients: Matrix;
}

/** A is about C U R, C columns and R rows of A itself. */
export interface Cur {
  /** Numbers of the columns in C. */
  columns: Int32Array;
  /** Numbers of the rows in R. */
  rows: Int32Array;
  /** m x rank. */
  C: Matrix;
  /** rank x rank. */
  U: Matrix;
  /** rank x n. */
  R: Matrix;
}

/**
 * Interpolative decomposition: every column of A as a combination of a few of its columns.
 *
 * QR with column pivoting (Cheng, Gimbutas, Martinsson and Rokhlin 2005), SciPy's `interp_decomp` without
 * random numbers. 2mn min(m, n) operations at most.
 *
 * @param A - m x n; left unchanged.
 * @throws RangeError when the rank is not in 1 .. min(m, n) or above A's own, or an entry is not finite;
 * TypeError when A is not a Matrix or an option is unknown.
 * @example
 * ```ts
 * const A = Matrix.from([[1, 2, 3], [1, 4, 5]]);
 * interpolative(A, { rank: 2 }).columns; // Int32Array [2, 0]
 * ```
 */
export function interpolative(A: Matrix, options: InterpolativeOptions): Interpolative {
  const name = "interpolative";
  return decompose(name, A, readRank(name, A, options));
}

/**
 * CUR decomposition: A from some of its own columns and rows, so that what explains the data can be
 * read. Columns and rows by `interpolative`, U = C⁺ A R⁺, the best for these (Mahoney and Drineas 2009).
 *
 * @param A - m x n; left unchanged.
 * @throws as `interpolative`.
 * @example
 * ```ts
 * const { rows, columns } = cur(Matrix.from([[1, 2], [10, 20]]), { rank: 1 });
 * [rows[0], columns[0]]; // [1, 1]
 * ```
 */
export function cur(A: Matrix, options: InterpolativeOptions): Cur {
  const rank = readRank("cur", A, options);
  const { columns } = decompose("cur", A, rank);
  const transposed = A.transpose();
  const { columns: rows } = decompose("cur", transposed, rank);
  const C = columnsAt(A, columns);
  const R = columnsAt(transposed, rows).transpose();
  const U = matmul(matmul(pinv(C), A), pinv(R));
  return { columns, rows, C, U, R };
}

function readRank(name: string, A: Matrix, options: InterpolativeOptions): number {
  checkFinite(name, "A", A);
  const checks = { rank: integer(1, Math.min(A.rows, A.cols)) };
  return checkedOptions(name, options, checks, "an object with rank", "rank").rank;
}

function decompose(name: string, A: Matrix, rank: number): Interpolative {
  const { R, permutation, rank: full } = householderQr(A, { pivoting: true });
  if (rank > full) {
    throw new RangeError(
      `${name}: rank is ${rank} and that of A is ${full}: it must not be larger`,
    );
  }
  // A P = Q [R1 R2], so that the columns of R2 are those of R1 times R1⁻¹ R2.
  const solved = solve(
    slice(R, { rows: [0, rank], cols: [0, rank] }),
    slice(R, { rows: [0, rank], cols: [rank, A.cols] }),
  );
  const coefficients = Matrix.zeros(rank, A.cols, { dtype: A.dtype });
  for (let i = 0; i < rank; i++) {
    coefficients.set(i, permutation[i], 1);
    for (let j = rank; j < A.cols; j++) {
      coefficients.set(i, permutation[j], solved.get(i, j - rank));
    }
  }
  return { columns: permutation.slice(0, rank), coefficients };
}
