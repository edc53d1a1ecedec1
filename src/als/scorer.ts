// Scores of all columns for a history: what `recommend`, the evaluation and the fit's own comparison
// with popularity have in common. An entry of a product does not depend on the shape around it, so
// scores have the same bits for one row and for many.
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { type PackedMatrix, packMatrix } from "../linalg/packed-matrix.js";
import type { History } from "./history.js";
import type { RowSolver } from "./row-solver.js";
import { type Scored, scoredItems } from "./scored-items.js";

export class Scorer {
  readonly #popularity: Float32Array;
  #packed: PackedMatrix | undefined;

  /** @param popularity - how many rows have each column, met or cold. */
  constructor(
    readonly solver: RowSolver,
    popularity: ArrayLike<number>,
  ) {
    this.#popularity = Float32Array.from(popularity);
  }

  /** Whether the factors say something about a row: not where it has liked nothing so far. */
  places({ colIndices, weights, rowFactors }: History): boolean {
    if (rowFactors !== undefined) return true;
    const liked = weights === undefined ? colIndices.length > 0 : weights.some((w) => w > 0);
    return liked && this.solver.columns.rank > 0;
  }

  /** A score per column: by the factors, or by popularity where they say nothing. */
  scores(history: History): Float32Array {
    return this.#scoresOf([history])[0];
  }

  /** The scores of many rows, one after the other, with what belongs to each. */
  scoresOfAll<Item extends { readonly history: History }>(
    items: Iterable<Item>,
  ): Generator<Scored<Item, Float32Array>> {
    const cols = this.#popularity.length;
    return scoredItems(items, cols, (some) => this.#scoresOf(some.map(({ history }) => history)));
  }

  #scoresOf(histories: readonly History[]): Float32Array[] {
    const { rank } = this.solver.columns;
    const cols = this.#popularity.length;
    const placed = histories.filter((history) => this.places(history));
    if (placed.length === 0) return histories.map(() => this.#popularity);
    const X = new Float32Array(placed.length * rank);
    placed.forEach((history, i) => {
      X.set(this.solver.factorsOf(history), i * rank);
    });
    const { data } = matmul(new Matrix(placed.length, rank, X), this.#packedFactors());
    let next = 0;
    return histories.map((history) => {
      if (!this.places(history)) return this.#popularity;
      return data.subarray(next++ * cols, next * cols) as Float32Array;
    });
  }

  #packedFactors(): PackedMatrix {
    const { factors, rank } = this.solver.columns;
    const cols = this.#popularity.length;
    this.#packed ??= packMatrix(new Matrix(cols, rank, factors), { transpose: true });
    return this.#packed;
  }
}
