import { fitEntriesParallel } from "../parallel/complete.js";
import { fitRankingParallel } from "../parallel/rank.js";
import { type Fits, onThisThread } from "./fits.js";
import { inTurn } from "./train-model.js";

/** Fits on so many threads; with one there are none beside the calling one. */
export function fitsOnThreads(threads: number): Fits {
  if (threads === 1) return onThisThread();
  return {
    ratings: inTurn((entries, options) => fitEntriesParallel(entries, { ...options, threads })),
    clicks: (interactions, options) => fitRankingParallel(interactions, { ...options, threads }),
  };
}
