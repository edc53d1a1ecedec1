// The leading singular triplets of a mean gradient that comes batch by batch and is never formed.

import { leadingColumns } from "../linalg/columns.js";
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { lstsq } from "../linalg/lstsq.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { productSvd } from "../linalg/product-svd.js";
import { qr } from "../linalg/qr.js";
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import type { SVD } from "../linalg/svd.js";
import type { DType } from "../wasm/index.js";

interface SketchOptions {
  /** Triplets wanted. */
  rank: number;
  /** Equal seeds, equal bits. */
  seed: number;
  /** Of the gradient's products. */
  dtype: DType;
}

/**
 * Y = G Ω and Z = Ψ' G with random Ω and Ψ, 4 rank and 8 rank + 1 vectors (Tropp, Yurtsever, Udell
 * and Cevher 2017, algorithm 7): the sketches of a mean are the means of the sketches, so that each
 * batch is passed once, and (out + in) numbers for each vector are all that is held. Where G has a
 * rank of at most 4 rank the triplets are exact to rounding; otherwise near the best, as the test
 * measures.
 */
export class GradientSketch {
  readonly #rank: number;
  /** Ω, in x k, and Ψ, out x l. */
  readonly #right: Matrix;
  readonly #left: Matrix;
  /** Y, out x k, and Z', in x l, in f64. */
  readonly #range: Matrix;
  readonly #corange: Matrix;

  /** @param shape - of G, out x in; the rank is at most its smaller side. */
  constructor({ rows, cols }: { rows: number; cols: number }, options: SketchOptions) {
    const { rank, seed, dtype } = options;
    const directions = (size: number, count: number, index: number) => {
      const stream = streamAt(streams.gradientSketch, index);
      return new Matrix(size, count, randomNormalArray(size * count, seed, stream, dtype));
    };
    const width = Math.min(4 * rank, rows, cols);
    this.#rank = rank;
    this.#right = directions(cols, width, 0);
    this.#left = directions(rows, 2 * width + 1, 1);
    this.#range = Matrix.zeros(rows, width);
    this.#corange = Matrix.zeros(cols, 2 * width + 1);
  }

  /** Adds share times the gradient. */
  add(gradient: LinearOperator, share: number): void {
    const addTo = (sum: Matrix, product: Matrix) => {
      for (let i = 0; i < sum.data.length; i++) sum.data[i] += share * product.data[i];
    };
    addTo(this.#range, gradient.multiply(this.#right));
    addTo(this.#corange, gradient.multiplyTransposed(this.#left));
  }

  /** Whether every number so far is finite: of others there are no triplets. */
  get isFinite(): boolean {
    return [this.#range, this.#corange].every(({ data }) => data.every(Number.isFinite));
  }

  /** The leading triplets of the sum. */
  triplets(): SVD {
    const { Q } = qr(this.#range);
    const seen = matmul(this.#left.astype("f64"), Q, { transposeA: true });
    const { X } = lstsq(seen, this.#corange.transpose());
    const { U, S, V } = productSvd(Q, X);
    const rank = this.#rank;
    return { U: leadingColumns(U, rank), S: S.slice(0, rank), V: leadingColumns(V, rank) };
  }
}
