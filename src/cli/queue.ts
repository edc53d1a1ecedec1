// The options of commands that meet at a queue, and what goes wrong there.
import { ClusterError } from "../cluster/cluster-error.js";
import type { ClusterProgress } from "../cluster/coordinator.js";
import type { WorkerInfo } from "../cluster/worker-list.js";
import { asUsageError, remark, UsageError } from "./errors.js";
import { integer } from "./options.js";
import { type Command, Option } from "./packages.js";

export const queueOption = () =>
  new Option(
    "--queue <url>",
    "the Redis, as redis://host:6379 or rediss://user:password@host:6379",
  );

export const lockOption = () =>
  new Option("--lock <ms>", "after so long without a sign of life another one takes over")
    .argParser(integer(1000, 600_000))
    .default(30_000);

/** What a run on a queue may be given. */
export interface RunFlags {
  queue?: string;
  run?: string;
  resume?: boolean;
  shards?: number;
  lock?: number;
  /** Of `train`. */
  checkpoints?: string;
}

/** Of a run whose parts are known: how many there are need not be said. */
export const addFitsOptions = (command: Command): Command =>
  command
    .addOption(queueOption())
    .option("--run <name>", "with --queue: the name of the run")
    .option("--resume", "with --queue: go on with a run whose coordinator died, or that failed")
    .addOption(lockOption());

export const addRunOptions = (command: Command): Command =>
  addFitsOptions(command).option(
    "--shards <n>",
    "with --queue: parts of the work",
    integer(1, 4096),
  );

/** @throws UsageError for what needs --queue, and has none. */
export function checkRunFlags(flags: RunFlags): void {
  const given = (["run", "resume", "shards", "checkpoints"] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (flags.queue !== undefined || given === undefined) return;
  throw new UsageError(`--${given} is for runs on machines: it needs --queue`);
}

/** As the library takes them. */
export const runOptionsOf = ({ queue, run, resume, shards, lock }: RunFlags) => ({
  connection: queue as string,
  ...(run === undefined ? {} : { run }),
  ...(resume ? { resume } : {}),
  ...(shards === undefined ? {} : { shards }),
  ...(lock === undefined ? {} : { lock }),
});

/** What is worth a word of those that take no part, once. */
export function refusedShown(command: string): (refused: readonly WorkerInfo[]) => void {
  const told = new Set<string>();
  return (refused) => {
    for (const { name, version } of refused) {
      if (told.has(name)) continue;
      told.add(name);
      remark(command, [
        `worker ${name} takes no part: it runs another program, of version ${version}`,
      ]);
    }
  };
}

/** How a run stands, for its bar. */
export function standing({ held, shards, exchanges }: ClusterProgress): string {
  const workers = held < shards || shards === 0 ? "waits for workers, " : "";
  return `${workers}shards ${held} of ${shards}, exchanges ${exchanges}`;
}

/** What the user can mend is bad usage. */
export async function onQueue<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const complaint = asUsageError(
      error,
      "fitShards",
      "fits",
      "ClusterFinetuning",
      "startWorker",
      "status",
    );
    if (complaint instanceof UsageError || !(error instanceof ClusterError)) throw complaint;
    throw new UsageError(error.message);
  }
}
