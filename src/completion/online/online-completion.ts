import { invalidValue } from "../../check/describe.js";
import { finite, list } from "../../check/fields.js";
import { type OptionNames, readOptions } from "../../check/options.js";
import {
  checkColumns,
  checkInteger,
  checkList,
  checkPositive,
  checkSeed,
} from "../../check/values.js";
import { DeepLinearNetwork } from "../../factorization/models/deep-linear-network.js";
import { checkFinite } from "../../linalg/check.js";
import { Matrix } from "../../linalg/matrix.js";
import { productSvd } from "../../linalg/product-svd.js";
import { randomNormalArray } from "../../linalg/random.js";
import { streamAt } from "../../linalg/stream-at.js";
import * as streams from "../../linalg/streams.js";
import type { SVD } from "../../linalg/svd.js";
import { readTriplets, type Triplets } from "../../linalg/triplets.js";
import { History } from "./history.js";
import {
  fitMembers,
  newSides,
  product,
  restart,
  type Sides,
  setProduct,
  sweep,
  tripletsOf,
} from "./sides.js";
import { checkSquarable } from "./squarable.js";
import { Turns } from "./turns.js";

export interface OnlineCompletionOptions {
  /** Width of the factors, 1 .. 512. */
  rank: number;
  /**
   * What a factor is held back by, in observations of average size: noisy or few observations want
   * more. For noise of standard deviation s in entries of standard deviation d the best is near
   * rank (s / d)². Not 0: a new row may have fewer observations than the rank.
   * @defaultValue 0.1
   */
  ridge?: number;
  /**
   * Of the factors of rows and columns that are new together: equal seeds, equal bits.
   * @defaultValue 0
   */
  seed?: number;
}

const names: OptionNames<OnlineCompletionOptions> = { rank: true, ridge: true, seed: true };

/** Observations that arrive: `values[p]` at (`rowIndices[p]`, `colIndices[p]`). */
export type Observed = Pick<Triplets, "rowIndices" | "colIndices" | "values">;

const observedNames: OptionNames<Observed> = { rowIndices: true, colIndices: true, values: true };

/** The largest number of a row or column, so that a typing error does not allocate everything. */
const largestIndex = 2 ** 26 - 1;
/** The history has grown so much when a fit from scratch is tried. */
const restartGrowth = 1.5;

/**
 * Completion of a matrix whose entries, rows and columns keep arriving: X ≈ A B', fitted to all
 * observations so far at a cost that depends on the new ones.
 *
 * Alternating ridge regressions. An update fits the rows and columns that it touches: for these,
 * sums of f f' and value f over the observations are kept, to which new ones are added, and which
 * are made anew whenever a sixteenth of the observations came since. For each new observation 16
 * others are fitted again, whose rows and columns come in turn. And whenever the history has grown
 * by half, the factors are looked for from scratch too, and taken where they fit better. So an
 * observation is read a constant number of times, about 70 each way, however long the history is:
 * O(rank²) operations for each reading, O(rank³) for each fit; only an update that looks from
 * scratch takes longer. It keeps 28 bytes for each observation and rank² + 2 rank numbers for each
 * row and column.
 *
 * A row or column is new when its number is; numbers that were left out have no observations and
 * predict 0. A cell may be observed again: each observation counts. docs/evidence/beyond.md has the measure.
 *
 * @example
 * ```ts
 * const online = new OnlineCompletion({ rank: 1, ridge: 1e-6 });
 * online.update({ rowIndices: [0, 0, 1], colIndices: [0, 1, 0], values: [1, 2, 3] });
 * online.sweep(20);
 * online.at(1, 1); // 6.000
 * online.update({ rowIndices: [2], colIndices: [0], values: [5] }); // a new row
 * online.at(2, 1); // 10.00
 * ```
 */
export class OnlineCompletion {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "OnlineCompletion";
  }

  readonly rank: number;
  readonly ridge: number;
  readonly seed: number;
  readonly #history = new History();
  #sides: Sides;
  /** Observations when the factors were last looked for from scratch. */
  #lastRestart = 0;
  readonly #turns = { rows: new Turns(), cols: new Turns() };

  /** @throws RangeError when an option is out of range. */
  constructor(options: OnlineCompletionOptions) {
    const read = readOptions("OnlineCompletion", options, names, "an object with rank");
    const { rank, ridge = 0.1, seed = 0 } = read;
    checkInteger("OnlineCompletion", "rank", rank, 1, 512);
    checkPositive("OnlineCompletion", "ridge", ridge);
    checkSeed("OnlineCompletion", seed);
    this.rank = rank;
    this.ridge = ridge;
    this.seed = seed;
    this.#sides = newSides(this.#history, rank);
  }

  /**
   * Goes on from a model that was trained on observations, which join the history. The model's best
   * approximation of the rank is taken, its size shared evenly by both sides.
   *
   * @param model - a network, or the triplets of `randomizedSvd` or `svd`.
   * @param data - what it was trained on, all of it: what an update touches is fitted to these and
   *   to the news alone.
   * @param options.rank - @defaultValue the number of the triplets, or the network's least width
   * @throws RangeError when the model's shape is not that of the data.
   */
  static from(
    model: DeepLinearNetwork | SVD,
    data: Triplets,
    options: Partial<OnlineCompletionOptions> = {},
  ): OnlineCompletion {
    const observed = readTriplets("OnlineCompletion.from", data);
    checkSquarable("OnlineCompletion.from", observed.values);
    const name = "OnlineCompletion.from";
    const read = readOptions<Partial<OnlineCompletionOptions>>(name, options, names);
    const triplets = model instanceof DeepLinearNetwork ? tripletsOf(model) : model;
    const { U, S, V } = Object(triplets) as SVD;
    checkFinite("OnlineCompletion.from", "model.U", U);
    checkFinite("OnlineCompletion.from", "model.V", V);
    list(finite)("OnlineCompletion.from", "model.S", S);
    if (U.rows !== observed.rows || V.rows !== observed.cols) {
      throw new RangeError(
        `OnlineCompletion.from: the model is ${U.rows} x ${V.rows} and the data ${observed.rows} x ` +
          `${observed.cols}: they must be of one shape`,
      );
    }
    const { rank = Math.max(1, S.length) } = read;
    const online = new OnlineCompletion({ ...read, rank });
    setProduct(online.#sides, triplets);
    online.#append(observed);
    // From fewer observations than the model has numbers nothing is found from scratch.
    online.#lastRestart = Math.max(online.observed, rank * (observed.rows + observed.cols));
    return online;
  }

  /** Rows seen so far: the largest number and one. */
  get rows(): number {
    return this.#sides.rows.length;
  }

  /** Columns seen so far. */
  get cols(): number {
    return this.#sides.cols.length;
  }

  /** Observations seen so far. */
  get observed(): number {
    return this.#history.length;
  }

  /**
   * Takes observations in and fits the rows and columns that they touch.
   *
   * @throws RangeError when lengths differ, a number of a row or column is not an integer in
   * 0 .. 2^26 - 1 or a value is not finite. What came before stays as it was.
   */
  update(observations: Observed): void {
    const news = this.#read(observations);
    this.#append(news);
    if (this.observed > 0 && this.observed >= restartGrowth * this.#lastRestart) {
      this.#lastRestart = this.observed;
      this.#sides = restart(this.#history, this.#sides, this);
    }
    const sides = this.#sides;
    const { ridge } = this;
    const cols = distinct(news.colIndices);
    // New columns first, so that they say something about the rows.
    const unknown = cols.filter((col) => isZeros(sides.cols.factor(col)));
    fitMembers(sides, "cols", unknown, ridge);
    for (const col of unknown) if (isZeros(sides.cols.factor(col))) this.#randomize(col);
    fitMembers(sides, "rows", distinct(news.rowIndices), ridge);
    fitMembers(sides, "cols", cols, ridge);
    for (const which of ["rows", "cols"] as const) {
      const members = this.#turns[which].take(sides[which], news.values.length);
      fitMembers(sides, which, members, ridge, true);
    }
  }

  /**
   * Fits all rows and then all columns, `times` times: an exact pass over the whole history,
   * O(observations rank²).
   */
  sweep(times = 1): void {
    checkInteger("OnlineCompletion.sweep", "times", times, 0);
    sweep(this.#sides, times, this.ridge);
  }

  /**
   * The prediction of an entry; 0 where its row or column has no observation.
   *
   * @throws RangeError when the row or column was never seen.
   */
  at(row: number, col: number): number {
    checkMember("row", row, this.rows);
    checkMember("col", col, this.cols);
    return product(this.#sides, row, col);
  }

  /** The predictions of many entries. */
  predict(rowIndices: ArrayLike<number>, colIndices: ArrayLike<number>): Float64Array<ArrayBuffer> {
    checkColumns("OnlineCompletion.predict", { rowIndices, colIndices });
    return Float64Array.from(rowIndices, (row, p) => this.at(row, colIndices[p]));
  }

  /** The whole prediction as singular triplets, O((rows + cols) rank²). */
  svd(): SVD {
    const { rows, cols } = this.#sides;
    const A = new Matrix(rows.length, this.rank, rows.factors());
    const B = new Matrix(cols.length, this.rank, cols.factors());
    return productSvd(A, B.transpose());
  }

  #append({ rowIndices, colIndices, values }: Observed): void {
    const { rows, cols } = this.#sides;
    rows.grow(1 + largest(rowIndices));
    cols.grow(1 + largest(colIndices));
    for (let p = 0; p < values.length; p++) {
      this.#history.push(rowIndices[p], colIndices[p], values[p]);
      rows.append(this.#history.length - 1);
      cols.append(this.#history.length - 1);
    }
  }

  /** Nothing is known of the column nor of its rows: a factor as large as the others. */
  #randomize(col: number): void {
    const { cols } = this.#sides;
    const size = Math.sqrt(cols.meanSquare) || 1;
    const stream = streamAt(streams.onlineFactors, col);
    const draw = randomNormalArray(this.rank, this.seed, stream, "f64");
    cols.setFactor(
      col,
      Array.from(draw, (value) => size * value),
    );
  }

  #read(news: Observed): Observed {
    const name = "OnlineCompletion.update";
    const wanted = "an object with rowIndices, colIndices and values";
    const read = readOptions(name, news, observedNames, wanted, "entries");
    const { rowIndices, colIndices, values } = read;
    checkList(name, "rowIndices", rowIndices);
    checkList(name, "colIndices", colIndices);
    const rows = Math.max(this.rows, 1 + boundedLargest(name, "rowIndices", rowIndices));
    const cols = Math.max(this.cols, 1 + boundedLargest(name, "colIndices", colIndices));
    const triplets = readTriplets(name, { rows, cols, rowIndices, colIndices, values });
    checkSquarable(name, triplets.values);
    return triplets;
  }
}

function distinct(members: ArrayLike<number>): number[] {
  return [...new Set(Array.from(members))];
}

const isZeros = (factor: Float64Array) => factor.every((value) => value === 0);

function largest(members: ArrayLike<number>): number {
  let result = -1;
  for (let p = 0; p < members.length; p++) result = Math.max(result, members[p]);
  return result;
}

/** The largest number, where all are what numbers of rows can be. */
function boundedLargest(name: string, what: string, members: ArrayLike<number>): number {
  for (let p = 0; p < members.length; p++) {
    if (Number.isInteger(members[p]) && members[p] >= 0 && members[p] <= largestIndex) continue;
    throw invalidValue(name, `${what}[${p}]`, members[p], `an integer in 0 .. ${largestIndex}`);
  }
  return largest(members);
}

function checkMember(what: string, member: number, length: number): void {
  if (Number.isInteger(member) && member >= 0 && member < length) return;
  throw invalidValue("OnlineCompletion.at", what, member, `one of the ${length} seen so far`);
}
