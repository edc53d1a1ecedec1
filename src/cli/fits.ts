// Where a model is fitted: on this thread, or on several. The model is the same, bit by bit. The functions
// on several threads are apart (fits-on-threads.ts), so that who does not use them does not load them.
import type { IndexedEntries } from "../completion/entries.js";
import { fitEntries } from "../completion/fit.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import type { CompletionOptions } from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { fitRanking, type RankingProgress } from "../ranking/fit.js";
import type { Interactions } from "../ranking/interactions.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import type { RankingOptions } from "../ranking/options.js";

/** A fit, turn by turn. */
export type Steps<Progress, Model> = Generator<Progress, Model> | AsyncGenerator<Progress, Model>;

/** How models are fitted. */
export interface Fits {
  readonly ratings: (
    entries: IndexedEntries,
    options: CompletionOptions,
  ) => Steps<CompletionProgress, MatrixCompletion>;
  readonly clicks: (
    interactions: Interactions,
    options: RankingOptions,
  ) => Steps<RankingProgress, MatrixRanking>;
}

export const onThisThread: Fits = { ratings: fitEntries, clicks: fitRanking };
