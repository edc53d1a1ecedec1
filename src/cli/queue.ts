// The options of commands that meet at a queue, and what goes wrong there.
import { ClusterError } from "../cluster/cluster-error.js";
import { asUsageError, UsageError } from "./errors.js";
import { integer } from "./options.js";
import { Option } from "./packages.js";

export const queueOption = () =>
  new Option(
    "--queue <url>",
    "the Redis, as redis://host:6379 or rediss://user:password@host:6379",
  );

export const lockOption = () =>
  new Option("--lock <ms>", "after so long without a sign of life another one takes over")
    .argParser(integer(1000, 600_000))
    .default(30_000);

/** What the user can mend is bad usage. */
export async function onQueue<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const complaint = asUsageError(error, "fitShards", "startWorker", "status");
    if (complaint instanceof UsageError || !(error instanceof ClusterError)) throw complaint;
    throw new UsageError(error.message);
  }
}
