import { type History, historyOf } from "../als/history.js";
import { metColumns } from "../als/met-columns.js";
import { dot, RowSolver } from "../als/row-solver.js";
import { scoreParts } from "../als/score-parts.js";
import { Scorer } from "../als/scorer.js";
import { solveByKernels } from "../als/solve-by-kernels.js";
import { anything } from "../check/fields.js";
import { checkedOptions, readOptions } from "../check/options.js";
import { otherName } from "../check/other-names.js";
import { checkBoolean, checkInteger } from "../check/values.js";
import { exclusions } from "../completion/candidates.js";
import { checkOwner } from "../completion/folded-row.js";
import {
  colNumber,
  type IdIndex,
  indexIds,
  rowNumber,
  rowNumbers,
} from "../completion/id-index.js";
import { IndexedModel } from "../completion/indexed-model.js";
import { type Id, textOf } from "../completion/observations.js";
import { checkCount, type RowRecommendations, type SomeRows } from "../completion/recommend.js";
import { Matrix } from "../linalg/matrix.js";
import { topIndices } from "../linalg/top-indices.js";
import { diversified } from "./diversity.js";
import { evaluateModel } from "./evaluation/evaluate-model.js";
import {
  type EvaluationOptions,
  evaluationChecks,
  settleEvaluation,
} from "./evaluation/evaluation-options.js";
import type { RankingEvaluation } from "./evaluation/judge.js";
import type { DefaultCutoff } from "./evaluation/ranking-metrics.js";
import { placeHistory, type RowInteractions } from "./fold-in.js";
import type { Interactions, InteractionTable } from "./interactions.js";
import type { RankingSettings } from "./options.js";
import { RankedRow } from "./ranked-row.js";
import { decodeRanking, encodeRanking } from "./ranking-file.js";
import type { RankingState, RankingValidation } from "./ranking-state.js";
import {
  type RankingRecommendOptions,
  type ReadRecommendOptions,
  readRecommendOptions,
  recommendNames,
} from "./recommend-options.js";
import { updatedState } from "./update.js";
import { type SideFeatures, stateWithFeatures } from "./with-features.js";

/** A column or row and how well it fits. */
export interface Scored {
  id: string;
  score: number;
}

/** Where the score of a row at a column comes from. */
export interface Explanation {
  score: number;
  /** What each column of the row's history adds to it, the largest first. They add up to it. */
  parts: Scored[];
}

/**
 * A ranking: which columns each row would choose next. score(u, i) = x_u . y_i, where x_u is the exact
 * solution for the row's history, so that trained rows and folded ones are one. Made by `rankMatrix`,
 * `fitRanking` or `MatrixRanking.load`. Immutable.
 */
export class MatrixRanking extends IndexedModel<RankingSettings> {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static override get name(): string {
    return "MatrixRanking";
  }

  readonly #state: RankingState;
  readonly #scorer: Scorer;
  readonly #rowIndex: IdIndex;
  readonly #colIndex: IdIndex;
  #rowFactors: Float64Array | undefined;

  /** @internal */
  constructor(state: RankingState) {
    const [rowIndex, colIndex] = [indexIds(state.rowIds), indexIds(state.colIds)];
    super(state, rowIndex, colIndex);
    this.#state = state;
    const solver = new RowSolver(state, solveByKernels, metColumns(state, state.cold));
    this.#scorer = new Scorer(solver, state.popularity);
    this.#rowIndex = rowIndex;
    this.#colIndex = colIndex;
  }

  /**
   * Reads what `save` wrote.
   *
   * @throws ModelFileError when the bytes are not a whole, unchanged file of a ranking model.
   */
  static load(bytes: Uint8Array): MatrixRanking {
    return new MatrixRanking(decodeRanking(bytes));
  }

  /**
   * The model in one file: versioned, with a checksum over every byte, the same on every engine.
   *
   * @param options - `histories: false` leaves out the rows with what they chose, which is personal
   * data: the file then serves rows that are folded in.
   */
  save(options: { histories?: boolean } = {}): Uint8Array<ArrayBuffer> {
    const { histories = true } = readOptions("save", options, { histories: true });
    checkBoolean("save", "histories", histories);
    return encodeRanking(this.#state, histories);
  }

  /** @internal */
  get similar(): never {
    throw otherName("MatrixRanking.similar", "similarItems or similarRows");
  }

  /** Width of the factors; 0 where the model is popularity. */
  get rank(): number {
    return this.#state.rank;
  }

  /** What the fit measured on held-out cells; undefined where it was told not to, or had too few. */
  get validation(): Readonly<RankingValidation> | undefined {
    return this.#state.validation;
  }

  /**
   * A row that was not trained on, by what it has done: column ids, or columns `colIds`, `weights` and
   * `times`. Columns that the model does not know are left out and counted. `features` say what the row
   * is like until it has liked something, on a model that has learnt them by `withFeatures`.
   *
   * @throws RangeError or TypeError for weights that are not finite, or lists that differ in length.
   */
  foldIn(interactions: RowInteractions): RankedRow {
    const placed = placeHistory(this.#state, this.#colIndex, interactions);
    const { history, ignored, unknown, duplicates } = placed;
    return new RankedRow(this, history, ignored, unknown, duplicates);
  }

  /**
   * The model with further interactions: of its rows and columns, and of new ones. What decides the fit
   * as a whole stays as it was: threshold, weight of a cell that is not observed, unit of the weights.
   * First all rows are solved for with the columns as they were, then the columns of the new
   * interactions with these rows, to seven digits; other columns do not change. Rows are solved for at use,
   * so that a row and its history folded in are one, as ever. A column that only new rows without
   * other columns have chosen stays at 0: only a fit sees a new group of rows. The order of the lines
   * does not matter, that of updates does: each begins with the columns of the one before. Fit anew
   * when the data have grown by a half. Costs as much as solving for every row once.
   *
   * @param interactions - as for `rankMatrix`. Of several weights of one cell the latest counts, or
   *   their sum, as `duplicates` of the fit says.
   * @throws RangeError or TypeError as `rankMatrix`; RangeError when the model was saved without
   *   histories.
   */
  update(interactions: InteractionTable): MatrixRanking {
    return new MatrixRanking(updatedState("update", this.#state, interactions));
  }

  /**
   * The model with what features say of columns and rows that nobody has met: new columns of `cols` are
   * recommended and found similar as others are, and `foldIn({ features })` knows a row without
   * history. A ridge regression maps features to factors; it is learnt from those that the model knows
   * by interactions, weighted by how much these say, and its ridge leaves the smallest error when each
   * is left out in turn: nothing is to be tuned. Factors of columns and rows with a history stay.
   * What features say of a new column fades with the interactions that `update` brings it.
   * Give the features of known columns again when new ones come. One SVD of n x features numbers.
   *
   * @param features - `cols` or `rows` or both, each `{ ids, features }` with a row of features per id.
   * @throws RangeError or TypeError when an id is not one or there twice, features are not a row of
   *   finite numbers per id, or the model knows none of the ids, or is popularity, or, for `rows`, was
   *   saved without histories.
   */
  withFeatures(features: SideFeatures): MatrixRanking {
    const factors = () => this.#allRowFactors();
    return new MatrixRanking(stateWithFeatures("withFeatures", this.#state, features, factors));
  }

  /**
   * The `n` columns that the row is most likely to choose, the best first, ties by their ids. What is
   * in its history is left out. A row that has liked nothing so far gets the most popular ones, whose
   * score is their number of rows. O(cols rank).
   *
   * @param row - an id, or what `foldIn` returned.
   * @throws RangeError when the model does not know the row or a listed column, or n is not an
   * integer >= 0; TypeError for unknown options.
   */
  recommend(row: Id | RankedRow, n = 10, options: RankingRecommendOptions = {}): Scored[] {
    const history = this.#historyOf("recommend", row);
    checkCount("recommend", n);
    const read = readRecommendOptions("recommend", options, this.#colIndex);
    return this.#recommended(history, this.#scorer.scores(history), n, read);
  }

  /**
   * `recommend` for every row, one after the other, in the order of `rowIds`, or for the `rows` that the
   * options name, in their order.
   */
  *recommendAll(
    n = 10,
    options: RankingRecommendOptions & SomeRows = {},
  ): Generator<RowRecommendations<Scored>> {
    const name = "recommendAll";
    checkCount(name, n);
    const { rows, ...rest } = readOptions(name, options, { ...recommendNames, rows: true });
    const read = readRecommendOptions(name, rest, this.#colIndex);
    const numbers = rowNumbers(name, this.#rowIndex, rows);
    const state = this.#state;
    function* histories() {
      for (const row of numbers) yield { id: state.rowIds[row], history: historyOf(state, row) };
    }
    for (const { item, scores } of this.#scorer.scoresOfAll(histories())) {
      const { id, history } = item;
      yield { id, recommendations: this.#recommended(history, scores, n, read) };
    }
  }

  /**
   * How likely the row is to choose the column, over 0 for no and about 1 for yes; where the model is
   * popularity, the column's number of rows. Not a probability.
   *
   * @throws RangeError when the model does not know the row or the column.
   */
  score(row: Id | RankedRow, colId: Id): number {
    const history = this.#historyOf("score", row);
    const col = colNumber("score", this.#colIndex, colId);
    if (!this.#scorer.places(history)) return this.#state.popularity[col];
    const { factors, rank } = this.#state;
    return dot(factors, col * rank, this.#scorer.solver.factorsOf(history));
  }

  /**
   * What of its history leads the row to the column: the `n` columns that add most to the score. All
   * parts together add up to it.
   *
   * @throws RangeError when the model does not know the row or the column, or is popularity.
   */
  explain(row: Id | RankedRow, colId: Id, n = Number.MAX_SAFE_INTEGER): Explanation {
    const history = this.#historyOf("explain", row);
    const col = colNumber("explain", this.#colIndex, colId);
    checkInteger("explain", "n", n, 0);
    if (history.rowFactors !== undefined) {
      throw new RangeError(
        "explain: the row is known by its features: there is no history to explain",
      );
    }
    if (!this.#scorer.places(history)) return { score: this.#state.popularity[col], parts: [] };
    const parts = scoreParts(this.#scorer.solver, history, col);
    const score = this.score(row, colId);
    const order = topIndices(parts, n, new Uint8Array(parts.length));
    const ids = this.#state.colIds;
    return {
      score,
      parts: Array.from(order, (p) => ({ id: ids[history.colIndices[p]], score: parts[p] })),
    };
  }

  /**
   * The `n` columns most similar to a column, by the cosine of their factors, the most similar first.
   *
   * @throws RangeError when the model does not know the column, or is popularity.
   */
  similarItems(colId: Id, n = 10): Scored[] {
    const col = colNumber("similarItems", this.#colIndex, colId);
    checkInteger("similarItems", "n", n, 0);
    const { factors, rank, cols } = this.#factorized("similarItems");
    const x = Float64Array.from(factors.subarray(col * rank, (col + 1) * rank));
    const scores = cosines(factors, x);
    const excluded = new Uint8Array(cols);
    excluded[col] = 1;
    return this.#named(topIndices(scores, n, excluded), scores);
  }

  /**
   * The `n` trained rows most similar to a row, by the cosine of their factors. The first call solves
   * for the factors of all rows, which the model keeps.
   *
   * @throws RangeError when the model does not know the row, is popularity, or has no histories.
   */
  similarRows(row: Id | RankedRow, n = 10): Scored[] {
    const history = this.#historyOf("similarRows", row);
    checkInteger("similarRows", "n", n, 0);
    this.#factorized("similarRows");
    const scores = cosines(this.#allRowFactors(), this.#scorer.solver.factorsOf(history));
    const excluded = new Uint8Array(this.rows);
    if (!(row instanceof RankedRow))
      excluded[this.#rowIndex.get(textOf("", "", row)) as number] = 1;
    const top = topIndices(scores, n, excluded);
    return Array.from(top, (u) => ({ id: this.#state.rowIds[u], score: scores[u] }));
  }

  /** The factors as matrices, rows x rank and cols x rank, f64: score = row . column. */
  factors(): { rows: Matrix; cols: Matrix } {
    const { factors, rank, cols } = this.#state;
    return {
      rows: new Matrix(this.rows, rank, this.#allRowFactors().slice()),
      cols: new Matrix(cols, rank, Float64Array.from(factors)),
    };
  }

  /**
   * How well the model orders what rows chose in the end: every column that is not in a row's history
   * is a candidate, no sample of them. Beside it the same of popularity. Equal scores are ordered by
   * the columns' ids. A row without history gets the most popular columns, and is judged by them.
   *
   * @param interactions - what was chosen: its weights > 0 count, where there are weights.
   * @param options - `cutoffs` and `groupBounds`; `histories` of rows that the model does not know:
   *   they are folded in.
   * @throws RangeError or TypeError as `rankMatrix`; RangeError when no row can be judged.
   */
  evaluate<K extends number = DefaultCutoff>(
    interactions: Interactions,
    options: EvaluationOptions<K> & { histories?: Interactions } = {},
  ): RankingEvaluation<K> {
    const { histories, ...settings } = checkedOptions<typeof options>("evaluate", options, {
      ...evaluationChecks(),
      histories: anything,
    });
    return evaluateModel(
      this.#state,
      this.#scorer,
      this.#rowIndex,
      this.#colIndex,
      interactions,
      histories,
      settleEvaluation(settings),
    ) as RankingEvaluation<K>;
  }

  #recommended(history: History, scores: Float32Array, n: number, options: ReadRecommendOptions) {
    const own = options.excludeSeen ? history.colIndices : [];
    const excluded = exclusions(options, own, this.cols);
    const top =
      options.diversity > 0 && this.#scorer.places(history)
        ? diversified(this.#state, scores, n, excluded, options.diversity)
        : topIndices(scores, n, excluded);
    return this.#named(top, scores);
  }

  #named(indices: Int32Array, scores: Float32Array | Float64Array): Scored[] {
    return Array.from(indices, (i) => ({ id: this.#state.colIds[i], score: scores[i] }));
  }

  #allRowFactors(): Float64Array {
    if (this.#rowFactors) return this.#rowFactors;
    const { rank } = this.#state;
    const all = new Float64Array(this.rows * rank);
    for (let u = 0; u < this.rows && rank > 0; u++) {
      all.set(this.#scorer.solver.factorsOf(historyOf(this.#state, u)), u * rank);
    }
    this.#rowFactors = all;
    return all;
  }

  #factorized(name: string): RankingState {
    if (this.rank > 0) return this.#state;
    throw new RangeError(`${name}: the model is popularity, which knows nothing of likeness`);
  }

  #historyOf(name: string, row: Id | RankedRow): History {
    if (row instanceof RankedRow) {
      checkOwner(name, row, this);
      return row.history;
    }
    return historyOf(this.#state, rowNumber(name, this.#rowIndex, row));
  }
}

/** The cosine between x and each of the rows; 0 where one of them is 0. */
function cosines(rows: Float32Array | Float64Array, x: Float64Array): Float64Array {
  const rank = x.length;
  const own = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return Float64Array.from({ length: rows.length / rank }, (_, i) => {
    const row = Float64Array.from(rows.subarray(i * rank, (i + 1) * rank));
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    return own > 0 && length > 0 ? dot(row, 0, x) / (own * length) : 0;
  });
}
