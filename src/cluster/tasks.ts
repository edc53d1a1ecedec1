// What the shards of a run do, where that differs.
import { addUp, type Message } from "./frame.js";
import { addUpWork, joinMessages } from "./work-message.js";

export type TaskName = "complete" | "finetune" | "fits";

export interface Task {
  /** The program of the threads, from src/cluster/ as from dist/chunks/. */
  readonly url: URL;
  /** How shards meet. Left out where each is a fit of its own, whose one thread starts others for itself. */
  readonly exchange?: {
    /** Messages of the threads of a shard as one. */
    join(messages: readonly Message[]): Message;
    /** Messages of all shards as one. */
    addUp(messages: readonly Message[]): Message;
  };
}

export function tasks(): Record<TaskName, Task> {
  const { url } = import.meta;
  return {
    complete: {
      url: new URL("../cluster/shard-worker.js", url),
      exchange: { join: addUp, addUp },
    },
    finetune: {
      url: new URL("../cluster/finetune-worker.js", url),
      exchange: { join: joinMessages, addUp: addUpWork },
    },
    fits: { url: new URL("../cluster/whole-fit-worker.js", url) },
  };
}
