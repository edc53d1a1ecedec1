// One-off calls share an instance: mark, copy in, compute, copy out, release.
import type { Mark } from "./arena.js";
import { Job } from "./job.js";

/** A shared instance that grew beyond this is dropped after the call, so that it can be freed. */
const keptBytes = 64 * 2 ** 20;

let shared: Job | undefined;
let make = () => new Job();

/** Where one-off calls are computed from now on, instead of a job of this thread's own. */
export function provideSharedJob(provide: () => Job): void {
  make = provide;
  shared = undefined;
}

/** The shared job, for callers that take a mark and give it to `releaseSharedJob` in any case. */
export function sharedJob(): Job {
  shared ??= make();
  return shared;
}

/** Frees what was allocated since the mark. */
export function releaseSharedJob(job: Job, mark: Mark): void {
  job.release(mark);
  if (job.byteLength > keptBytes) shared = undefined;
}

/**
 * Runs `compute` with the shared job and frees whatever it allocated, also when it throws.
 * Handles must not leave it.
 */
export function withSharedJob<Result>(compute: (job: Job) => Result): Result {
  const job = sharedJob();
  const mark = job.mark();
  try {
    return compute(job);
  } finally {
    releaseSharedJob(job, mark);
  }
}
