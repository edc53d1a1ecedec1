// The workers that there are: each says every few seconds that it lives.
import type { Redis } from "ioredis";
import { isJsonObject } from "../formats/strict-json.js";
import { prefix } from "./run-store.js";

/** A worker, as it describes itself. */
export interface WorkerInfo {
  /** Host and process. */
  readonly name: string;
  readonly version: string;
  /** Of its program: it takes part in runs of the same one only. */
  readonly program: string;
  /** Threads that compute a shard, and shards at once. */
  readonly threads: number;
  readonly atOnce: number;
  /** Shards that it holds, as "run/number". */
  readonly shards: readonly string[];
}

const list = `${prefix}:workers`;
const keyOf = (name: string) => `${prefix}:worker:${name}`;
/** A worker that says nothing for this time, in milliseconds, counts as gone. */
const lifetime = 6000;
export const wordInterval = lifetime / 12;
/** One that has said nothing for this time is not counted on: it has died, or sleeps. */
export const longestSilence = 3 * wordInterval;

export async function sayAlive(redis: Redis, worker: WorkerInfo): Promise<void> {
  await redis.set(keyOf(worker.name), JSON.stringify(worker), "PX", lifetime);
  await redis.sadd(list, worker.name);
}

export async function sayGoodbye(redis: Redis, { name }: WorkerInfo): Promise<void> {
  await redis.del(keyOf(name));
  await redis.srem(list, name);
}

/** A worker, and the milliseconds since it said a word. */
export interface HeardWorker {
  readonly worker: WorkerInfo;
  readonly silence: number;
}

/** Those that have given a sign of life lately, in the order of their names. */
export const listWorkers = async (redis: Redis): Promise<WorkerInfo[]> =>
  (await heardWorkers(redis)).map(({ worker }) => worker);

/** The same, and when each was heard last. */
export async function heardWorkers(redis: Redis): Promise<HeardWorker[]> {
  const names = (await redis.smembers(list)).sort();
  const workers: HeardWorker[] = [];
  for (const name of names) {
    const [text, left] = await Promise.all([redis.get(keyOf(name)), redis.pttl(keyOf(name))]);
    if (text === null) await redis.srem(list, name);
    const worker = text === null ? undefined : parsed(text);
    if (worker) workers.push({ worker, silence: lifetime - left });
  }
  return workers;
}

function parsed(text: string): WorkerInfo | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isWorker = isJsonObject(value) && Array.isArray(value.shards) && Number(value.atOnce) > 0;
    return isWorker ? (value as unknown as WorkerInfo) : undefined;
  } catch {
    return undefined;
  }
}
