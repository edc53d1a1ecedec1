/**
 * `lowrank/threads`: fits, matrix products and decompositions on several threads.
 *
 * @packageDocumentation
 */
export {
  completeMatrixParallel,
  fitCompletionParallel,
  type ParallelCompletionOptions,
} from "./parallel/complete.js";
export {
  fitRankingParallel,
  type ParallelRankingOptions,
  rankMatrixParallel,
} from "./parallel/rank.js";
export { recommendAllParallel } from "./parallel/recommend-all.js";
export {
  type MatrixBlocks,
  streamingPcaParallel,
  streamingSvdParallel,
} from "./parallel/streaming.js";
export type { FitThreadOptions, ThreadOptions } from "./parallel/workers.js";
export { TerminatedError } from "./threads/terminated-error.js";
export { ThreadPool, type ThreadPoolOptions } from "./threads/thread-pool.js";
export { OutOfMemoryError, UnsupportedError } from "./wasm/index.js";
