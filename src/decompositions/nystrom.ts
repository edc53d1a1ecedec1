import { invalidValue } from "../check/describe.js";
import { checkedOptions } from "../check/options.js";
import { checkInteger, checkList, checkSeed, largestSize } from "../check/values.js";
import { scaleColumns } from "../linalg/arithmetic.js";
import { checkFinite, checkSquare } from "../linalg/check.js";
import { columnsAt, leadingColumns } from "../linalg/columns.js";
import { eigh } from "../linalg/eigh.js";
import { spacing } from "../linalg/eps.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import { topIndices } from "../linalg/top-indices.js";

export interface NystromOptions {
  /**
   * How many samples stand for all, chosen at random, or their numbers: the columns of the kernel that
   * are computed.
   */
  landmarks: number | ArrayLike<number>;
  /** Seed of the choice. @defaultValue 0 */
  seed?: number;
}

/** A kernel matrix that is known by its columns. */
export interface KernelColumns {
  /** Samples: the kernel is size x size. */
  readonly size: number;
  /** The columns of the kernel for these samples: size x (as many). */
  columns(samples: Int32Array): Matrix;
}

/** K is about F F'. */
export interface Nystrom {
  /** Numbers of the samples that stand for all, ascending where they were chosen. */
  landmarks: Int32Array;
  /** size x r: one row of features per sample, r at most the number of landmarks. */
  features: Matrix;
}

/**
 * Nyström's approximation of a positive semidefinite kernel matrix, from some of its columns: K is about
 * C W⁺ C' = F F', C the columns of the landmarks and W their own rows in it (Williams and Seeger 2001).
 *
 * 2 size k² + 9k³ operations for k landmarks, and what the columns cost.
 *
 * @param K - size x size, or `{ size, columns }`, of which the columns of the landmarks are asked for
 * once. Left unchanged.
 * @throws RangeError when there are not 1 .. size landmarks, a column is not finite or of another size,
 * or W is not symmetric; TypeError when K is not such a thing, or an option is unknown.
 * @example
 * ```ts
 * const X = Matrix.from([[1], [2], [3]]);
 * const { features } = nystrom(matmul(X, X, { transposeB: true }), { landmarks: [1] });
 * matmul(features, features, { transposeB: true }).get(0, 2); // 3.000000
 * ```
 */
export function nystrom(K: Matrix | KernelColumns, options: NystromOptions): Nystrom {
  const name = "nystrom";
  const { size, columns } = readKernel(name, K);
  const { landmarks: given, seed = 0 } = checkedOptions<NystromOptions>(
    name,
    options,
    { landmarks: () => {}, seed: (_, __, value) => checkSeed(name, value) },
    "an object with landmarks",
    "landmarks",
  );
  const landmarks = chosen(name, size, given, seed);
  const C = columns(landmarks.slice());
  checkFinite(name, "K.columns(landmarks)", C);
  if (C.rows !== size || C.cols !== landmarks.length) {
    throw new RangeError(
      `${name}: K.columns gave ${C.rows} x ${C.cols}: it must be ${size} x ${landmarks.length}`,
    );
  }
  const W = Matrix.zeros(C.cols, C.cols, { dtype: C.dtype });
  landmarks.forEach((sample, i) => {
    W.row(i).set(C.row(sample));
  });
  // F = C V diag(λ)^-1/2 over the eigenvalues that are more than rounding.
  const { values, vectors } = eigh(W);
  const least = values[values.length - 1] * values.length * spacing[C.dtype];
  const kept = values.filter((value: number) => value > Math.max(least, 0)).reverse();
  const reversed = Matrix.zeros(C.cols, C.cols, { dtype: C.dtype });
  for (let i = 0; i < C.cols; i++) reversed.row(i).set(vectors.row(i).slice().reverse());
  const factors = kept.map((value: number) => 1 / Math.sqrt(value));
  const basis = scaleColumns(leadingColumns(reversed, kept.length), factors);
  return { landmarks, features: matmul(C, basis) };
}

function readKernel(name: string, K: Matrix | KernelColumns): KernelColumns {
  if (K instanceof Matrix) {
    checkSquare(name, "K", K);
    return { size: K.rows, columns: (samples) => columnsAt(K, samples) };
  }
  if (typeof (Object(K) as KernelColumns).columns !== "function") {
    throw invalidValue(name, "K", K, "a Matrix or { size, columns }", TypeError);
  }
  checkInteger(name, "K.size", K.size, 1, largestSize);
  return { size: K.size, columns: (samples) => K.columns(samples) };
}

function chosen(
  name: string,
  size: number,
  given: number | ArrayLike<number>,
  seed: number,
): Int32Array {
  if (typeof given === "number") {
    checkInteger(name, "landmarks", given, 1, size);
    const keys = randomNormalArray(size, seed, streams.landmarks.first, "f64");
    return Int32Array.from(topIndices(keys, given, new Uint8Array(size))).sort();
  }
  checkList(name, "landmarks", given);
  checkInteger(name, "landmarks.length", given.length, 1, size);
  for (let i = 0; i < given.length; i++) {
    checkInteger(name, `landmarks[${i}]`, given[i], 0, size - 1);
  }
  return Int32Array.from(given);
}
