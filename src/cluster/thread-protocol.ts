// What a worker and the thread of a shard say to each other.
import type { Failure } from "../parallel/failure.js";
import type { Message } from "./frame.js";
import type { ShardJob } from "./shard-job.js";

export interface Request {
  /** To read the data and begin. */
  begin?: Pick<ShardJob, "source" | "identity" | "shard" | "shards" | "options">;
  /** To go on until there is something to say; with the sums that were asked for. */
  advance?: { sums: Message | undefined };
  /** To the first shard: what the others have made. */
  assemble?: readonly Uint8Array<ArrayBuffer>[];
}

export interface Answer {
  /** What the team itself reports. */
  error?: string;
  failure?: Failure;
  /** How far the run is, of the first shard. */
  progress?: unknown;
  /** To be added up over all shards. */
  message?: Message;
  done?: boolean;
  /** What the shard has made, where it is not the first. */
  made?: Uint8Array<ArrayBuffer>;
  /** The file of the model. */
  model?: Uint8Array<ArrayBuffer>;
}
