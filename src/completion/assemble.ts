// From a finished training to the model, in the unit of the observations.

import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { runAlone } from "../shards/exchange.js";
import { RowBlocks } from "../shards/row-blocks.js";
import { shardOf } from "../shards/shard.js";
import type { HeadChoice } from "./fit-ranking-head.js";
import type { Grades } from "./grades.js";
import type { ModelState, Outliers } from "./model-state.js";
import type { Learned } from "./network.js";
import { outliersBeside, type Screened } from "./outliers.js";
import type { Clipped } from "./prediction.js";
import type { CompletionProgress } from "./progress.js";
import type { Conditions } from "./training.js";

/** What a fit begins with. */
export interface TrainingData extends Conditions {
  rowIds: readonly string[];
  colIds: readonly string[];
  /** The values to train on, divided by `unit`: of all rows, or of those of the shard that is fitted. */
  matrix: SparseMatrix;
  /** Entries beyond the first at their place. */
  duplicates: number;
  unit: number;
  /** The values as they were given, where gross errors were found among them. */
  screened: Screened | undefined;
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
  /** Of a shard that was looked at alone; of a matrix that was looked at before, the model's assembly finds them. */
  outliers?: Outliers | undefined;
}

/** What predicts the values of a shard's rows, in the unit of the observations. */
export function predictorOf(
  { unit, range }: Pick<TrainingData, "unit" | "range">,
  { mean, scale, learned }: FittedShard,
): Clipped {
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
 * @param data - its matrix has all rows.
 * @param shards - in the order of their rows.
 */
export function assembleModel(data: TrainingData, shards: readonly FittedShard[]): ModelState {
  const { settings, rowIds, colIds, matrix, duplicates, unit, screened } = data;
  const [first] = shards;
  const {
    parameterCount,
    mean: _,
    scale: __,
    learned,
    head,
    baselineRowBias: ___,
    ...alike
  } = first;
  const ofRows = (of: (shard: FittedShard) => Float32Array) => joined(shards.map(of));
  const state: ModelState = {
    ...alike,
    settings,
    rowIds,
    colIds,
    rowStart: matrix.rowStart,
    colIndices: matrix.colIndices,
    duplicates,
    parameterCount: parameterCount ?? rowIds.length + colIds.length,
    ...learned,
    ...predictorOf(data, first),
    rowFactors: ofRows((shard) => shard.learned.rowFactors),
    rowBias: ofRows((shard) => shard.learned.rowBias),
    baselineRowBias: ofRows((shard) => shard.baselineRowBias),
    outliers: joinedOutliers(shards),
    head: head && { ...head, grades: inUnit(head.grades, unit) },
  };
  if (!screened) return state;
  const whole = runAlone(shardOf(screened.given, RowBlocks.of(screened.given)));
  return { ...state, outliers: runAlone(outliersBeside(state, screened, whole)) };
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
function joinedOutliers(shards: readonly FittedShard[]): Outliers | undefined {
  const found = shards.flatMap(({ outliers }) => outliers ?? []);
  if (found.length === 0) return undefined;
  const { bound } = found[0];
  return {
    places: Int32Array.from(found.flatMap(({ places }) => Array.from(places))),
    values: Float64Array.from(found.flatMap(({ values }) => Array.from(values))),
    bound,
  };
}
