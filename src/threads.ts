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
export type { ThreadOptions } from "./parallel/fit-on-threads.js";
export {
  fitRankingParallel,
  type ParallelRankingOptions,
  rankMatrixParallel,
} from "./parallel/rank.js";
export { TerminatedError } from "./threads/terminated-error.js";
export { ThreadPool, type ThreadPoolOptions } from "./threads/thread-pool.js";
export { OutOfMemoryError, UnsupportedError } from "./wasm/index.js";
