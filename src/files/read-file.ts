import { readFileSync, statSync } from "node:fs";
import { FileError, FormatError } from "../formats/errors.js";
import { readStandardInput } from "./standard-input.js";
import { gunzip, isBrotli, isGzip, unpackBrotli } from "./unpack.js";

const reasons: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a directory: it must be a file",
  EACCES: "it may not be read: permission denied",
  EPERM: "it may not be read: permission denied",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "it is a loop of symbolic links",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB",
  ERR_INVALID_ARG_VALUE: "that is not a file name",
};

/** The name that stands for standard input. */
const standardInput = "-";

/**
 * The bytes of a file, or for "-" of standard input; decompressed when it is a gzip file, whatever
 * its name, or a Brotli file by its name, ".br".
 *
 * @throws FileError when there is no such file, it is a directory, may not be read or is too large;
 *   FormatError when it is empty, or a packed file that is broken or far larger than it looks.
 */
export function readFile(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    if (path === standardInput) bytes = readStandardInput();
    else {
      if (statSync(path).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
      bytes = readFileSync(path);
    }
  } catch (error) {
    throw readingError(path, error);
  }
  const name = path === standardInput ? "standard input" : path;
  if (isGzip(bytes)) bytes = gunzip(bytes, name);
  else if (isBrotli(name)) bytes = unpackBrotli(bytes, name);
  if (bytes.length === 0) throw new FormatError(name, "the file is empty");
  return bytes;
}

/** What the file system says against reading, as one line about the path. */
export function readingError(path: string, error: unknown): FileError {
  const { code = "unknown error" } = error as NodeJS.ErrnoException;
  return new FileError(path, reasons[code] ?? `it cannot be read (${code})`);
}
