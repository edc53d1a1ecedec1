import * as check from "../check/fields.js";
import { checkInteger } from "../check/values.js";
import { checkFinite, checkSquare } from "../linalg/check.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { qr } from "../linalg/qr.js";
import { times } from "./plain.js";

/** A square target, every entry finite. */
export const finiteSquare = check.all<Matrix>(checkSquare, checkFinite);

export interface TargetOptions {
  rows: number;
  cols: number;
  rank: number;
  seed: number;
  /** The largest singular value. @defaultValue 2 */
  norm?: number;
  /** The largest singular value over the smallest but zero; those between are in equal steps. */
  condition?: number;
}

/** A random matrix of the given rank and spectrum: U diag(s) V' with random orthonormal U and V. */
export function lowRankTarget(options: TargetOptions): Matrix {
  const read = check.setting("lowRankTarget", "options", options, {
    rows: check.integer(0),
    cols: check.integer(0),
    rank: check.integer(0),
    seed: check.seed,
    norm: check.optional(check.positive),
    condition: check.optional(check.positive),
  });
  const { rows, cols, rank, seed } = read;
  checkInteger("lowRankTarget", "rank", rank, 0, Math.min(rows, cols));
  if (rank === 0) return Matrix.zeros(rows, cols);
  const U = randomFrame(rows, rank, 2 * seed);
  const V = randomFrame(cols, rank, 2 * seed + 1);
  return matmul(scaleColumns(U, spectrum(read)), V, { transposeB: true });
}

/** The singular values of `lowRankTarget`, in descending order. */
export function spectrum({ rank, norm = 2, condition = 2 }: TargetOptions): number[] {
  const last = norm / condition;
  return Array.from({ length: rank }, (_, i) =>
    rank === 1 ? norm : norm + ((last - norm) * i) / (rank - 1),
  );
}

/**
 * A target with U_r = Q V_r, Q the product of the orthogonal factors: the two halves of the active
 * subspace coincide, so that it is not determined by them.
 */
export function alignedTarget(Q: Matrix, options: TargetOptions): Matrix {
  const V = randomFrame(options.cols, options.rank, options.seed);
  const left = scaleColumns(matmul(Q, V), spectrum(options));
  return matmul(left, V, { transposeB: true });
}

/** Orthonormal columns. */
export function randomFrame(rows: number, cols: number, seed: number): Matrix {
  return qr(Matrix.randomNormal(rows, cols, { seed })).Q;
}

function scaleColumns(A: Matrix, values: readonly number[]): Matrix {
  const result = times(1, A);
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < A.cols; j++) result.data[i * A.cols + j] *= values[j];
  }
  return result;
}
