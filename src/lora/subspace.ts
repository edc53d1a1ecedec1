// Where a compressed Deep LoRA adapter lives: along the gradient's singular vectors, or, as in the
// paper, in the invariant subspace of the overparameterized adapter's gradient descent, from the
// gradient and one random orthogonal map.

import { beside } from "../linalg/columns.js";
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { Matrix } from "../linalg/matrix.js";
import { qr } from "../linalg/qr.js";
import { randomizedSvd } from "../linalg/randomized-svd.js";
import { signedPermutation } from "../maps/orthogonal-map.js";
import type { DType } from "../wasm/index.js";

/** Bases of an adapter U (cores) V': U is out x rank, V is in x rank. */
export interface Bases {
  readonly U: Matrix;
  readonly V: Matrix;
}

interface BasesOptions {
  /** The width: even, at most the smaller side. */
  rank: number;
  /** Equal seeds, equal bits. */
  seed: number;
  /** Tells the layers of a network apart. */
  stream: number;
  /** Of the gradient's products. @defaultValue "f32" */
  dtype?: DType;
}

const oversampling = 8;
const powerIterations = 3;

/**
 * The published bases: `invariantBases` of one gradient's top rank / 2 singular vectors. Needs some
 * ten products of G with rank / 2 + 8 vectors, and O((out + in) rank²).
 *
 * @param gradient - G = dL/dW, out x in, dense or known by its products.
 * @throws RangeError when the rank is odd or larger than the smaller side.
 */
export function deepLoraBases(gradient: LinearOperator | Matrix, options: BasesOptions): Bases {
  const { rank, seed, stream, dtype = "f32" } = options;
  const { rows, cols } = gradient;
  checkEvenWidth(rank);
  checkWidth(rank, rows, cols);
  const vectors = randomizedSvd(gradient, {
    ...{ rank: rank / 2, oversampling, powerIterations, seed },
    ...(gradient instanceof Matrix ? {} : { dtype }),
  });
  return invariantBases(vectors, { seed, stream });
}

/**
 * The bases of the compressed adapter (Yaras et al. 2024). Q, semi-orthogonal out x in, is what the
 * overparameterized factors' product is at the start; U_h S V_h' are the top rank / 2 singular
 * triplets of the gradient G = dL/dW. in >= out: V = orth[V_h, Q'U_h], U = Q V. in < out:
 * U = orth[U_h, Q V_h], V = Q'U, so that the side of the larger size is orthonormal.
 *
 * @param vectors - U_h and V_h.
 */
export function invariantBases(
  { U, V }: Bases,
  { seed, stream }: Pick<BasesOptions, "seed" | "stream">,
): Bases {
  const Q = signedPermutation(U.rows, V.rows, seed, stream);
  const [Uh, Vh] = [U.astype("f64"), V.astype("f64")];
  if (V.rows >= U.rows) {
    const basis = qr(beside(Vh, Q.applyTransposed(Uh))).Q;
    return { U: Q.apply(basis), V: basis };
  }
  const basis = qr(beside(Uh, Q.apply(Vh))).Q;
  return { U: basis, V: Q.applyTransposed(basis) };
}

/**
 * The bases along the gradient, where each step of the cores is one of steepest descent: U holds its
 * left singular vectors times -1, V the right ones, so that U c I V' with c > 0 leads downhill.
 */
export function descentBases({ U, V }: Bases): Bases {
  return { U: new Matrix(U.rows, U.cols, U.data.map((u: number) => -u) as typeof U.data), V };
}

/** @throws RangeError when no compressed adapter of this width fits a layer. */
export function checkWidth(rank: number, rows: number, cols: number): void {
  if (rank <= Math.min(rows, cols)) return;
  throw new RangeError(
    `DeepLora: rank is ${rank} and a layer is ${rows} x ${cols}: a compressed adapter's rank must ` +
      "be at most the smaller side",
  );
}

/** @throws RangeError when the paper's bases, of which half are images, have no such width. */
export function checkEvenWidth(rank: number): void {
  if (rank >= 2 && rank % 2 === 0) return;
  throw new RangeError(
    `DeepLora: rank is ${rank}: it must be even and at least 2 for the paper's bases, half of which ` +
      "are images of the other half",
  );
}
