import { alsDefaults, defaultRankOf, largestRank } from "../als/settings.js";
import { describe } from "../check/describe.js";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import type { SettlePolicy } from "../completion/duplicates.js";

/** Several lines of one row and column: one cell, or their weights added. */
export type RepeatPolicy = "once" | "sum";

export interface RankingOptions {
  /**
   * Width of the factors.
   * @defaultValue 64, or 128 where that orders held-out cells clearly better; the smaller side of the
   *   matrix less one where that is less
   */
  rank?: number;
  /**
   * Weight of all cells that are not observed together, over that of those that are.
   * @defaultValue 8
   */
  unobservedWeight?: number;
  /**
   * Multiplies the regularization, which follows from the data.
   * @defaultValue 0.35, or 0.5 where that orders held-out cells clearly better
   */
  regularization?: number;
  /** Seed of the random numbers: of the start and of the choice of validation cells. @defaultValue 0 */
  seed?: number;
  /**
   * Share of each row's cells that is held out to compare the factors with plain popularity and with
   * those of other settings, in (0, 0.5]; 0 skips the comparison. @defaultValue 0.1
   */
  validationFraction?: number;
  /**
   * Several interactions at one place: "once" counts them as one, of the last weight that is given;
   * "sum" adds their weights. @defaultValue "once"
   */
  duplicates?: RepeatPolicy;
  /**
   * How old an interaction is when it weighs half, in the unit of `times`, counted back from the latest
   * one; infinite where age does not matter. @defaultValue Infinity
   */
  halfLife?: number;
}

/** The options with their defaults filled in, for one matrix. */
export type RankingSettings = Required<RankingOptions>;

/** Options that the fit chooses where they are left out. */
type ChosenOption = "rank" | "regularization";
/** Which of these were left out. */
export type FreeSettings = Readonly<Record<ChosenOption, boolean>>;

const rankLimit = 4096;
const largestFactor = 1e6;
/** What holds where another option is left out. */
const defaults: Omit<RankingSettings, ChosenOption> = {
  unobservedWeight: alsDefaults.unobservedWeight,
  seed: 0,
  validationFraction: 0.1,
  duplicates: "once",
  halfLife: Number.POSITIVE_INFINITY,
};
/** How repeated lines become one cell. */
export const settlePolicies: Record<RepeatPolicy, SettlePolicy> = { once: "last", sum: "sum" };

/** Options as they are read, without the defaults of those that the fit chooses. */
export type ReadOptions = typeof defaults & Pick<RankingOptions, ChosenOption>;

/** Every option of a fit, and its check. */
export const rankingChecks = (): OptionChecks<RankingSettings> => ({
  rank: check.integer(0, rankLimit),
  unobservedWeight: check.upTo(largestFactor, "1e6"),
  regularization: check.upTo(largestFactor, "1e6"),
  seed: check.seed,
  validationFraction: (name, what, value) => {
    if (Number.isFinite(value) && value >= 0 && value <= 0.5) return;
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be a number in [0, 0.5]`);
  },
  duplicates: check.word<RepeatPolicy>(["once", "sum"], TypeError),
  halfLife: (name, what, value) => {
    if (typeof value === "number" && value > 0) return;
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be a number > 0`);
  },
});

/** The options, checked as far as they do not depend on the matrix: before any work is done. */
export function readRankingOptions(name: string, given: RankingOptions): ReadOptions {
  return { ...defaults, ...checkedOptions<RankingSettings>(name, given, rankingChecks()) };
}

/** The settings for a matrix. @throws RangeError when the rank does not fit it. */
export function rankingSettings(
  name: string,
  options: ReadOptions,
  rows: number,
  cols: number,
): RankingSettings {
  const largest = largestRank(rows, cols);
  const { rank = defaultRankOf(rows, cols), regularization = alsDefaults.regularization } = options;
  if (rank > largest) {
    throw new RangeError(
      `${name}: rank is ${rank} and the matrix is ${rows} x ${cols}: ` +
        `rank must be below its smaller side, at most ${largest}`,
    );
  }
  return { ...options, rank, regularization };
}

export function freeSettings({ rank, regularization }: ReadOptions): FreeSettings {
  return { rank: rank === undefined, regularization: regularization === undefined };
}
