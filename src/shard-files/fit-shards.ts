import { invalidValue } from "../check/describe.js";
import { assembleModel, type FittedRows, type FittedShard } from "../completion/assemble.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import { type CompletionOptions, completionChecks } from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { drained, mayShare, together } from "../parallel/fit-on-threads.js";
import { memoryOfSums } from "../parallel/shared-sums.js";
import { type FitThreadOptions, readFitThreads, Workers } from "../parallel/workers.js";
import { givenKernels } from "../wasm/index.js";
import { folderSettings } from "./folder-settings.js";
import { ShardFolder } from "./shard-folder.js";
import type { FolderAnswer, FolderRequest } from "./worker-protocol.js";

/**
 * Those of `completeMatrix` and of threads. `duplicates` were settled when the folder was made: another value than
 * then is refused. With `solver: "adam"` one thread has all rows.
 */
export interface ShardFitOptions extends CompletionOptions, FitThreadOptions {}

/**
 * Completes the matrix of a folder of shards: the model of `completeMatrix` on the same ratings, bit by bit, whatever
 * the number of threads and of files.
 *
 * Each thread reads the blocks of rows that it fits from the disk, and holds only these: about 24 bytes per rating and
 * 1.5 KB a row of its own, 1.5 KB a column, and for a moment 4 bytes per rating of all. The ranking head improves columns by all of their
 * entries, so that every thread holds all ratings for it, some 40 bytes each: `ranking: false` does without. The model is made on the calling thread:
 * ids, 4 bytes per rating and 200 bytes per row or column.
 *
 * @param folder - as `openShards` or `shardObservations` gives it.
 * @throws (rejects with) FileError or FormatError where a file of the folder is missing or damaged; RangeError where
 * the ranking head does not fit into a thread's 4 GiB; and as `completeMatrixParallel`.
 * @example
 * ```js
 * const model = await completeShards(openShards("ratings.shards"), { threads: 4 });
 * model.recommend("ann", 5);
 * ```
 */
export function completeShards(
  folder: ShardFolder,
  options: ShardFitOptions = {},
): Promise<MatrixCompletion> {
  return drained(run("completeShards", folder, options));
}

/**
 * `completeShards` step by step: an iterator over the progress, which returns the model. Leave the loop to stop the
 * threads.
 */
export function fitShardFolder(
  folder: ShardFolder,
  options: ShardFitOptions = {},
): AsyncGenerator<CompletionProgress, MatrixCompletion> {
  return run("fitShardFolder", folder, options);
}

async function* run(
  name: string,
  folder: ShardFolder,
  options: ShardFitOptions,
): AsyncGenerator<CompletionProgress, MatrixCompletion> {
  if (!(folder instanceof ShardFolder)) {
    throw invalidValue(
      name,
      "folder",
      folder,
      "what openShards or shardObservations gives",
      TypeError,
    );
  }
  // From src/shard-files/ as from dist/chunks/, where the build puts this module.
  const program = () => new URL("../node/fit-worker.js", import.meta.url);
  const checks = completionChecks();
  const { threadsFor, url, rest } = readFitThreads<CompletionOptions>(
    name,
    options,
    checks,
    "completion",
    program,
  );
  const { manifest, path } = folder;
  const settings = folderSettings(name, manifest, rest);
  // Adam takes its steps on all rows together.
  const wanted = settings.solver === "adam" ? 1 : threadsFor(manifest.entries);
  const { length: threads } = folder.shares(wanted);
  const workers = new Workers<FolderRequest, FolderAnswer>(name, threads, url);
  try {
    const kernels = givenKernels();
    const sums = threads > 1 && mayShare() ? memoryOfSums(threads) : undefined;
    const start = { kernels, path, manifest, settings, threads, sums };
    await workers.ask((thread) => ({ start: { ...start, thread } }));
    const answers = yield* together<CompletionProgress, FolderAnswer>(
      (advance) => workers.ask(() => ({ advance })),
      threads,
    );
    const others = answers.slice(1).map(({ rows }) => rows as FittedRows);
    const { matrix } = folder.readBlocks(0, folder.blocks.count);
    const ids = { rowIds: folder.rowIds(), colIds: folder.colIds() };
    const { duplicates } = manifest;
    const table = { ...ids, duplicates, settings, matrix };
    return new MatrixCompletion(assembleModel(table, answers[0].fitted as FittedShard, others));
  } finally {
    await workers.end();
  }
}
