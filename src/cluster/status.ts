import type { Redis } from "ioredis";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import type { FinetuneProgress } from "../lora/rate-search.js";
import { checkConnection, connect } from "./connection.js";
import { prefix, RunStore } from "./run-store.js";
import { listWorkers, type WorkerInfo } from "./worker-list.js";

export interface StatusOptions {
  /** The Redis of the queue: `redis://host:6379`, with TLS `rediss://user:password@host:6379`. */
  connection: string | URL;
}

/** A run that has not been fetched yet. */
export interface RunStatus {
  readonly run: string;
  /** `stopped`: its coordinator was told to stop; `failed`: see `failure`. Both can be gone on with. */
  readonly state: "running" | "stopped" | "failed" | "done";
  readonly failure: string | undefined;
  /** The path of its data, and the version of the package that it needs. */
  readonly source: string;
  readonly version: string;
  /** When it began, as ISO 8601 says it. */
  readonly began: string;
  readonly shards: number;
  /** Shards that are done. */
  readonly finished: number;
  readonly exchanges: number;
  /** Bytes of all messages, and of the sums that Redis keeps for shards that change hands. */
  readonly bytes: number;
  readonly loggedBytes: number;
  readonly takeovers: number;
  /** Exchanges that were computed again by who took a shard over, of all shards. */
  readonly replayed: number;
  /** The exchange whose checkpoint who takes a shard over goes on from; undefined where there is none. */
  readonly checkpoint: number | undefined;
  readonly fit: CompletionProgress | FinetuneProgress | undefined;
}

export interface ClusterStatus {
  readonly workers: readonly WorkerInfo[];
  readonly runs: readonly RunStatus[];
}

const list = `${prefix}:runs`;

export const listRun = (redis: Redis, run: string) => redis.sadd(list, run);
export const forgetRun = (redis: Redis, run: string) => redis.srem(list, run);

/** What is written about the checkpoints of a run. */
export const checkpointIn = ({ saved, replayed = "0" }: Record<string, string>) => ({
  replayed: Number(replayed),
  checkpoint: saved === undefined ? undefined : Number(saved),
});

const checks: OptionChecks<StatusOptions> = { connection: checkConnection };

/**
 * The workers and the runs that a Redis knows of.
 *
 * @throws (rejects with) TypeError for options that are unknown or no address; ClusterError where the packages
 * are missing, or no Redis answers.
 */
export async function status(options: StatusOptions): Promise<ClusterStatus> {
  const read = checkedOptions<StatusOptions>("status", options, checks, undefined, "connection");
  const { redis, close } = await connect("status", read.connection);
  try {
    const runs: RunStatus[] = [];
    for (const run of (await redis.smembers(list)).sort()) {
      const store = new RunStore(redis, run);
      const record = await store.record();
      if (record.state === undefined) await forgetRun(redis, run);
      else runs.push(statusOf(run, record, await store.finished()));
    }
    return { workers: await listWorkers(redis), runs };
  } finally {
    close();
  }
}

function statusOf(run: string, record: Record<string, string>, finished: number): RunStatus {
  const { state, failure, source, version, began, progress } = record;
  return {
    run,
    state: state as RunStatus["state"],
    failure,
    ...{ source, version, began },
    shards: Number(record.shards),
    finished,
    exchanges: Number(record.round) - 1,
    bytes: Number(record.bytes ?? 0),
    loggedBytes: Number(record.logged ?? 0),
    takeovers: Number(record.takeovers ?? 0),
    ...checkpointIn(record),
    fit: progress === undefined ? undefined : JSON.parse(progress),
  };
}
