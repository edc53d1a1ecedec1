// Normalised residuals, as LAPACK's test programs judge: a few units are perfect, 30 fails. Sums
// are plain f64 loops that share nothing with the kernels. A NaN anywhere gives NaN, which is not
// below any bound.
import { expect } from "vitest";
import type { DType, Matrix } from "../../src/index.js";
import { timesPowerOfTwo } from "./matrices.js";

/** Bound of all ratios: LAPACK's. */
export const bound = 30;

/** Relative machine precision as LAPACK defines it: half the distance from 1 to the next number. */
export const eps: Record<DType, number> = { f32: 2 ** -24, f64: 2 ** -53 };
const smallestDenormal: Record<DType, number> = { f32: 2 ** -149, f64: 2 ** -1074 };

/** Fails unless every ratio is below the limit; the message shows them all. */
export function expectBelow(
  limit: number,
  ratios: Record<string, number>,
  context?: unknown,
): void {
  for (const [name, ratio] of Object.entries(ratios)) {
    expect(ratio < limit, `${name} = ${ratio} of ${JSON.stringify(context)}`).toBe(true);
  }
}

/** Entries in f64, scaled by a power of two; [i][j]. */
type Dense = number[][];

function dense(A: Matrix, exponent = 0): Dense {
  return A.toArray().map((row) => row.map((value) => timesPowerOfTwo(value, exponent)));
}

/** The power of two that brings the largest entry of A near 1; 0 for a zero matrix. */
function normalizing(A: Matrix): number {
  const largest = Array.from(A.data).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return largest > 0 ? -Math.round(Math.log2(largest)) : 0;
}

/** Largest column sum; NaN when an entry is NaN. */
export function oneNorm(A: Dense): number {
  const sums = (A[0] ?? []).map((_, j) => A.reduce((sum, row) => sum + Math.abs(row[j]), 0));
  return sums.reduce((max, sum) => Math.max(sum, max), 0);
}

function transposeOf(A: Dense, cols: number): Dense {
  return Array.from({ length: cols }, (_, j) => A.map((row) => row[j]));
}

/** A B for A m x k and B k x n. */
function times(A: Dense, B: Dense, n: number): Dense {
  return A.map((row) => {
    const result = new Array<number>(n).fill(0);
    for (let p = 0; p < row.length; p++) {
      for (let j = 0; j < n; j++) result[j] += row[p] * B[p][j];
    }
    return result;
  });
}

function minus(A: Dense, B: Dense): Dense {
  return A.map((row, i) => row.map((value, j) => value - B[i][j]));
}

/** ||D|| / (size eps ||A||), both scaled alike; never stricter than the spacing of denormals. */
function normalized(D: Dense, A: Dense, dtype: DType, size: number, exponent: number): number {
  const spacing = timesPowerOfTwo(smallestDenormal[dtype], exponent);
  const scale = Math.max(eps[dtype] * oneNorm(A), spacing);
  const difference = oneNorm(D);
  return difference === 0 ? 0 : difference / (Math.max(size, 1) * scale);
}

/** ||A - F G|| / (max(m, n) eps ||A||). */
export function productRatio(A: Matrix, F: Matrix, G: Matrix): number {
  const exponent = normalizing(A);
  const scaled = dense(A, exponent);
  const difference = minus(scaled, times(dense(F), dense(G, exponent), A.cols));
  return normalized(difference, scaled, A.dtype, Math.max(A.rows, A.cols), exponent);
}

/** ||A - U diag(S) V'|| / (max(m, n) eps ||A||). */
export function svdRatio(A: Matrix, U: Matrix, S: ArrayLike<number>, V: Matrix): number {
  const exponent = normalizing(A);
  const scaled = dense(A, exponent);
  const Sv = transposeOf(dense(V), V.cols).map((row, p) =>
    row.map((value) => value * timesPowerOfTwo(S[p], exponent)),
  );
  const difference = minus(scaled, times(dense(U), Sv, A.cols));
  return normalized(difference, scaled, A.dtype, Math.max(A.rows, A.cols), exponent);
}

/** ||I - Q'Q|| / (m eps). */
export function orthogonalityRatio(Q: Matrix): number {
  const entries = dense(Q);
  const gram = times(transposeOf(entries, Q.cols), entries, Q.cols);
  const difference = gram.map((row, i) => row.map((value, j) => value - (i === j ? 1 : 0)));
  return oneNorm(difference) / (Math.max(Q.rows, 1) * eps[Q.dtype]);
}

/** ||A V - V diag(values)|| / (n eps ||A||). */
export function eigenRatio(A: Matrix, values: ArrayLike<number>, V: Matrix): number {
  const exponent = normalizing(A);
  const scaled = dense(A, exponent);
  const vectors = dense(V);
  const right = vectors.map((row) =>
    row.map((value, j) => value * timesPowerOfTwo(values[j], exponent)),
  );
  const difference = minus(times(scaled, vectors, A.cols), right);
  return normalized(difference, scaled, A.dtype, A.rows, exponent);
}

/** max |s - reference| / (size eps max |reference|). */
export function valuesRatio(
  values: ArrayLike<number>,
  reference: ArrayLike<number>,
  dtype: DType,
  size: number,
): number {
  const largest = Array.from(reference).reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  const scale = Math.max(eps[dtype] * largest, smallestDenormal[dtype]) * Math.max(size, 1);
  if (values.length !== reference.length) return Number.NaN;
  return Array.from(values).reduce((worst, value, i) => {
    const ratio = Math.abs(value - reference[i]) / scale;
    return Math.max(ratio, worst);
  }, 0);
}

/** ||B - A X|| / (n eps (||A|| ||X|| + ||B||)): the backward error of a solution, column-wise. */
export function solveRatio(A: Matrix, X: Matrix, B: Matrix): number {
  const [a, b] = [normalizing(A), normalizing(B)];
  const scaledA = dense(A, a);
  const scaledB = dense(B, b);
  const scaledX = dense(X, b - a);
  const difference = oneNorm(minus(scaledB, times(scaledA, scaledX, X.cols)));
  if (difference === 0) return 0;
  const size = oneNorm(scaledA) * oneNorm(scaledX) + oneNorm(scaledB);
  return difference / (A.rows * eps[A.dtype] * size);
}

/**
 * ||A'(B - A X)|| / (max(m, n) eps ||A|| (||A|| ||X|| + ||B||)): zero where X is a solution of least
 * squares, whatever the rank.
 */
export function leastSquaresRatio(A: Matrix, X: Matrix, B: Matrix): number {
  const [a, b] = [normalizing(A), normalizing(B)];
  const scaledA = dense(A, a);
  const scaledB = dense(B, b);
  const scaledX = dense(X, b - a);
  const residual = minus(scaledB, times(scaledA, scaledX, X.cols));
  const difference = oneNorm(times(transposeOf(scaledA, A.cols), residual, X.cols));
  if (difference === 0) return 0;
  const sizeA = Math.max(oneNorm(scaledA), oneNorm(transposeOf(scaledA, A.cols)));
  const size = sizeA * (sizeA * oneNorm(scaledX) + oneNorm(scaledB));
  return difference / (Math.max(A.rows, A.cols) * eps[A.dtype] * size);
}

/** The four conditions of Moore and Penrose for P, each against the condition of A. */
export function pseudoinverseRatios(A: Matrix, P: Matrix): Record<string, number> {
  const exponent = normalizing(A);
  const [a, p] = [dense(A, exponent), dense(P, -exponent)];
  const AP = times(a, p, A.rows);
  const PA = times(p, a, A.cols);
  const unit = Math.max(A.rows, A.cols, 1) * eps[A.dtype];
  const condition = Math.max(oneNorm(a) * oneNorm(p), 1);
  const ratio = (D: Dense, size: number) => {
    const difference = oneNorm(D);
    return difference === 0 ? 0 : difference / (unit * condition * size);
  };
  return {
    APA: ratio(minus(times(AP, a, A.cols), a), oneNorm(a)),
    PAP: ratio(minus(times(PA, p, A.rows), p), oneNorm(p)),
    AP: ratio(minus(AP, transposeOf(AP, A.rows)), 1),
    PA: ratio(minus(PA, transposeOf(PA, A.cols)), 1),
  };
}
