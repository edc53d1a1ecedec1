// What a coordinator sends once for many jobs: a worker fetches it for the first of them, and keeps it.
import { createHash } from "node:crypto";
import { ClusterError } from "./cluster-error.js";
import type { ShardJob } from "./shard-job.js";

type OfJob = Pick<ShardJob, "task" | "identity" | "run">;

/** SHA-256, in hexadecimal digits. */
export const identityOfInput = (body: Uint8Array): string =>
  createHash("sha256").update(body).digest("hex");

/** The input of the run whose jobs were taken last; those of fine-tuning, which are taken once, are not kept. */
export class SentInputs {
  #identity: string | undefined;
  #body: Uint8Array<ArrayBuffer> | undefined;

  of({ task, identity }: OfJob): Uint8Array<ArrayBuffer> | undefined {
    return task === "fits" && identity === this.#identity ? this.#body : undefined;
  }

  /** @throws ClusterError where it is not what the job is about. */
  keep({ task, identity, run }: OfJob, body: Uint8Array<ArrayBuffer>): void {
    if (task !== "fits" || body === this.#body) return;
    if (identityOfInput(body) !== identity) {
      throw new ClusterError(
        `the input of run ${run} is not what the run began with: its hash differs`,
      );
    }
    [this.#identity, this.#body] = [identity, body];
  }

  /** No job is left that it would be kept for. */
  clear(): void {
    [this.#identity, this.#body] = [undefined, undefined];
  }
}
