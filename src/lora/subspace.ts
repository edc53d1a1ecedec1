// Where a compressed Deep LoRA adapter lives: the invariant subspace of the overparameterized
// adapter's gradient descent, from one gradient of the frozen weight and one random orthogonal map.

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
 * The bases of the compressed adapter (Yaras et al. 2024). Q, semi-orthogonal out x in, is what the
 * overparameterized factors' product is at the start; U_h S V_h' are the top rank / 2 singular
 * triplets of the gradient G = dL/dW. in >= out: V = orth[V_h, Q'U_h], U = Q V. in < out:
 * U = orth[U_h, Q V_h], V = Q'U, so that the side of the larger size is orthonormal.
 *
 * Needs some ten products of G with rank / 2 + 8 vectors, and O((out + in) rank²).
 *
 * @param gradient - G, out x in, dense or known by its products.
 * @throws RangeError when the rank is odd or larger than the smaller side.
 */
export function deepLoraBases(gradient: LinearOperator | Matrix, options: BasesOptions): Bases {
  const { rank, seed, stream, dtype = "f32" } = options;
  const { rows, cols } = gradient;
  checkWidth(rank, rows, cols);
  const { U, V } = randomizedSvd(gradient, {
    ...{ rank: rank / 2, oversampling, powerIterations, seed },
    ...(gradient instanceof Matrix ? {} : { dtype }),
  });
  const Q = signedPermutation(rows, cols, seed, stream);
  const [Uh, Vh] = [U.astype("f64"), V.astype("f64")];
  if (cols >= rows) {
    const basis = qr(beside(Vh, Q.applyTransposed(Uh))).Q;
    return { U: Q.apply(basis), V: basis };
  }
  const basis = qr(beside(Uh, Q.apply(Vh))).Q;
  return { U: basis, V: Q.applyTransposed(basis) };
}

/** @throws RangeError when no compressed adapter of this width fits a layer. */
export function checkWidth(rank: number, rows: number, cols: number): void {
  if (Number.isInteger(rank) && rank >= 2 && rank % 2 === 0 && rank <= Math.min(rows, cols)) return;
  throw new RangeError(
    `DeepLora: rank is ${rank} and a layer is ${rows} x ${cols}: a compressed adapter's rank must ` +
      "be even, at least 2 and at most the smaller side",
  );
}
