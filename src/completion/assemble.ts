// From a finished training to the model, in the unit of the observations.

import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import type { HeadChoice } from "./fit-ranking-head.js";
import type { Grades } from "./grades.js";
import type { ModelState } from "./model-state.js";
import type { Learned } from "./network.js";
import { outliersBeside, type Screened } from "./outliers.js";
import type { CompletionProgress } from "./progress.js";
import type { Conditions } from "./training.js";

/** What a fit begins with. */
export interface TrainingData extends Conditions {
  rowIds: readonly string[];
  colIds: readonly string[];
  /** The values to train on, divided by `unit`. */
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
}

/** @param shards - in the order of their rows. */
export function assembleModel(data: TrainingData, shards: readonly FittedShard[]): ModelState {
  const { settings, rowIds, colIds, matrix, duplicates, unit, range, screened } = data;
  const [{ parameterCount, mean, scale, learned, head, baselineRowBias: _, ...alike }] = shards;
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
    mean: mean * unit,
    // Of values near the smallest number there is, the product would be 0.
    scale: scale * unit || Number.MIN_VALUE,
    low: range.low * unit,
    high: range.high * unit,
    ...learned,
    rowFactors: ofRows((shard) => shard.learned.rowFactors),
    rowBias: ofRows((shard) => shard.learned.rowBias),
    baselineRowBias: ofRows((shard) => shard.baselineRowBias),
    outliers: undefined,
    head: head && { ...head, grades: inUnit(head.grades, unit) },
  };
  return { ...state, outliers: screened && outliersBeside(state, screened) };
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
