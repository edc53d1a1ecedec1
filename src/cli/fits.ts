// Where a model is fitted: on this thread, on several, or on the workers of a queue. The model is the same, bit by
// bit. What is not on this thread is apart (fits-on-threads.ts, fits-on-queue.ts), so that who does not use it
// does not load it.
import { fitEntries } from "../completion/fit.js";
import type { Steps } from "../completion/timed-fit.js";
import { fitRanking, type RankingProgress } from "../ranking/fit.js";
import type { Interactions } from "../ranking/interactions.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import type { RankingOptions } from "../ranking/options.js";
import { inTurn, type Trainer } from "./train-model.js";

/** How models are fitted. */
export interface Fits {
  readonly ratings: Trainer;
  readonly clicks: (
    interactions: Interactions,
    options: RankingOptions,
  ) => Steps<RankingProgress, MatrixRanking>;
}

export const onThisThread = (): Fits => ({ ratings: inTurn(fitEntries), clicks: fitRanking });
