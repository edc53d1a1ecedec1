// What a worker and the threads of a shard say to each other.
import type { Failure } from "../parallel/failure.js";
import type { Message } from "./frame.js";
import type { ShardJob } from "./shard-job.js";

export interface Request {
  /** To read the data and begin, with a part of the shard: one for each of its threads. */
  begin?: ShardJob & {
    thread: number;
    threads: number;
    /** The exchange whose checkpoint to go on from. */
    from: number | undefined;
    /** Of a fine-tuning run: what it begins with, and a later state of it. */
    input: Uint8Array<ArrayBuffer> | undefined;
    state: Uint8Array<ArrayBuffer> | undefined;
  };
  /** To go on until there is something to say; with the sums that were asked for. */
  advance?: {
    sums: Message | undefined;
    /** The sums of the round are known: what is only to be handed in may be left out, by an empty message. */
    known: boolean;
  };
}

export interface Answer {
  /** What the team itself reports. */
  error?: string;
  failure?: Failure;
  /** To a beginning: the shard has no part for this thread, nor for those after it. */
  idle?: boolean;
  /** The checkpoint to go on from is not there, or damaged: why. */
  lost?: string;
  /** How far the run is, of the first shard. */
  progress?: unknown;
  /** To be added up over all threads and shards. */
  message?: Message;
  /** With a message: what was before is in a checkpoint. */
  kept?: boolean;
  done?: boolean;
  /** What the thread has made, once it is done. */
  made?: Uint8Array<ArrayBuffer>;
}
