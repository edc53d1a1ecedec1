// From a finished training to the model, in the unit of the observations.

import type { SparseRows } from "../linalg/sparse-rows.js";
import type { HeadChoice } from "./fit-ranking-head.js";
import type { Grades } from "./grades.js";
import type { ModelState, Outliers } from "./model-state.js";
import type { Learned } from "./network.js";
import type { Settings } from "./options.js";
import type { Clipped } from "./prediction.js";
import type { CompletionProgress } from "./progress.js";
import type { ClipRange } from "./range.js";

/** What a fit begins with, and what the model says about it. */
export interface CompletionTable {
  rowIds: readonly string[];
  colIds: readonly string[];
  /** All rows, with the values as they were given. */
  matrix: SparseRows;
  /** Entries beyond the first at their place. */
  duplicates: number;
  settings: Settings;
}

/** Grades of values that were divided by the unit. */
function inUnit({ levels, shares }: Grades, unit: number): Grades {
  return { levels: levels.map((level) => level * unit), shares };
}

/** What a shard has come to: the same in all of them, but for its rows. */
export interface FittedShard extends HeadChoice {
  implicit: boolean;
  factorized: boolean;
  steps: number;
  /** Undefined where the biases stand alone. */
  parameterCount: number | undefined;
  history: CompletionProgress[];
  mean: number;
  scale: number;
  biasRidge: number;
  factorRidge: number;
  learned: Learned;
  baselineRowBias: Float32Array;
  baselineColBias: Float32Array;
  outliers: Outliers | undefined;
  /** The values were divided by it. */
  unit: number;
  /** Where predictions are clipped, in the unit. */
  range: ClipRange;
}

/** The rows of a shard, of what it has come to. */
export type FittedRows = Pick<FittedShard, "baselineRowBias" | "outliers"> &
  Pick<Learned, "rowFactors" | "rowBias">;

export function rowsOf({ learned, baselineRowBias, outliers }: FittedShard): FittedRows {
  return { rowFactors: learned.rowFactors, rowBias: learned.rowBias, baselineRowBias, outliers };
}

/** What predicts the values of a shard's rows, in the unit of the observations. */
export function predictorOf({
  unit,
  range,
  mean,
  scale,
  learned,
}: Omit<FittedShard, "outliers">): Clipped {
  return {
    ...learned,
    mean: mean * unit,
    // Of values near the smallest number there is, the product would be 0.
    scale: scale * unit || Number.MIN_VALUE,
    low: range.low * unit,
    high: range.high * unit,
  };
}

/**
 * @param first - the first shard.
 * @param others - of the other shards what they do not have in common, in the order of their rows.
 */
export function assembleModel(
  { settings, rowIds, colIds, matrix, duplicates }: CompletionTable,
  first: FittedShard,
  others: readonly FittedRows[] = [],
): ModelState {
  const { parameterCount, mean: _, scale: __, unit, range: ___, learned, head, ...alike } = first;
  const shards = [rowsOf(first), ...others];
  const ofRows = (of: (shard: FittedRows) => Float32Array) => joined(shards.map(of));
  return {
    ...alike,
    settings,
    rowIds,
    colIds,
    rowStart: matrix.rowStart,
    colIndices: matrix.colIndices,
    duplicates,
    parameterCount: parameterCount ?? rowIds.length + colIds.length,
    ...learned,
    ...predictorOf(first),
    rowFactors: ofRows((shard) => shard.rowFactors),
    rowBias: ofRows((shard) => shard.rowBias),
    baselineRowBias: ofRows((shard) => shard.baselineRowBias),
    outliers: joinedOutliers(shards),
    head: head && { ...head, grades: inUnit(head.grades, unit) },
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Their places are those in the whole matrix. */
function joinedOutliers(shards: readonly FittedRows[]): Outliers | undefined {
  const found = shards.flatMap(({ outliers }) => outliers ?? []);
  if (found.length === 0) return undefined;
  const { bound } = found[0];
  return {
    places: Int32Array.from(found.flatMap(({ places }) => Array.from(places))),
    values: Float64Array.from(found.flatMap(({ values }) => Array.from(values))),
    bound,
  };
}
