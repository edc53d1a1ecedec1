import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkBoolean, checkInteger, checkSeed } from "../check/values.js";
import type { DuplicatePolicy } from "./observations.js";

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
  /** Steps of one training from a fresh start; a fit takes several. @defaultValue 150 */
  steps?: number;
  /** Multiplies the regularization that the validation entries choose from. @defaultValue 1 */
  regularization?: number;
  /** Share of the entries in one validation slice, in (0, 0.5]. @defaultValue 0.1 */
  validationFraction?: number;
  /** Clip predictions to the range of the observed values. @defaultValue true */
  clip?: boolean;
  /**
   * Several values at one place: the last one wins, their mean, or an error.
   * @defaultValue "last"
   */
  duplicates?: DuplicatePolicy;
}

/** The options with their defaults filled in, for one matrix. */
export type Settings = Required<CompletionOptions>;

const names: OptionNames<CompletionOptions> = {
  ...{ rank: true, depth: true, implicit: true, seed: true, steps: true, regularization: true },
  ...{ validationFraction: true, clip: true, duplicates: true },
};

const defaultRank = 48;
const policies: readonly DuplicatePolicy[] = ["last", "mean", "error"];

/** The options, checked as far as they do not depend on the matrix: before any work is done. */
export function readCompletionOptions(name: string, given: CompletionOptions): CompletionOptions {
  const options = readOptions(name, given, names);
  const { rank, depth, seed, steps, regularization, validationFraction, duplicates } = options;
  if (rank !== undefined) checkInteger(name, "rank", rank, 1);
  if (depth !== undefined) checkInteger(name, "depth", depth, 0, 64);
  if (seed !== undefined) checkSeed(name, seed);
  if (steps !== undefined) checkInteger(name, "steps", steps, 1);
  if (regularization !== undefined && !within(regularization, 1e6)) {
    throw new RangeError(
      `${name}: regularization is ${describe(regularization)}: it must be a number in (0, 1e6]`,
    );
  }
  if (validationFraction !== undefined && !within(validationFraction, 0.5)) {
    throw new RangeError(
      `${name}: validationFraction is ${describe(validationFraction)}: it must be a number in (0, 0.5]`,
    );
  }
  if (duplicates !== undefined && !policies.includes(duplicates)) {
    throw new TypeError(
      `${name}: duplicates is ${describe(duplicates)}: it must be "last", "mean" or "error"`,
    );
  }
  for (const what of ["implicit", "clip"] as const) {
    const value = options[what];
    if (value !== undefined) checkBoolean(name, what, value);
  }
  return options;
}

/** Whether it is a number in (0, most]. */
function within(value: number, most: number): boolean {
  return Number.isFinite(value) && value > 0 && value <= most;
}

/** Defaults filled in. @throws RangeError when the rank does not fit the matrix. */
export function settingsFor(
  name: string,
  options: CompletionOptions,
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
  const { depth = 2, implicit = true, seed = 0, steps = 150, regularization = 1 } = options;
  const { validationFraction = 0.1, clip = true, duplicates = "last" } = options;
  // biome-ignore format: one line
  return {
    rank, depth, implicit, seed, steps, regularization, validationFraction, clip, duplicates,
  };
}
