// A low-rank addition to one linear layer, as matrices: what is trained, merged and written.
import { checkInteger, checkList, checkNonNegative } from "../check/values.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { productSvd } from "../linalg/product-svd.js";
import type { LayerAdapter } from "./adapter.js";
import { checkLayerAdapter, refuse } from "./check.js";

/** LoRA's two factors: scale B A, with A rank x in and B out x rank. */
export interface PlainLora {
  readonly A: Matrix;
  readonly B: Matrix;
  readonly scale: number;
}

/**
 * The addition as LoRA's two factors, exactly: B is the last factor times the last core, A the
 * others, so that Deep LoRA's U W3 W2 W1 V' has B = U W3 and A = W2 W1 V'. Products in f64.
 *
 * @param rank - to write fewer: the best approximation of that rank, its size shared evenly by A
 *   and B. @defaultValue the smallest width inside, the greatest rank that the product can have
 * @throws TypeError when there are no two factors; RangeError when the rank is not an integer > 0.
 */
export function plainLora(layer: LayerAdapter, rank?: number): PlainLora {
  checkLayerAdapter("plainLora", layer);
  if (rank !== undefined) checkInteger("plainLora", "rank", rank, 1);
  const { factors, scale } = layer;
  const wide = factors.map((factor) => factor.astype("f64"));
  const left = wide.length > 2 ? matmul(wide[wide.length - 1], wide[wide.length - 2]) : wide[1];
  const rest = wide.length > 2 ? wide.slice(0, -2) : wide.slice(0, 1);
  const right = rest.reduce((product, factor) => matmul(factor, product));
  const greatest = Math.min(left.rows, right.cols, left.cols);
  const kept = Math.min(rank ?? greatest, greatest);
  if (kept === left.cols) return { A: right.astype("f32"), B: left.astype("f32"), scale };

  const { U, S, V } = productSvd(left, right);
  const [B, A] = [Matrix.zeros(left.rows, kept), Matrix.zeros(kept, right.cols)];
  for (let k = 0; k < kept; k++) {
    const share = Math.sqrt(S[k]);
    for (let i = 0; i < B.rows; i++) B.set(i, k, U.get(i, k) * share);
    for (let j = 0; j < A.cols; j++) A.set(k, j, V.get(j, k) * share);
  }
  return { A: A.astype("f32"), B: B.astype("f32"), scale };
}

/** scale F_n .. F_1 as a matrix, out x in, in f64. */
export function addition({ factors, scale }: LayerAdapter): Matrix {
  const product = factors
    .map((factor) => factor.astype("f64"))
    .reduce((earlier, factor) => matmul(factor, earlier));
  for (let i = 0; i < product.data.length; i++) product.data[i] *= scale;
  return product;
}

/** Singular values of the addition, descending; as many as the smallest width inside. */
export function singularValues(adapter: LayerAdapter): number[] {
  const { A, B, scale } = plainLora(adapter);
  return Array.from(productSvd(B.astype("f64"), A.astype("f64")).S, (s) => s * Math.abs(scale));
}

/**
 * How many directions an adapter has learned: none when its largest singular value is at most
 * 1e-3 (the authors' rule), else those above that share of the largest.
 *
 * @param tolerance - the share. @defaultValue 1e-3
 */
export function learnedRank(values: readonly number[], tolerance = 1e-3): number {
  checkList("learnedRank", "values", values);
  checkNonNegative("learnedRank", "tolerance", tolerance);
  const S = Array.from(values, (value, i) =>
    typeof value === "number" ? value : refuse("learnedRank", `values[${i}]`, value, "a number"),
  );
  const largest = S[0] ?? 0;
  return largest > 1e-3 ? S.filter((value) => value > tolerance * largest).length : 0;
}
