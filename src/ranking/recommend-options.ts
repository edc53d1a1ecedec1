import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkBoolean } from "../check/values.js";
import {
  type CandidateOptions,
  type Candidates,
  readCandidates,
} from "../completion/candidates.js";
import type { IdIndex } from "../completion/id-index.js";

export interface RankingRecommendOptions extends CandidateOptions {
  /** Leave out the columns of the row's history. @defaultValue true */
  excludeSeen?: boolean;
  /**
   * How much the columns of a list should differ from each other, 0 to 1: 0 orders by the score
   * alone (maximal marginal relevance, Carbonell and Goldstein 1998). @defaultValue 0
   */
  diversity?: number;
}

export const recommendNames: OptionNames<RankingRecommendOptions> = {
  excludeSeen: true,
  exclude: true,
  only: true,
  diversity: true,
};

/** Options, by column index. */
export interface ReadRecommendOptions extends Candidates {
  readonly excludeSeen: boolean;
  readonly diversity: number;
}

export function readRecommendOptions(
  name: string,
  options: RankingRecommendOptions,
  colIndex: IdIndex,
): ReadRecommendOptions {
  const read = readOptions(name, options, recommendNames);
  const { excludeSeen = true, diversity = 0 } = read;
  checkBoolean(name, "excludeSeen", excludeSeen);
  if (!(typeof diversity === "number" && diversity >= 0 && diversity <= 1)) {
    throw new RangeError(
      `${name}: diversity is ${describe(diversity)}: it must be a number in [0, 1]`,
    );
  }
  return { excludeSeen, diversity, ...readCandidates(name, read, colIndex) };
}
