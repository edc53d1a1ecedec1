// The options of every run on a queue.
import { boolean, integer } from "../check/fields.js";
import type { OptionChecks } from "../check/options.js";
import { checkConnection } from "./connection.js";
import { isRunName } from "./shard-job.js";

export interface RunOptions {
  /** The Redis of the queue: `redis://host:6379`, with TLS `rediss://user:password@host:6379`. */
  connection: string | URL;
  /**
   * The name of the run: letters, digits and `_.-`, at most 64.
   * @defaultValue made of the hash of the data and of the options
   */
  run?: string;
  /** Go on with the run of this name, whose coordinator has died or that has failed. @defaultValue false */
  resume?: boolean;
  /**
   * Into how many shards the work is split, at most: it does not change the result, and may be another number where a
   * run is gone on with. 1 .. 4096.
   * @defaultValue as many as the workers hold at once that say a word at the start
   */
  shards?: number;
  /**
   * Milliseconds after which another coordinator may take the run over, 1,000 .. 600,000.
   * @defaultValue 30_000
   */
  lock?: number;
}

export const mostShards = 4096;

export const lockCheck = integer(1000, 600_000);

export const runChecks = (): OptionChecks<RunOptions> => ({
  connection: checkConnection,
  run: (name, what, run) => {
    if (isRunName(run)) return;
    throw new RangeError(
      `${name}: ${what} must be 1 to 64 letters, digits, points, hyphens and underscores`,
    );
  },
  resume: boolean,
  shards: integer(1, mostShards),
  lock: lockCheck,
});
