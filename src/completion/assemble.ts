// From a finished training to the model, in the unit of the observations.

import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import type { HeadChoice } from "./fit-ranking-head.js";
import type { Grades } from "./grades.js";
import type { ModelState } from "./model-state.js";
import { outliersBeside, type Screened } from "./outliers.js";
import type { CompletionProgress } from "./progress.js";
import type { SearchChoice } from "./search.js";
import type { Conditions, Training } from "./training.js";

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

export function assembleModel(
  data: TrainingData,
  training: Training,
  choice: SearchChoice,
  steps: number,
  history: CompletionProgress[],
  { comparison, head }: HeadChoice,
): ModelState {
  const { settings, rowIds, colIds, matrix, duplicates, unit, range, screened } = data;
  const { biases, network, scale, baselineRowBias, baselineColBias } = training;
  const levels = choice.levels;
  const factorized = levels.length > 0;
  const state: ModelState = {
    settings,
    implicit: choice.implicit,
    factorized,
    rowIds,
    colIds,
    rowStart: matrix.rowStart,
    colIndices: matrix.colIndices,
    duplicates,
    steps,
    parameterCount: factorized && network ? network.parameterCount : rowIds.length + colIds.length,
    mean: biases.mean * unit,
    // Of values near the smallest number there is, the product would be 0.
    scale: scale * unit || Number.MIN_VALUE,
    low: range.low * unit,
    high: range.high * unit,
    ...training.learned(factorized),
    baselineRowBias,
    baselineColBias,
    biasRidge: biases.rowRidge,
    factorRidge: factorized ? training.rowRidge(levels[levels.length - 1]) : 0,
    history,
    outliers: undefined,
    comparison,
    head: head && { ...head, grades: inUnit(head.grades, unit) },
  };
  return { ...state, outliers: screened && outliersBeside(state, screened) };
}
