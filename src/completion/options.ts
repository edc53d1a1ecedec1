import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { type DuplicatePolicy, duplicatePolicies } from "./duplicates.js";

export interface CompletionOptions {
  /**
   * Width of the factors, the greatest rank of the learned product.
   * @defaultValue 48, or the smaller side of the matrix where that is less
   */
  rank?: number;
  /**
   * Core factors (rank x rank) between the row and the column factors: the product has depth + 2
   * factors. More depth favours products of low rank.
   * @defaultValue 2
   */
  depth?: number;
  /**
   * Let which entries are observed say something about a row and a column, not only their values.
   * They are still left out where the validation entries say that they do not help.
   * @defaultValue true
   */
  implicit?: boolean;
  /** Seed of the first factors and of the choice of validation entries. @defaultValue 0 */
  seed?: number;
  /**
   * What improves the factors. "sweeps" solves for those of the rows and of the columns in turn, by
   * conjugate gradients; "adam" takes gradient steps on all, with the cores as factors of their own.
   * @defaultValue "sweeps"
   */
  solver?: Solver;
  /**
   * Steps of one training from a fresh start; a fit takes several. Sweeps are whole: 14 steps each, at
   * least one. @defaultValue 150
   */
  steps?: number;
  /** Multiplies the regularization that the validation entries choose from. @defaultValue 1 */
  regularization?: number;
  /** Share of the entries in one validation slice, in (0, 0.5]. @defaultValue 0.1 */
  validationFraction?: number;
  /**
   * Train a ranking head as well, by which `recommend` orders: what a row would pick next, not what it
   * would rate highest. It is left out where held-out entries say that its order is not better.
   * @defaultValue true
   */
  ranking?: boolean;
  /** Clip predictions to the range of the observed values. @defaultValue true */
  clip?: boolean;
  /**
   * Several values at one place: the last one wins, their mean, or an error.
   * @defaultValue "last"
   */
  duplicates?: DuplicatePolicy;
  /**
   * Values that must be mistakes, such as 400 among stars from 1 to 5: "auto" looks for them and trains
   * as if the model's own prediction stood in their place; "keep" takes every value as it is. Without
   * such values both give the same model.
   * @defaultValue "auto"
   */
  outliers?: OutlierPolicy;
}

/** How the factors are improved. */
export type Solver = "sweeps" | "adam";
export const solvers: readonly Solver[] = ["sweeps", "adam"];

/** What is done about values that must be mistakes. */
export type OutlierPolicy = "auto" | "keep";
export const outlierPolicies: readonly OutlierPolicy[] = ["auto", "keep"];

/** The options with their defaults filled in, for one matrix. */
export type Settings = Required<CompletionOptions>;

/** Left out, the rank is this or the smaller side of the matrix. */
export const defaultRank = 48;
/** What holds where another option is left out. */
export const defaults: Omit<Settings, "rank"> = {
  depth: 2,
  implicit: true,
  seed: 0,
  solver: "sweeps",
  steps: 150,
  regularization: 1,
  validationFraction: 0.1,
  ranking: true,
  clip: true,
  duplicates: "last",
  outliers: "auto",
};

/** Options as they are read: the rank's default depends on the matrix. */
export type ReadOptions = typeof defaults & Pick<CompletionOptions, "rank">;

/** Every option of a fit, and its check. */
export const completionChecks = (): OptionChecks<Settings> => ({
  rank: check.integer(1),
  depth: check.integer(0, 64),
  implicit: check.boolean,
  seed: check.seed,
  solver: check.word(solvers, TypeError),
  steps: check.integer(1),
  regularization: check.upTo(1e6, "1e6"),
  validationFraction: check.upTo(0.5),
  ranking: check.boolean,
  clip: check.boolean,
  duplicates: check.word(duplicatePolicies, TypeError),
  outliers: check.word(outlierPolicies, TypeError),
});

/** The options, checked as far as they do not depend on the matrix: before any work is done. */
export function readCompletionOptions(name: string, given: CompletionOptions): ReadOptions {
  return { ...defaults, ...checkedOptions<Settings>(name, given, completionChecks()) };
}

/** The settings for a matrix. @throws RangeError when the rank does not fit it. */
export function settingsFor(
  name: string,
  options: ReadOptions,
  rows: number,
  cols: number,
): Settings {
  const side = Math.min(rows, cols);
  const { rank = Math.min(defaultRank, side) } = options;
  if (rank > side) {
    throw new RangeError(
      `${name}: rank is ${rank} and the matrix is ${rows} x ${cols}: ` +
        `rank must be at most ${side}`,
    );
  }
  return { ...options, rank };
}
