import type { Scorer } from "../als/scorer.js";
import { type OptionNames, readFields } from "../check/options.js";
import { otherName } from "../check/other-names.js";
import { checkBoolean, checkColumns, checkWord } from "../check/values.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { productSingularValues } from "../linalg/product-singular-values.js";
import { gather } from "../linalg/triplets.js";
import { rmse } from "../metrics/rmse.js";
import { readCandidates } from "./candidates.js";
import type { IndexedEntries } from "./entries.js";
import { type FoldInOptions, placeRow, type RowObservations } from "./fold-in.js";
import { checkOwner, FoldedRow } from "./folded-row.js";
import { gradeWeights } from "./grades.js";
import { colNumber, type IdIndex, indexIds, rowNumber, rowNumbers } from "./id-index.js";
import { IndexedModel } from "./indexed-model.js";
import { decodeModel, encodeModel } from "./model-file.js";
import type { ModelState } from "./model-state.js";
import {
  type Id,
  type Observations,
  type RatingTable,
  readColumns,
  textAt,
} from "./observations.js";
import type { Settings } from "./options.js";
import { listOutliers, type Outlier, outlierMarks } from "./outliers.js";
import {
  baselinesAt,
  clip,
  type NumberedPlaces,
  type PredictedRow,
  predictionsAt,
  trainedRow,
  valueAt,
  widthOf,
} from "./prediction.js";
import type { CompletionProgress } from "./progress.js";
import { headScorer, type OrderComparison } from "./ranking-head.js";
import {
  checkCount,
  type Order,
  type Recommendation,
  type RecommendationOrder,
  type RecommendOptions,
  type RowRecommendations,
  recommendationOrders,
  recommendColumns,
  recommendNames,
  type SomeRows,
} from "./recommend.js";

/** Where values are asked for; observations are places too. */
export type Places = Pick<Observations, "rowIds" | "colIds"> & Partial<Observations>;

const placeNames: OptionNames<Places> = { rowIds: true, colIds: true, values: true };

/**
 * A completed matrix: prediction(u, i) = mean + scale (b_u + b_i + x_u . y_i), clipped to the range
 * of the observed values unless the fit was told otherwise. Made by `completeMatrix`,
 * `fitCompletion` or `MatrixCompletion.load`. Immutable.
 */
export class MatrixCompletion extends IndexedModel<Settings> {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static override get name(): string {
    return "MatrixCompletion";
  }

  readonly #state: ModelState;
  readonly #rowIndex: IdIndex;
  readonly #colIndex: IdIndex;
  #scorer: Scorer | undefined;
  #outliers: Outlier[] | undefined;

  /** @internal */
  constructor(state: ModelState) {
    const [rowIndex, colIndex] = [indexIds(state.rowIds), indexIds(state.colIds)];
    super(state, rowIndex, colIndex);
    this.#state = state;
    this.#rowIndex = rowIndex;
    this.#colIndex = colIndex;
  }

  /**
   * Reads what `save` wrote, of this version or any before.
   *
   * @throws ModelFileError when the bytes are not whole, unchanged model file.
   */
  static load(bytes: Uint8Array): MatrixCompletion {
    return new MatrixCompletion(decodeModel(bytes));
  }

  /**
   * The model in one file: versioned, with a checksum over every byte, the same on every engine.
   */
  save(): Uint8Array<ArrayBuffer> {
    return encodeModel(this.#state);
  }

  /** @internal */
  get similarItems(): never {
    throw otherName("MatrixCompletion.similarItems", "rankMatrix, whose model has it");
  }

  /** @internal */
  get similar(): never {
    throw otherName("MatrixCompletion.similar", "rankMatrix, whose model has similarItems");
  }

  /** Width of the factors; 0 where the biases stand alone. */
  get rank(): number {
    return widthOf(this.#state);
  }

  /** Core factors between the row and the column factors; 0 where the biases stand alone. */
  get depth(): number {
    return this.#state.factorized ? this.#state.settings.depth : 0;
  }

  /** Whether the implicit terms are in use. */
  get implicit(): boolean {
    return this.#state.implicit;
  }

  /** Numbers that were trained: factors, cores, implicit factors and biases. */
  get parameterCount(): number {
    return this.#state.parameterCount;
  }

  /** Training steps taken, the search included. */
  get steps(): number {
    return this.#state.steps;
  }

  /** The training curve: every measurement of the search and every step of the refit. */
  get history(): readonly Readonly<CompletionProgress>[] {
    return this.#state.history;
  }

  /**
   * Entries whose values were taken for mistakes and not learnt, the furthest from what is expected
   * first. Empty with `outliers: "keep"`. See docs/reference/completion.md for the rule.
   */
  get outliers(): readonly Readonly<Outlier>[] {
    this.#outliers ??= listOutliers(this.#state);
    return this.#outliers;
  }

  /** Marks entries as far from their predictions as what was taken for mistakes. @internal */
  outlierMarks(values: ArrayLike<number>, predictions: ArrayLike<number>): Uint8Array {
    return outlierMarks(this.#state, values, predictions);
  }

  /**
   * The value at a row and a column. O(rank).
   *
   * @param row - an id, or what `foldIn` returned.
   * @throws RangeError when the model was not trained on the row or the column.
   */
  predict(row: Id | FoldedRow, colId: Id): number {
    const { factors, bias } = this.#rowOf("predict", row);
    const col = colNumber("predict", this.#colIndex, colId);
    return clip(this.#state, valueAt(this.#state, factors, 0, bias, col));
  }

  /**
   * Values at many places, `rowIds[i]` and `colIds[i]`. Ids that were not trained on are allowed:
   * the bias on the unknown side is 0, and there are no factors.
   *
   * @throws RangeError when the lengths differ; TypeError for a field that there is not.
   */
  predictEach(places: Places): Float64Array {
    const name = "predictEach";
    const wanted = "an object with rowIds and colIds";
    const { rowIds, colIds } = readFields(name, places, placeNames, wanted, "places");
    checkColumns(name, { rowIds, colIds });
    return this.predictAt(this.#numbersOf(name, rowIds, colIds));
  }

  /** `predictEach` by number; -1 stands for what was not trained on. @internal */
  predictAt(places: NumberedPlaces): Float64Array {
    return predictionsAt(this.#state, places);
  }

  /** The same of the bias model alone. @internal */
  baselineAt(places: NumberedPlaces): Float64Array {
    return baselinesAt(this.#state, places);
  }

  /** The places of entries by the model's numbers. @internal */
  placesOf({ rowIds, colIds, rows, cols }: IndexedEntries): NumberedPlaces {
    const rowNumbers = Int32Array.from(rowIds, (id) => this.#rowIndex.get(id) ?? -1);
    const colNumbers = Int32Array.from(colIds, (id) => this.#colIndex.get(id) ?? -1);
    return { rows: gather(rows, rowNumbers), cols: gather(cols, colNumbers) };
  }

  /** All values, rows x cols, f64, rows and columns in the order of `rowIds` and `colIds`. */
  predictAll(): Matrix {
    const state = this.#state;
    const left = this.#factors(state.rowFactors, this.rows);
    const right = this.#factors(state.colFactors, this.cols);
    const result = matmul(left, right, { transposeB: true });
    for (let u = 0; u < this.rows; u++) {
      const values = result.row(u);
      for (let i = 0; i < this.cols; i++) {
        const z = state.rowBias[u] + state.colBias[i] + values[i];
        values[i] = clip(state, state.mean + state.scale * z);
      }
    }
    return result;
  }

  /**
   * The order of `recommend` where nothing else is asked: "ranking" where the model has a ranking head,
   * which it has where that ordered held-out entries better than predicted values did.
   */
  get recommendsBy(): RecommendationOrder {
    return this.#state.head ? "ranking" : "rating";
  }

  /**
   * NDCG@10 of the orders on the entries that the fit held out, an entry being relevant whose value is
   * not below their mean, all columns that the row has not been observed in being candidates. Undefined
   * where no two rows could be judged, the fit was made with `ranking: false` or an older version saved
   * the model.
   */
  get orders(): Readonly<OrderComparison> | undefined {
    return this.#state.comparison;
  }

  /**
   * The `n` columns to show a row first, best first; what the row was observed in is left out.
   *
   * By "ranking": what the row would pick next, by a model of which columns rows were observed in, the
   * higher values counting more. By "rating": the highest predicted values, and clipped values that are
   * equal are still in the order of the values before clipping. Ties come in the order of the ids. All
   * columns where n is larger. O(cols rank).
   *
   * @param row - an id, or what `foldIn` returned.
   * @throws RangeError when the model was not trained on the row, n is not an integer >= 0, or the order
   * is "ranking" and the model has no ranking head; TypeError when an option is unknown or not of its
   * kind.
   */
  recommend(row: Id | FoldedRow, n = 10, options: RecommendOptions = {}): Recommendation[] {
    const order = this.#orderOf("recommend", n, options);
    const history = this.#rowOf("recommend", row);
    const [{ recommendations }] = recommendColumns(this.#state, [{ history }], n, order);
    return recommendations;
  }

  /**
   * `recommend` for every row, one after the other, in the order of `rowIds`, or for the `rows` that the
   * options name, in their order.
   */
  *recommendAll(
    n = 10,
    options: RecommendOptions & SomeRows = {},
  ): Generator<RowRecommendations<Recommendation>> {
    const name = "recommendAll";
    const { rows, ...rest } = readFields(name, options, { ...recommendNames, rows: true });
    const order = this.#orderOf(name, n, rest);
    const numbers = rowNumbers(name, this.#rowIndex, rows);
    const state = this.#state;
    function* histories() {
      for (const row of numbers) yield { row, history: trainedRow(state, row) };
    }
    for (const { row, recommendations } of recommendColumns(state, histories(), n, order)) {
      yield { id: state.rowIds[row.row], recommendations };
    }
  }

  /**
   * Places a row that was not trained on by its observations: the training objective is minimised
   * over its factors and its bias, with everything else as it is. One small ridge problem,
   * O(n^2 (n + rank)) for n <= rank observations.
   *
   * Observations of columns that the model does not know are left out: `ignored` of the result
   * counts them and `unknown` names their columns. If all are unknown, it is an error unless the
   * option says otherwise. Several values of one column follow the model's `duplicates`. No
   * observations give the average row: bias 0, no factors.
   *
   * @throws RangeError when more columns are unknown than `options.unknown` allows; RangeError or
   * TypeError when the columns differ in length, a value is not finite or an option is unknown.
   */
  foldIn(observations: RowObservations, options: FoldInOptions = {}): FoldedRow {
    const placed = placeRow(this.#state, this.#colIndex, observations, options);
    const { history, ignored, unknown, duplicates } = placed;
    return new FoldedRow(this, history, ignored, unknown, duplicates);
  }

  /**
   * Root mean square error over observations. Ids that were not trained on count too, see
   * `predictEach`.
   *
   * @throws RangeError or TypeError when there are none, lengths differ or a value is not finite.
   */
  rmse(observations: RatingTable): number {
    return this.#error("rmse", observations, predictionsAt);
  }

  /** The same of the bias model alone: mean and regularised biases of rows and columns. */
  baselineRmse(observations: RatingTable): number {
    return this.#error("baselineRmse", observations, baselinesAt);
  }

  /**
   * Singular values of the learned product (without mean and biases) in the unit of the values,
   * descending; f64, as many as the rank, to 1e-7 of the largest.
   */
  singularValues(): Float64Array {
    if (this.rank === 0) return new Float64Array(0);
    const { rowFactors, colFactors, scale } = this.#state;
    const left = this.#factors(rowFactors, this.rows);
    const right = this.#factors(colFactors, this.cols);
    return productSingularValues(left, right).map((value) => scale * value);
  }

  #orderOf(name: string, n: number, options: RecommendOptions): Order {
    const read = readFields(name, options, recommendNames);
    const { excludeRated = true, by = this.recommendsBy } = read;
    checkBoolean(name, "excludeRated", excludeRated);
    checkWord(name, "by", by, recommendationOrders, TypeError);
    checkCount(name, n);
    const scorer = by === "ranking" ? this.#rankingScorer(name) : undefined;
    return { excludeRated, scorer, ...readCandidates(name, read, this.#colIndex) };
  }

  #rankingScorer(name: string): Scorer {
    const { head, colIndices } = this.#state;
    if (head === undefined) {
      throw new RangeError(
        `${name}: by is "ranking" and the model has no ranking head: it must be "rating", or the ` +
          "model trained with ranking: true on entries that show what rows pick",
      );
    }
    this.#scorer ??= headScorer(head, {
      colIndices,
      weights: gradeWeights(head.grades, head.numbers),
    });
    return this.#scorer;
  }

  #error(name: string, observations: RatingTable, predictions: typeof baselinesAt): number {
    const { rowIds, colIds, values } = readColumns(name, observations);
    if (values.length === 0) {
      throw new RangeError(`${name}: there are no observations: there must be at least one`);
    }
    return rmse(values, predictions(this.#state, this.#numbersOf(name, rowIds, colIds)));
  }

  #numbersOf(name: string, rowIds: ArrayLike<Id>, colIds: ArrayLike<Id>): NumberedPlaces {
    const rows = new Int32Array(rowIds.length);
    const cols = new Int32Array(rowIds.length);
    for (let p = 0; p < rows.length; p++) {
      rows[p] = this.#rowIndex.get(textAt(name, "rowIds", rowIds, p)) ?? -1;
      cols[p] = this.#colIndex.get(textAt(name, "colIds", colIds, p)) ?? -1;
    }
    return { rows, cols };
  }

  #rowOf(name: string, row: Id | FoldedRow): PredictedRow {
    if (row instanceof FoldedRow) {
      checkOwner(name, row, this);
      return row.history;
    }
    return trainedRow(this.#state, rowNumber(name, this.#rowIndex, row));
  }

  #factors(entries: Float32Array, rows: number): Matrix {
    return new Matrix(rows, this.rank, Float64Array.from(entries));
  }
}
