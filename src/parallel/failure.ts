// Errors on their way from a worker: messages do not keep their classes.
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
}

export function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const bytes =
    error instanceof OutOfMemoryError
      ? { requestedBytes: error.requestedBytes, heldBytes: error.heldBytes }
      : {};
  return { name, message, second: error instanceof OtherThreadError, ...bytes };
}

/** The error again, of the function `name`. */
export function errorOf(name: string, failure: Failure): Error {
  const { name: kind, message, requestedBytes = 0, heldBytes = 0 } = failure;
  switch (kind) {
    case "RangeError":
      return new RangeError(message);
    case "TypeError":
      return new TypeError(message);
    case "UnsupportedError":
      return new UnsupportedError(message);
    case "OutOfMemoryError":
      return new OutOfMemoryError(requestedBytes, heldBytes);
    default:
      return new Error(`${name}: a thread failed: ${message}`);
  }
}
