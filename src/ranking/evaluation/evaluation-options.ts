import * as check from "../../check/fields.js";
import type { OptionChecks } from "../../check/options.js";
import { defaultCutoffs } from "./ranking-metrics.js";

export interface EvaluationOptions<K extends number> {
  /** Where lists are cut: the k of NDCG@k and its kin, up to 100000. @defaultValue [10, 20, 50, 100] */
  cutoffs?: readonly K[];
  /**
   * Sizes of histories that begin a new group of rows, increasing: [5, 50] makes groups of fewer than
   * 5 columns, 5 to 49, and 50 or more. @defaultValue the quartiles of the rows that are judged
   */
  groupBounds?: readonly number[];
}

export interface ReadEvaluationOptions {
  readonly cutoffs: readonly number[];
  readonly groupBounds: readonly number[] | undefined;
}

const largestCutoff = 100_000;

/** How each of the options is checked, for the functions that have more of them. */
export const evaluationChecks = (): OptionChecks<EvaluationOptions<number>> => ({
  cutoffs: check.all<readonly number[]>(check.list(check.integer(1, largestCutoff)), check.some),
  groupBounds: check.all<readonly number[]>(check.list(check.integer(1)), increasing),
});

/** Copies, in which every cutoff is there once. */
export function settleEvaluation({
  cutoffs = defaultCutoffs,
  groupBounds,
}: EvaluationOptions<number>): ReadEvaluationOptions {
  return {
    cutoffs: [...new Set(Array.from(cutoffs))],
    groupBounds: groupBounds && Array.from(groupBounds),
  };
}

function increasing(name: string, what: string, values: readonly number[]): void {
  for (let i = 1; i < values.length; i++) {
    if (values[i] > values[i - 1]) continue;
    throw new RangeError(
      `${name}: ${what}[${i}] is ${values[i]} after ${values[i - 1]}: the bounds must increase`,
    );
  }
}
