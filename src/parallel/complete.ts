import type { IndexedEntries } from "../completion/entries.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { ModelState } from "../completion/model-state.js";
import { type RatingTable, readColumns } from "../completion/observations.js";
import {
  type CompletionOptions,
  completionChecks,
  readCompletionOptions,
} from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { drained, fitOnThreads } from "./fit-on-threads.js";
import { type FitThreadOptions, readFitThreads } from "./workers.js";

export interface ParallelCompletionOptions extends CompletionOptions, FitThreadOptions {}

/**
 * `completeMatrix` on several threads: the same model, bit by bit, whatever their number.
 *
 * Each thread has some of the rows, with a WebAssembly memory of its own, so that what a fit may hold grows
 * with the threads. The calling thread only sends and receives, and never blocks: it may be a page's. Threads
 * meet some thousand times in a fit, over shared memory where they may share some, else by messages. Small
 * data has work for few of them (see `entriesPerThread`), and `solver: "adam"` for one. Deno must be allowed to read the file of the
 * threads' program (`--allow-read`).
 *
 * @param observations - as for `completeMatrix`; they are copied to a thread.
 * @throws (rejects with) as `completeMatrix`; RangeError when `threads` is out of range; TypeError when
 * `workerUrl` is not a URL; UnsupportedError where there are no workers; TerminatedError when one stops.
 * @example
 * ```js
 * const model = await completeMatrixParallel(observations, { threads: 4 });
 * model.recommend("ann", 5);
 * ```
 */
export function completeMatrixParallel(
  observations: RatingTable,
  options: ParallelCompletionOptions = {},
): Promise<MatrixCompletion> {
  return drained(run("completeMatrixParallel", { observations }, options));
}

/**
 * `completeMatrixParallel` step by step: an iterator over the progress, which returns the model. Leave the
 * loop to stop the threads.
 */
export function fitCompletionParallel(
  observations: RatingTable,
  options: ParallelCompletionOptions = {},
): AsyncGenerator<CompletionProgress, MatrixCompletion> {
  return run("fitCompletionParallel", { observations }, options);
}

/** `fitCompletionParallel` of entries that are checked and numbered. @internal */
export function fitEntriesParallel(
  entries: IndexedEntries,
  options: ParallelCompletionOptions,
): AsyncGenerator<CompletionProgress, MatrixCompletion> {
  return run("fitCompletion", { entries }, options);
}

async function* run(
  name: string,
  given: { observations: RatingTable } | { entries: IndexedEntries },
  options: ParallelCompletionOptions,
): AsyncGenerator<CompletionProgress, MatrixCompletion> {
  const { threadsFor, url, rest } = readFitThreads<CompletionOptions>(
    name,
    options,
    completionChecks(),
    "completion",
  );
  const read = readCompletionOptions(name, rest);
  const data =
    "entries" in given
      ? { entries: given.entries }
      : { observations: readColumns(name, given.observations) };
  const task = { kind: "completion", name, ...data, options: read } as const;
  const { values } = "entries" in data ? data.entries : data.observations;
  // Adam takes its steps on all rows together.
  const threads = read.solver === "adam" ? 1 : threadsFor(values.length);
  const model = yield* fitOnThreads<CompletionProgress>(task, threads, url);
  return new MatrixCompletion((model as { completion: ModelState }).completion);
}
