// What a fit from a folder of shards and its workers say to each other.
import { type FittedShard, rowsOf } from "../completion/assemble.js";
import type { Settings } from "../completion/options.js";
import type { Answer, Request } from "../parallel/protocol.js";
import type { Run } from "../parallel/shard-run.js";
import type { ShardManifest } from "./manifest.js";

export interface FolderRequest extends Pick<Request, "advance"> {
  /** Which share of which folder to read and to fit. */
  start?: Omit<NonNullable<Request["start"]>, "prepared"> & {
    path: string;
    manifest: ShardManifest;
    settings: Settings;
    /** The folder is shared out among so many. */
    threads: number;
  };
}

export interface FolderAnswer
  extends Pick<Answer, "error" | "failure" | "turns" | "numbers" | "done" | "rows"> {
  /** Of the first thread, once it is done. */
  fitted?: FittedShard;
}

/** Goes on with a shard that has its own rows only; at the end the first answers what it has fitted, others their rows. */
export function advanceOwnRows(
  run: Run<FittedShard>,
  request: NonNullable<Request["advance"]>,
): FolderAnswer {
  const answer = run.advance(request);
  if (!answer.done) return answer;
  return run.first ? { ...answer, fitted: run.result } : { ...answer, rows: rowsOf(run.result) };
}
