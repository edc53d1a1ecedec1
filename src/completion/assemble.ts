// From a finished training to the model, in the unit of the observations.

import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import type { HeadChoice } from "./fit-ranking-head.js";
import type { Grades } from "./grades.js";
import type { ModelState } from "./model-state.js";
import type { Settings } from "./options.js";
import type { CompletionProgress } from "./progress.js";
import type { SearchChoice } from "./search.js";
import type { ClipRange, Training } from "./training.js";

/** What a fit begins with. */
export interface TrainingData {
  settings: Settings;
  rowIds: readonly string[];
  colIds: readonly string[];
  /** The values, divided by `unit`. */
  matrix: SparseMatrix;
  /** Entries beyond the first at their place. */
  duplicates: number;
  unit: number;
  /** Where predictions are clipped, in the training's unit. */
  range: ClipRange;
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
  const { settings, rowIds, colIds, matrix, duplicates, unit, range } = data;
  const { biases, network, scale, baselineRowBias, baselineColBias } = training;
  const levels = choice.levels;
  const factorized = levels.length > 0;
  return {
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
    comparison,
    head: head && { ...head, grades: inUnit(head.grades, unit) },
  };
}
