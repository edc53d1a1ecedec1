import { type FloatArray, newArray } from "../wasm/index.js";
import type { ByBlocks, RowsByBlocks } from "./by-blocks.js";
import { leadingColumns } from "./columns.js";
import { spacing } from "./eps.js";
import { triangularFactor } from "./in-job/thin-qr.js";
import { matmul } from "./matmul.js";
import { Matrix } from "./matrix.js";
import { svd } from "./svd.js";

/** Rows of a block: with fewer, the triangles would take as long as the blocks. */
export const triangleRows = (cols: number) => Math.max(4096, 8 * cols);
/** Rows that are multiplied at a time. */
const multipliedRows = 4096;
/** What U may lack to orthonormal columns: what `truncatedSvd` iterates to. */
const tolerance = { f32: 1e-5, f64: 1e-10 };

/**
 * R of A = Q R, for a tall A that comes by blocks of rows: of each block, and then of [R; R'], the triangle so far
 * above that of the next block. All in f64, to rounding, without the squares that A'A would have (Demmel,
 * Grigori, Hoemmen and Langou 2012, "Communication-optimal parallel and sequential QR and LU factorizations").
 */
export class Triangle implements ByBlocks<FloatArray> {
  #R: Matrix;

  constructor(readonly cols: number) {
    this.#R = Matrix.zeros(cols, cols);
  }

  partOf(block: Matrix, _firstRow: number, name: string): FloatArray {
    return triangularFactor(name, block.astype("f64")).data;
  }

  take(part: FloatArray): void {
    const { cols } = this;
    const both = Matrix.zeros(cols + part.length / cols, cols);
    both.data.set(this.#R.data);
    both.data.set(part, cols * cols);
    this.#R = triangularFactor("svd", both);
  }

  /**
   * The leading singular triplets of X, the matrix that it is of. `vectors` reads X for the signs, and once more
   * while the blocks of U = X V diag(1 / S) are asked for.
   *
   * @returns nothing where a singular value is so small beside the first that U would not be orthonormal,
   * or too large for X's type.
   */
  triplets(X: RowsByBlocks, rank: number) {
    const found = svd(this.#R);
    const S = newArray(X.dtype, rank);
    S.set(found.S.subarray(0, rank));
    const least = (8 * spacing.f64) / tolerance[X.dtype];
    if (!(found.S[rank - 1] >= least * found.S[0] && S[rank - 1] > 0 && S[0] < Infinity)) return;
    const V = leadingColumns(found.V, rank);
    const scaled = V.copy();
    for (let p = 0; p < scaled.data.length; p++) scaled.data[p] /= found.S[p % rank];
    return { S, vectors: () => withSigns(X, V, scaled) };
  }
}

/** With the signs of `svd`: the largest entry of each column of U is positive, among equals the first. */
function withSigns(X: RowsByBlocks, V: Matrix, scaled: Matrix) {
  const { rows, dtype } = X;
  const { cols } = V;
  const largest = new Float64Array(cols);
  const blocks = function* () {
    for (const block of X.blocks(multipliedRows)) {
      yield matmul(block.astype("f64"), scaled).astype(dtype);
    }
  };
  for (const { data } of blocks()) {
    for (let p = 0; p < data.length; p++) {
      const at = p % cols;
      if (Math.abs(data[p]) > Math.abs(largest[at])) largest[at] = data[p];
    }
  }
  for (const { data } of [V, scaled]) {
    for (let p = 0; p < data.length; p++) if (largest[p % cols] < 0) data[p] = -data[p];
  }
  return { V: V.astype(dtype), U: { rows, cols, dtype, blocks: blocks() } };
}
