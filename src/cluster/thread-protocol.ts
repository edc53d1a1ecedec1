// What a worker and the thread of a shard say to each other.
import type { ReadOptions } from "../completion/options.js";
import type { Failure } from "../parallel/failure.js";
import type { Advance, Request as RunRequest } from "../parallel/protocol.js";
import type { ShardJob } from "./shard-job.js";

export interface Request extends Pick<RunRequest, "advance" | "assemble"> {
  /** To read the data and begin. */
  begin?: Pick<ShardJob, "source" | "identity" | "shard" | "shards"> & { options: ReadOptions };
}

export interface Answer extends Advance {
  /** What the team itself reports. */
  error?: string;
  failure?: Failure;
  /** The file of the model. */
  model?: Uint8Array<ArrayBuffer>;
}
