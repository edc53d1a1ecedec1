// A fit on the workers of a queue. The coordinator computes nothing: it watches, and fetches the model.
import { resolve } from "node:path";
import { crc32 } from "node:zlib";
import { invalidValue } from "../check/describe.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import {
  type CompletionOptions,
  completionChecks,
  readCompletionOptions,
} from "../completion/options.js";
import { folderOf } from "./checkpoint-folder.js";
import { connect } from "./connection.js";
import { type ClusterProgress, Coordinator } from "./coordinator.js";
import { decodeFitted } from "./fitted.js";
import { thisProgram } from "./program.js";
import { mostShards, type RunOptions, runChecks } from "./run-options.js";
import { openSame, openSource } from "./source.js";

export interface ShardFitOptions extends CompletionOptions, RunOptions {
  /**
   * A folder that this process and all workers see under the same path: at the end of each sweep every thread keeps
   * there what it has of the fit, about 8 x (rank + 4) bytes per row and column. Who takes a shard over goes on from there, and
   * Redis forgets the sums of before.
   * @defaultValue none: Redis keeps all sums, and who takes a shard over computes it from the start
   */
  checkpoints?: string;
}

const checkFolder = (name: string, what: string, folder: unknown): void => {
  if (typeof folder === "string" && folder !== "") return;
  throw invalidValue(name, what, folder, "the path of a folder", TypeError);
};

/**
 * Completes a matrix on the workers of a queue: the model of `completeMatrix`, byte for byte, whatever the
 * number of workers, whichever of them die meanwhile. An iterator over the progress, which returns the
 * model. Leave the loop to stop the run; `resume` goes on with it, as after the death of this process.
 *
 * Rows are shared out. Workers meet a few thousand times in a fit, over the Redis, which keeps the sums of all
 * meetings until the end, or with checkpoints those of a sweep (docs/how-to/cluster.md says how many bytes these are).
 *
 * @param source - the path of a folder of `shardObservations`, or of a file of ratings, which the workers read
 * under the same path.
 * @throws (rejects with) as `completeMatrix`; FileError or FormatError for the file; ClusterError where the
 * packages `bullmq` and `ioredis` are missing, no Redis answers, the run is somebody else's, or a worker
 * has failed.
 * @example
 * ```js
 * const run = fitShards("/data/ratings.shards", { connection: "redis://localhost:6379" });
 * for (let next = await run.next(); ; next = await run.next()) {
 *   if (next.done) {
 *     next.value.recommend("ann", 5);
 *     break;
 *   }
 *   console.log(next.value.fit?.step);
 * }
 * ```
 */
export async function* fitShards(
  source: string,
  options: ShardFitOptions,
): AsyncGenerator<ClusterProgress, MatrixCompletion> {
  const name = "fitShards";
  const checks: OptionChecks<ShardFitOptions> = {
    ...{ ...completionChecks(), ...runChecks() },
    checkpoints: checkFolder,
  };
  const read = checkedOptions<ShardFitOptions>(name, options, checks, undefined, "connection");
  const { connection: address, run: named, resume = false, shards, lock = 30_000, ...rest } = read;
  const { checkpoints, ...given } = rest;
  const path = resolve(source);
  const settings = readCompletionOptions(name, given);
  if (settings.solver === "adam") {
    throw new RangeError(
      `${name}: solver is "adam", which steps on all rows together: it must be "sweeps"`,
    );
  }
  const { identity, shares } = openSource(path, given);
  const program = thisProgram();
  const connection = await connect(name, address);
  const run = named ?? nameOf(identity, given);
  const coordinator = new Coordinator(name, connection, program, {
    task: "complete",
    run,
    source: path,
    identity,
    options: given,
    ...(checkpoints !== undefined && { checkpoints: folderOf(resolve(checkpoints), run) }),
    lock,
  });
  try {
    const made = yield* coordinator.follow(resume, shards, shares(mostShards).length);
    const model = openSame(path, identity, given).model(...decodeFitted(made));
    await coordinator.clear();
    return model;
  } finally {
    await coordinator.end();
    connection.close();
  }
}

/** The same for the same fit. */
function nameOf(identity: string, options: CompletionOptions): string {
  const text = JSON.stringify(Object.entries(options).sort());
  return `fit-${identity.slice(0, 8)}-${crc32(text).toString(16).padStart(8, "0")}`;
}
