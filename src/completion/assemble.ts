// From a finished training to the model, in the unit of the observations.

import type { SparseMatrix } from "../linalg/sparse-matrix.js";
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

export function assembleModel(
  data: TrainingData,
  training: Training,
  choice: SearchChoice,
  steps: number,
  history: CompletionProgress[],
): ModelState {
  const { settings, rowIds, colIds, matrix, duplicates, unit, range } = data;
  const { biases, network, scale } = training;
  const levels = choice.levels;
  const factorized = levels.length > 0;
  const baselineRowBias = Float32Array.from(biases.rowBias, (bias) => bias / scale);
  const baselineColBias = Float32Array.from(biases.colBias, (bias) => bias / scale);
  const none = new Float32Array(0);
  const learned = factorized
    ? network?.learned()
    : {
        rowFactors: none,
        colFactors: none,
        patternFactors: none,
        rowBias: baselineRowBias,
        colBias: baselineColBias,
      };
  if (!learned) throw new Error("assembleModel: the training has not started");
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
    ...learned,
    baselineRowBias,
    baselineColBias,
    biasRidge: biases.rowRidge,
    factorRidge: factorized ? training.rowRidge(levels[levels.length - 1]) : 0,
    history,
  };
}
