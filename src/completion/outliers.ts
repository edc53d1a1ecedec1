// Values that must be mistakes, from the first look at what is given to the list in the model. They are
// replaced by what the medians of their row and column expect; their places stay in the pattern, which
// is true: somebody rated this film. What else is far off is limited in training (pseudo-values.ts).
import type { SparseRows } from "../linalg/sparse-rows.js";
import type { Sharded } from "../shards/exchange.js";
import type { Journal } from "../shards/journal.js";
import type { Shard } from "../shards/shard.js";
import { change, changesOf } from "./changed-values.js";
import { grossErrors, leastBound } from "./gross-errors.js";
import { medianPolish } from "./median-polish.js";
import type { ModelState, Outliers } from "./model-state.js";
import { type Clipped, clip, placesOf, predictionsAt } from "./prediction.js";
import { rangeOver } from "./range.js";

/** An entry whose value was taken for a mistake. */
export interface Outlier {
  rowId: string;
  colId: string;
  /** As it was given. */
  value: number;
  /** What the model predicts in its place. */
  expected: number;
}

/** Data in which the first look has found gross errors: the rows of a shard. */
export interface Screened {
  /** As they were given. */
  readonly given: SparseRows;
  /** The values to train on. */
  readonly values: Float64Array<ArrayBuffer>;
  /** The least bound for residuals of a model. */
  readonly least: number;
}

/** Looks at values beside the medians of their rows and columns; undefined where none of any shard is gross. */
export function* screen(shard: Shard, journal: Journal): Sharded<Screened | undefined> {
  const given = shard.matrix;
  const { shared, ofRows } = yield* journal.constant(function* () {
    const found = yield* look(shard);
    if (found === undefined) return { shared: [], ofRows: [] };
    const changes = changesOf(given.values, found.values, shard);
    return { shared: [Float64Array.of(found.least)], ofRows: [changes] };
  });
  if (ofRows.length === 0) return undefined;
  const values = Float64Array.from(given.values);
  change(values, ofRows[0], shard);
  return { given, values, least: shared[0][0] };
}

function* look(shard: Shard): Sharded<Omit<Screened, "given"> | undefined> {
  const expected = yield* medianPolish(shard);
  const { places } = yield* grossErrors(shard, expected, 0);
  const found = shard.blocks.numbers(() => 0);
  if (shard.blocks.end > shard.blocks.first) found[shard.blocks.first] = places.length;
  yield* shard.blocks.join(found);
  if (found.every((count) => count === 0)) return undefined;
  const values = yield* replaced(shard, places, expected);
  return { values, least: yield* leastBound(shard, expected) };
}

/** The values with what is expected in place of the errors, within the range of the others. */
function* replaced({ matrix, blocks }: Shard, places: Int32Array, expected: Float64Array) {
  const result = Float64Array.from(matrix.values);
  for (const p of places) result[p] = Number.NaN;
  const range = yield* rangeOver(blocks, matrix.rowStart, result);
  for (const p of places) result[p] = clip(range, expected[p]);
  return result;
}

/**
 * A second look, beside what a model predicts that was trained on the screened values: the outliers of the
 * shard, at their places in the whole matrix; undefined where it has none.
 *
 * @param model - its rows are those of the shard.
 * @param shard - with the values as they were given.
 */
export function* outliersBeside(
  model: Clipped,
  { least }: Screened,
  shard: Shard,
): Sharded<Outliers | undefined> {
  const { matrix, firstEntry } = shard;
  const expected = predictionsAt(model, placesOf(matrix));
  const { places, bound } = yield* grossErrors(shard, expected, least);
  if (places.length === 0) return undefined;
  const values = Float64Array.from(places, (p) => matrix.values[p]);
  return { places: places.map((p) => firstEntry + p), bound, values };
}

/** The outliers of a model, the furthest from what is expected first. */
export function listOutliers(state: ModelState): Outlier[] {
  const { outliers, rowIds, colIds } = state;
  if (!outliers) return [];
  const { rows, cols } = placesOf(state);
  const expected = predictionsAt(state, placesOf(state));
  const list = Array.from(outliers.places, (p, i) => ({
    rowId: rowIds[rows[p]],
    colId: colIds[cols[p]],
    value: outliers.values[i],
    expected: expected[p],
  }));
  return list.sort(byDistance);
}

/** The furthest from what is expected first. */
export function byDistance(a: Outlier, b: Outlier): number {
  return Math.abs(b.value - b.expected) - Math.abs(a.value - a.expected);
}

/**
 * Marks values that are as far from their predictions as the model's outliers; none where it has none,
 * so that a model of clean data is judged on whatever it is given.
 */
export function outlierMarks(
  { outliers }: ModelState,
  values: ArrayLike<number>,
  predictions: ArrayLike<number>,
): Uint8Array {
  const marks = new Uint8Array(values.length);
  if (!outliers) return marks;
  for (let p = 0; p < marks.length; p++) {
    if (Math.abs(values[p] - predictions[p]) > outliers.bound) marks[p] = 1;
  }
  return marks;
}
