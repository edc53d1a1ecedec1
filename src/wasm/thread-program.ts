import { decodeHex } from "./decode.js";
import { threadWorkerHex } from "./thread-worker.hex.js";

/** The text of the module that each worker runs: src/threads/worker.ts, bundled. */
export function threadProgram(): string {
  return new TextDecoder().decode(decodeHex(threadWorkerHex));
}
