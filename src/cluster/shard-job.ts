// What a job in the queue says: which shard of which run. Jobs come from whoever can write to the Redis, so
// all of it is checked.
import { isJsonObject } from "../formats/strict-json.js";
import { ClusterError } from "./cluster-error.js";
import type { Program } from "./program.js";
import { prefix } from "./run-store.js";
import { type TaskName, tasks } from "./tasks.js";

export interface ShardJob {
  readonly program: string;
  readonly task: TaskName;
  readonly run: string;
  readonly shard: number;
  readonly shards: number;
  /** Where the data is, or the model that is adapted. */
  readonly source: string;
  /** SHA-256 of what it must be. */
  readonly identity: string;
  /** Of the task, which checks them. */
  readonly options: object;
  /** The folder of the run's checkpoints, where there are any. */
  readonly checkpoints?: string;
}

/** The queue of a program: others never see its shards. */
export const queueName = ({ hash }: Program): string => `${prefix}-${hash}`;
/** BullMQ's keys, in one slot of a Redis Cluster. */
export const queuePrefix = `{${prefix}}`;

export const isRunName = (run: unknown): run is string =>
  typeof run === "string" && /^[\w.-]{1,64}$/.test(run);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 4096;
const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= 4096;

/** @throws ClusterError for what is not a shard of this program. */
export function readShardJob(data: unknown, program: Program): ShardJob {
  const wrong = whatIsWrong(data, program);
  if (wrong === undefined) return data as ShardJob;
  throw new ClusterError(`a job in the queue is not a shard of a run: ${wrong}`);
}

function whatIsWrong(data: unknown, { hash, version }: Program): string | undefined {
  if (!isJsonObject(data)) return "it holds no object";
  const { program, task, run, shard, shards, source, identity, options, ...rest } = data;
  const { checkpoints, ...others } = rest;
  if (program !== hash) return `it is for another program than this one, ${hash} of ${version}`;
  if (typeof task !== "string" || !Object.hasOwn(tasks(), task)) return "it has no task";
  if (!isRunName(run)) return "its run has no name";
  if (!isCount(shard) || !isCount(shards) || shard >= shards) return "it names no shard";
  if (!isText(source)) return "it names no data";
  if (typeof identity !== "string" || !/^[0-9a-f]{64}$/.test(identity))
    return "its data has no hash";
  if (!isJsonObject(options)) return "it has no options";
  if (checkpoints !== undefined && !isText(checkpoints)) return "its checkpoints have no folder";
  const [unknown] = Object.keys(others);
  return unknown === undefined
    ? undefined
    : `it has a field ${JSON.stringify(unknown.slice(0, 40))}`;
}
