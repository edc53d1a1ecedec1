// What a fit from a folder of shards and its workers say to each other.
import type { FittedAlone } from "../completion/fit.js";
import type { Settings } from "../completion/options.js";
import type { Answer, Request } from "../parallel/protocol.js";
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
  fitted?: FittedAlone;
}
