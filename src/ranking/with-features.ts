// Columns and rows that are known by features: what maps these to factors is learnt from those that have
// a history, and gives factors to the others.
import { historyOf } from "../als/history.js";
import { describe, quote } from "../check/describe.js";
import * as check from "../check/fields.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkList } from "../check/values.js";
import { type Id, textAt } from "../completion/observations.js";
import { Matrix } from "../linalg/matrix.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import { gather } from "../linalg/triplets.js";
import { learnMap, mapped } from "./feature-map.js";
import { placed, union } from "./merge.js";
import type { RankingState } from "./ranking-state.js";

/** What is known of rows or columns beside their interactions. */
export interface Features {
  /** Whose features they are; those that the model knows are learnt from. */
  ids: ArrayLike<Id>;
  /** A row per id. What is larger counts for more: features of one size are best. */
  features: Matrix | SparseMatrix;
}

export interface SideFeatures {
  /** Of columns, known and new. */
  cols?: Features;
  /** Of known rows. */
  rows?: Features;
}

const sideNames: OptionNames<SideFeatures> = { cols: true, rows: true };
const featureNames: OptionNames<Features> = { ids: true, features: true };
/** A gigabyte of f64. */
const mostEntries = 2 ** 27;

/**
 * The model with what features say.
 *
 * @param rowFactors - of all rows, rows x rank.
 * @throws as `MatrixRanking.withFeatures`.
 */
export function stateWithFeatures(
  name: string,
  state: RankingState,
  given: SideFeatures,
  rowFactors: () => Float64Array,
): RankingState {
  const { cols, rows } = readOptions(
    name,
    given,
    sideNames,
    "an object with cols or rows",
    "features",
  );
  if (cols === undefined && rows === undefined) {
    throw new TypeError(`${name}: features has neither cols nor rows: there must be one of them`);
  }
  if (state.rank === 0) {
    throw new RangeError(`${name}: the model is popularity, which has no factors to learn from`);
  }
  const described = cols === undefined ? state : withColumns(name, state, cols);
  if (rows === undefined) return described;
  const { ids, matrix } = readFeatures(name, "rows", rows);
  const places = new Map(state.rowIds.map((id, row) => [id, row]));
  const weights = state.rowIds.map((_, row) => {
    const { colIndices, weights: cells } = historyOf(state, row);
    return cells === undefined ? colIndices.length : cells.reduce((sum, w) => sum + Math.abs(w), 0);
  });
  const ridge = state.cellWeight * state.cols;
  const known = examples(name, "rows", state, { ids, matrix, places }, rowFactors(), (row) =>
    weights[row] > 0 ? weights[row] + ridge : 0,
  );
  return { ...described, rowMap: learnMap(known.features, known.targets, known.weights) };
}

/** New columns by their features. */
function withColumns(name: string, state: RankingState, given: Features): RankingState {
  const { rank, rowCount, cellWeight } = state;
  const { ids, matrix } = readFeatures(name, "cols", given);
  const places = new Map(state.colIds.map((id, col) => [id, col]));
  const sums = new Float64Array(state.cols);
  for (let p = 0; p < state.colIndices.length; p++) {
    sums[state.colIndices[p]] += Math.abs(state.weights?.[p] ?? 1);
  }
  // Without histories the number of rows says how much a column counts.
  const ofColumn = (col: number) => sums[col] || state.popularity[col];
  const known = examples(name, "cols", state, { ids, matrix, places }, state.factors, (col) =>
    state.popularity[col] > 0 ? ofColumn(col) + cellWeight * rowCount : 0,
  );
  const map = learnMap(known.features, known.targets, known.weights);
  const merged = union(
    state.colIds,
    [...ids].sort((a, b) => (a < b ? -1 : 1)),
  );
  const count = merged.ids.length;
  const factors = placed(state, merged.first, count);
  const popularity = new Int32Array(count);
  merged.first.forEach((place, col) => {
    popularity[place] = state.popularity[col];
  });
  const placeOf = new Map(merged.ids.map((id, place) => [id, place]));
  const cold = new Set(gather(state.cold, merged.first));
  const met = new Set(merged.first.filter((place) => !cold.has(place)));
  ids.forEach((id, i) => {
    const place = placeOf.get(id) as number;
    // What somebody has met speaks for itself.
    if (met.has(place)) return;
    factors.set(mapped(map, rank, matrix.row(i)), place * rank);
    cold.add(place);
  });
  return {
    ...state,
    ...{ colIds: merged.ids, cols: count, factors, popularity },
    cold: Int32Array.from([...cold]).sort(),
    described: gather(state.described, merged.first),
    colIndices: state.colIndices.map((col) => merged.first[col]),
  };
}

interface Described {
  readonly ids: readonly string[];
  readonly matrix: Matrix;
  /** The number of each known id. */
  readonly places: ReadonlyMap<string, number>;
}

/** Those that the model knows and that have a weight: features, factors and weights. */
function examples(
  name: string,
  what: string,
  { rank }: RankingState,
  { ids, matrix, places }: Described,
  factors: Float32Array | Float64Array,
  weightOf: (place: number) => number,
) {
  const chosen = ids.flatMap((id, i) => {
    const place = places.get(id);
    return place !== undefined && weightOf(place) > 0 ? [{ i, place }] : [];
  });
  if (chosen.length === 0) {
    throw new RangeError(
      `${name}: the model knows none of the ${ids.length} ids of ${what} by interactions: there must ` +
        "be some to learn from",
    );
  }
  const features = new Matrix(
    chosen.length,
    matrix.cols,
    new Float64Array(chosen.length * matrix.cols),
  );
  const targets = new Matrix(chosen.length, rank, new Float64Array(chosen.length * rank));
  chosen.forEach(({ i, place }, n) => {
    features.data.set(matrix.row(i), n * matrix.cols);
    targets.data.set(factors.subarray(place * rank, (place + 1) * rank), n * rank);
  });
  const weights = Float64Array.from(chosen, ({ place }) => weightOf(place));
  return { features, targets, weights };
}

/** The ids and a dense copy of their features, checked. */
function readFeatures(name: string, what: string, given: Features) {
  const wanted = "an object with ids and features";
  const { ids, features } = readOptions(name, given, featureNames, wanted, what);
  checkList(name, `${what}.ids`, ids);
  if (!(features instanceof Matrix || features instanceof SparseMatrix)) {
    throw new TypeError(
      `${name}: ${what}.features is ${describe(features)}: it must be a Matrix or a SparseMatrix`,
    );
  }
  const { rows, cols } = features;
  if (rows !== ids.length || cols === 0 || rows * cols > mostEntries) {
    throw new RangeError(
      `${name}: ${what}.features is ${rows} x ${cols} and there are ${ids.length} ids: it must have a ` +
        `row per id, one feature or more, and at most ${mostEntries} entries: a randomizedSvd makes ` +
        "many features few",
    );
  }
  const texts = Array.from({ length: ids.length }, (_, i) => textAt(name, `${what}.ids`, ids, i));
  const seen = new Set<string>();
  for (const id of texts) {
    if (seen.has(id)) {
      throw new RangeError(`${name}: ${what}.ids has ${quote(id)} twice: each must be there once`);
    }
    seen.add(id);
  }
  check.list(check.finite)(
    name,
    `${what}.features`,
    features instanceof Matrix ? features.data : features.values,
  );
  return { ids: texts, matrix: features instanceof Matrix ? features : features.toDense() };
}
