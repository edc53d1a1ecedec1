// Errors on their way from a worker: messages do not keep their classes.
import { FileError, FormatError } from "../formats/errors.js";
import { OutOfMemoryError, UnsupportedError } from "../wasm/index.js";
import { OtherThreadError } from "./shared-sums.js";

export interface Failure {
  readonly name: string;
  readonly message: string;
  /** Another thread failed before. */
  readonly second: boolean;
  /** Of an OutOfMemoryError. */
  readonly requestedBytes?: number;
  readonly heldBytes?: number;
  /** Of a FileError or a FormatError: the file, and what is wrong with it. */
  readonly file?: string;
  readonly reason?: string;
  readonly line?: number | undefined;
}

export function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const bytes =
    error instanceof OutOfMemoryError
      ? { requestedBytes: error.requestedBytes, heldBytes: error.heldBytes }
      : {};
  return { name, message, second: error instanceof OtherThreadError, ...bytes, ...ofFile(error) };
}

function ofFile(error: unknown): Pick<Failure, "file" | "reason" | "line"> {
  if (error instanceof FileError) return { file: error.path, reason: error.reason };
  if (!(error instanceof FormatError)) return {};
  return { file: error.source, reason: error.reason, line: error.line };
}

/** The error again, of the function `name`. */
export function errorOf(name: string, failure: Failure): Error {
  const { name: kind, message, requestedBytes = 0, heldBytes = 0 } = failure;
  const { file = "", reason = "", line } = failure;
  switch (kind) {
    case "RangeError":
      return new RangeError(message);
    case "TypeError":
      return new TypeError(message);
    case "UnsupportedError":
      return new UnsupportedError(message);
    case "OutOfMemoryError":
      return new OutOfMemoryError(requestedBytes, heldBytes);
    case "FileError":
      return new FileError(file, reason);
    case "FormatError":
      return new FormatError(file, reason, line);
    default:
      return new Error(`${name}: a thread failed: ${message}`);
  }
}
