import { printable } from "../check/describe.js";

/** No reason needs more; one that quotes a file's contents might. */
const longestReason = 400;
/** A path that is longer is shown by its end. */
const longestPath = 320;

// What is escaped is longer: the limits are for what is shown.
function shownPath(path: string): string {
  const shown = printable(path);
  return shown.length > longestPath ? `…${shown.slice(1 - longestPath)}` : shown;
}

function shownReason(reason: string): string {
  const shown = printable(reason);
  return shown.length > longestReason ? `${shown.slice(0, longestReason - 1)}…` : shown;
}

/**
 * Input that is not what its reader must have. The message is one line that names the source, the
 * line where there is one, and the reason: `ratings.csv line 17: rating "abc" is not a number`.
 */
export class FormatError extends Error {
  override readonly name = "FormatError";
  /** What is, and what must be. */
  readonly reason: string;
  constructor(
    /** The file, as the user named it. */
    readonly source: string,
    reason: string,
    /** The line, counted from 1. */
    readonly line?: number,
  ) {
    const shown = shownReason(reason);
    super(`${shownPath(source)}${line === undefined ? "" : ` line ${line}`}: ${shown}`);
    this.reason = shown;
  }
}

/** A path that cannot be read or written as asked: `ratings.csv: there is no such file`. */
export class FileError extends Error {
  override readonly name = "FileError";
  constructor(
    readonly path: string,
    readonly reason: string,
    /** What the file system calls it, as ENOSPC, where the file system found it. */
    readonly code?: string,
  ) {
    super(`${path === "" ? '""' : shownPath(path)}: ${reason}`);
  }
}
