// One-off calls share an instance: mark, copy in, compute, copy out, release.
import { Job } from "./job.js";

/** A shared instance that grew beyond this is dropped after the call, so that it can be freed. */
const keptBytes = 64 * 2 ** 20;

let shared: Job | undefined;

/**
 * Runs `compute` with the shared job and frees whatever it allocated, also when it throws.
 * Handles must not leave it.
 */
export function withSharedJob<Result>(compute: (job: Job) => Result): Result {
  const job = shared ?? new Job();
  shared = job;
  const mark = job.mark();
  try {
    return compute(job);
  } finally {
    job.release(mark);
    if (job.byteLength > keptBytes) shared = undefined;
  }
}
