import type { RankingProgress } from "../ranking/fit.js";
import { type InteractionTable, readInteractions } from "../ranking/interactions.js";
import { MatrixRanking } from "../ranking/matrix-ranking.js";
import { type RankingOptions, rankingChecks, readRankingOptions } from "../ranking/options.js";
import type { RankingState } from "../ranking/ranking-state.js";
import { drained, fitOnThreads } from "./fit-on-threads.js";
import { type FitThreadOptions, readFitThreads } from "./workers.js";

export interface ParallelRankingOptions extends RankingOptions, FitThreadOptions {}

/**
 * `rankMatrix` on several threads: the same model, bit by bit, whatever their number.
 *
 * Every thread holds all interactions and factors and improves a part of them. The calling thread never
 * blocks. Deno must be allowed to read the file of the threads' program (`--allow-read`).
 *
 * @param interactions - as for `rankMatrix`; they are copied to a thread.
 * @throws (rejects with) as `rankMatrix`, and for threads as `completeMatrixParallel`.
 * @example
 * ```js
 * const model = await rankMatrixParallel(interactions, { threads: 4 });
 * model.recommend("ann", 5);
 * ```
 */
export function rankMatrixParallel(
  interactions: InteractionTable,
  options: ParallelRankingOptions = {},
): Promise<MatrixRanking> {
  return drained(run("rankMatrixParallel", interactions, options));
}

/**
 * `rankMatrixParallel` turn by turn: an iterator over the progress, which returns the model. Leave the loop
 * to stop the threads.
 */
export function fitRankingParallel(
  interactions: InteractionTable,
  options: ParallelRankingOptions = {},
): AsyncGenerator<RankingProgress, MatrixRanking> {
  return run("fitRankingParallel", interactions, options);
}

async function* run(
  name: string,
  given: InteractionTable,
  options: ParallelRankingOptions,
): AsyncGenerator<RankingProgress, MatrixRanking> {
  const { threadsFor, url, rest } = readFitThreads<RankingOptions>(
    name,
    options,
    rankingChecks(),
    "ranking",
  );
  const read = readRankingOptions(name, rest);
  const interactions = readInteractions(name, given);
  const task = { kind: "ranking", name, interactions, options: read } as const;
  const threads = threadsFor(interactions.rowIds.length);
  const model = yield* fitOnThreads<RankingProgress>(task, threads, url);
  return new MatrixRanking((model as { ranking: RankingState }).ranking);
}
