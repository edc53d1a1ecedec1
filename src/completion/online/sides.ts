// The two sides of an online completion together: their product, and where it can start.
import type { DeepLinearNetwork } from "../../factorization/models/deep-linear-network.js";
import { matmul } from "../../linalg/matmul.js";
import type { Matrix } from "../../linalg/matrix.js";
import { productSvd } from "../../linalg/product-svd.js";
import { randomizedSvd } from "../../linalg/randomized-svd.js";
import { SparseMatrix } from "../../linalg/sparse-matrix.js";
import type { SVD } from "../../linalg/svd.js";
import type { History } from "./history.js";
import { Side } from "./side.js";

export interface Sides {
  readonly rows: Side;
  readonly cols: Side;
}

export function newSides(history: History, rank: number): Sides {
  return { rows: new Side(history, "rows", rank), cols: new Side(history, "cols", rank) };
}

/**
 * Fits members of one side to their observations. The ridge is in observations of average size.
 *
 * @param anew - make their statistics anew in any case.
 */
export function fitMembers(
  sides: Sides,
  which: keyof Sides,
  members: Iterable<number>,
  ridge: number,
  anew = false,
): void {
  const own = sides[which];
  const other = sides[which === "rows" ? "cols" : "rows"];
  const scaled = ridge * (other.meanSquare || 1);
  for (const member of members) {
    if (own.observations(member) > 0) own.solve(member, other, scaled, anew);
  }
}

/** Fits all rows and then all columns, `times` times. */
export function sweep(sides: Sides, times: number, ridge: number): void {
  for (let pass = 0; pass < times; pass++) {
    fitMembers(sides, "rows", Array(sides.rows.length).keys(), ridge, true);
    fitMembers(sides, "cols", Array(sides.cols.length).keys(), ridge, true);
  }
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
function misfit(sides: Sides, { rows, cols, values, length }: History): number {
  let sum = 0;
  for (let p = 0; p < length; p++) {
    const difference = product(sides, rows.data[p], cols.data[p]) - values.data[p];
    sum += difference * difference;
  }
  return sum;
}

/** Passes over everything after which a fit from scratch is compared: near enough to its end. */
const restartSweeps = 10;

/**
 * What began with too little data may follow a poor minimum: fits everything from the leading
 * singular triplets of the observations, and returns the nearer to them of that and `sides`.
 */
export function restart(
  history: History,
  sides: Sides,
  { rank, seed, ridge }: { rank: number; seed: number; ridge: number },
): Sides {
  const [rows, cols] = [sides.rows.length, sides.cols.length];
  const observed = SparseMatrix.fromTriplets({ rows, cols, ...history.observations() });
  const { U, S, V } = randomizedSvd(observed, { rank: Math.min(rank, rows, cols), seed });
  // Zeros stand between the observations.
  const density = history.length / (rows * cols);
  const fresh = newSides(history, rank);
  setProduct(fresh, { U, S: S.map((s: number) => s / density) as typeof S, V });
  for (let index = 0; index < history.length; index++) {
    fresh.rows.append(index);
    fresh.cols.append(index);
  }
  sweep(fresh, restartSweeps, ridge);
  return misfit(fresh, history) < misfit(sides, history) ? fresh : sides;
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
