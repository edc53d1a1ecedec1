// The two sides of an online completion together: their product, and where it can start.
import type { DeepLinearNetwork } from "../../factorization/models/deep-linear-network.js";
import { matmul } from "../../linalg/matmul.js";
import type { Matrix } from "../../linalg/matrix.js";
import { productSvd } from "../../linalg/product-svd.js";
import { randomizedSvd } from "../../linalg/randomized-svd.js";
import { SparseMatrix } from "../../linalg/sparse-matrix.js";
import type { SVD } from "../../linalg/svd.js";
import type { History, Side } from "./side.js";

export interface Sides {
  readonly rows: Side;
  readonly cols: Side;
}

export function product({ rows, cols }: Sides, row: number, col: number): number {
  const [a, b] = [rows.factor(row), cols.factor(col)];
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c] * b[c];
  return sum;
}

/** Factors whose product is U diag(S) V', as far as the rank goes. */
export function setProduct({ rows, cols }: Sides, { U, S, V }: SVD): void {
  for (const [side, vectors] of [
    [rows, U],
    [cols, V],
  ] as const) {
    side.grow(vectors.rows);
    const factor = new Float64Array(side.rank);
    for (let member = 0; member < side.length; member++) {
      for (let c = 0; c < Math.min(side.rank, S.length); c++) {
        factor[c] = Math.sqrt(S[c]) * vectors.get(member, c);
      }
      side.setFactor(member, factor);
    }
  }
}

/** Sum of the squares that the observations are missed by. */
export function misfit(sides: Sides, { rows, cols, values, length }: History): number {
  let sum = 0;
  for (let p = 0; p < length; p++) {
    const difference = product(sides, rows.data[p], cols.data[p]) - values.data[p];
    sum += difference * difference;
  }
  return sum;
}

/** The leading triplets of the observations, zeros between them, over their density. */
export function leadingTriplets(
  history: History,
  sides: Sides,
  { rank, seed }: { rank: number; seed: number },
): SVD {
  const [rows, cols] = [sides.rows.length, sides.cols.length];
  const observed = SparseMatrix.fromTriplets({ rows, cols, ...history.observations() });
  const { U, S, V } = randomizedSvd(observed, { rank: Math.min(rank, rows, cols), seed });
  const density = history.length / (rows * cols);
  return { U, S: S.map((s: number) => s / density) as typeof S, V };
}

/** A network's product of rank its least width, as triplets. */
export function tripletsOf(network: DeepLinearNetwork): SVD {
  const factors = network.factors().map((factor) => factor.astype("f64"));
  const widths = network.widths.slice(1, -1);
  const cut = 1 + widths.indexOf(Math.min(...widths));
  const product = (some: readonly Matrix[]) =>
    some.reduce((earlier, factor) => matmul(factor, earlier));
  return productSvd(product(factors.slice(cut)), product(factors.slice(0, cut)));
}
