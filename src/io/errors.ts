/**
 * Input that is not what its reader must have. The message is one line that names the source, the
 * line where there is one, and the reason: `ratings.csv line 17: rating "abc" is not a number`.
 */
export class FormatError extends Error {
  override readonly name = "FormatError";
  constructor(
    /** The file, as the user named it. */
    readonly source: string,
    /** What is, and what must be. */
    readonly reason: string,
    /** The line, counted from 1. */
    readonly line?: number,
  ) {
    super(`${source}${line === undefined ? "" : ` line ${line}`}: ${reason}`);
  }
}

/** A path that cannot be read or written as asked: `ratings.csv: there is no such file`. */
export class FileError extends Error {
  override readonly name = "FileError";
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path || '""'}: ${reason}`);
  }
}
