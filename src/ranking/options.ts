import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger, checkSeed } from "../check/values.js";

/** Several lines of one row and column: one cell, or their weights added. */
export type RepeatPolicy = "once" | "sum";

export interface RankingOptions {
  /**
   * Width of the factors.
   * @defaultValue 64, or the smaller side of the matrix less one where that is less
   */
  rank?: number;
  /**
   * Weight of all cells that are not observed together, over that of those that are.
   * @defaultValue 8
   */
  unobservedWeight?: number;
  /** Multiplies the regularization, which follows from the data. @defaultValue 0.35 */
  regularization?: number;
  /** Seed of the random numbers: of the start and of the choice of validation cells. @defaultValue 0 */
  seed?: number;
  /**
   * Share of each row's cells that is held out to compare the factors with plain popularity, in
   * (0, 0.5]; 0 skips the comparison. @defaultValue 0.1
   */
  validationFraction?: number;
  /**
   * Several interactions at one place: "once" counts them as one, of the last weight that is given;
   * "sum" adds their weights. @defaultValue "once"
   */
  duplicates?: RepeatPolicy;
}

/** The options with their defaults filled in, for one matrix. */
export type RankingSettings = Required<RankingOptions>;

const names: OptionNames<RankingOptions> = {
  rank: true,
  unobservedWeight: true,
  regularization: true,
  seed: true,
  validationFraction: true,
  duplicates: true,
};

const defaultRank = 64;
const largestRank = 4096;
const policies: readonly RepeatPolicy[] = ["once", "sum"];

/** The options, checked as far as they do not depend on the matrix: before any work is done. */
export function readRankingOptions(name: string, given: RankingOptions): RankingOptions {
  const options = readOptions(name, given, names);
  const { rank, seed, unobservedWeight, regularization } = options;
  const { validationFraction, duplicates } = options;
  if (rank !== undefined) checkInteger(name, "rank", rank, 0, largestRank);
  if (seed !== undefined) checkSeed(name, seed);
  for (const [what, value] of Object.entries({ unobservedWeight, regularization })) {
    if (value !== undefined && !(Number.isFinite(value) && value > 0 && value <= 1e6)) {
      throw new RangeError(
        `${name}: ${what} is ${describe(value)}: it must be a number in (0, 1e6]`,
      );
    }
  }
  const fraction = validationFraction ?? 0;
  if (!(Number.isFinite(fraction) && fraction >= 0 && fraction <= 0.5)) {
    throw new RangeError(
      `${name}: validationFraction is ${describe(validationFraction)}: it must be a number in [0, 0.5]`,
    );
  }
  if (duplicates !== undefined && !policies.includes(duplicates)) {
    throw new TypeError(
      `${name}: duplicates is ${describe(duplicates)}: it must be "once" or "sum"`,
    );
  }
  return options;
}

/** Defaults filled in. @throws RangeError when the rank does not fit the matrix. */
export function rankingSettings(
  name: string,
  options: RankingOptions,
  rows: number,
  cols: number,
): RankingSettings {
  const largest = Math.max(Math.min(rows, cols) - 1, 0);
  const { rank = Math.min(defaultRank, largest) } = options;
  if (rank > largest) {
    throw new RangeError(
      `${name}: rank is ${rank} and the matrix is ${rows} x ${cols}: ` +
        `rank must be below its smaller side, at most ${largest}`,
    );
  }
  return {
    rank,
    unobservedWeight: options.unobservedWeight ?? 8,
    regularization: options.regularization ?? 0.35,
    seed: options.seed ?? 0,
    validationFraction: options.validationFraction ?? 0.1,
    duplicates: options.duplicates ?? "once",
  };
}
