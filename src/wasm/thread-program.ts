import { decodeBase64 } from "./decode.js";
import { threadWorkerBase64 } from "./thread-worker.base64.js";

/** The text of the module that each worker runs: thread-worker.ts, bundled. */
export function threadProgram(): string {
  return new TextDecoder().decode(decodeBase64(threadWorkerBase64));
}
