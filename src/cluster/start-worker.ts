import { randomBytes } from "node:crypto";
import type { Job } from "bullmq";
import { integer } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { availableThreads } from "../threads/worker-team.js";
import { checkConnection, connect } from "./connection.js";
import { ShardHolder } from "./hold-shard.js";
import { processName, thisProgram } from "./program.js";
import { lockCheck } from "./run-options.js";
import { SentInputs } from "./sent-inputs.js";
import { queueName, queuePrefix, readShardJob, type ShardJob } from "./shard-job.js";
import { sayAlive, sayGoodbye, type WorkerInfo, wordInterval } from "./worker-list.js";

export interface ClusterWorkerOptions {
  /** The Redis of the queue: `redis://host:6379`, with TLS `rediss://user:password@host:6379`. */
  connection: string | URL;
  /** Threads that compute a shard, 1 .. 64: their sums are added before they are sent. @defaultValue the processors of the host */
  threads?: number;
  /** Shards that it holds at once, 1 .. 64, each with threads and memory of its own. @defaultValue 1 */
  atOnce?: number;
  /**
   * Milliseconds after which a shard of a worker that says nothing more is given to another, 1,000 .. 600,000.
   * @defaultValue 30_000
   */
  lock?: number;
  /** The folder of the model that fine-tuning runs adapt. @defaultValue the one that the run names */
  model?: string;
  /** Is given a line about what happens: a shard taken, finished, lost, refused. */
  report?: (line: string) => void;
}

/** A worker that runs. */
export interface ClusterWorker {
  /** Host and process, as `status` lists it. */
  readonly name: string;
  /** Gives its shards back and ends. */
  close(): Promise<void>;
}

const checks: OptionChecks<ClusterWorkerOptions> = {
  connection: checkConnection,
  threads: integer(1, 64),
  atOnce: integer(1, 64),
  lock: lockCheck,
  model: () => {},
  report: () => {},
};

/**
 * Takes shards of runs from the queue of a Redis and computes them on its threads until it is closed. Needs
 * the packages `bullmq` and `ioredis`, Node, and the files of the data under the same paths as the
 * coordinator.
 *
 * @throws (rejects with) TypeError or RangeError for options that are unknown or out of range; ClusterError
 * where the packages are missing, or no Redis answers.
 * @example
 * ```js
 * const worker = await startWorker({ connection: "redis://localhost:6379", threads: 4 });
 * process.on("SIGTERM", () => worker.close());
 * ```
 */
export async function startWorker(options: ClusterWorkerOptions): Promise<ClusterWorker> {
  const name = "startWorker";
  const read = checkedOptions<ClusterWorkerOptions>(name, options, checks, undefined, "connection");
  const { threads = Math.min(availableThreads(), 64), atOnce = 1 } = read;
  const { lock = 30_000, report = () => {} } = read;
  const connection = await connect(name, read.connection);
  const { bullmq, redis } = connection;
  const program = thisProgram();
  const holders = new Set<ShardHolder>();
  const inputs = new SentInputs();
  const info = (): WorkerInfo => ({
    name: processName(),
    version: program.version,
    program: program.hash,
    threads,
    atOnce,
    shards: Array.from(holders, ({ job }) => `${job.run}/${job.shard}`),
  });
  let closing = false;

  async function hold(job: Job, lease: string | undefined): Promise<void> {
    let shard: ShardJob;
    try {
      shard = readShardJob(job.data, program);
      if (shard.task === "finetune" && read.model) shard = { ...shard, source: read.model };
    } catch (error) {
      report(`refused: ${(error as Error).message}`);
      throw error;
    }
    const title = `shard ${shard.shard} of run ${shard.run}`;
    const waiting = connection.another();
    const token = `${processName()} ${randomBytes(8).toString("hex")}`;
    const tell = (line: string) => report(`${title}: ${line}`);
    const whoHolds = [token, processName(), tell, inputs] as const;
    const holder = new ShardHolder(shard, threads, redis, waiting, ...whoHolds);
    holders.add(holder);
    try {
      if (closing) holder.release();
      report(`${title}: taken`);
      const outcome = await holder.run();
      report(`${title}: ${outcome}`);
      if (outcome !== "given back") return;
    } catch (error) {
      report(`${title}: failed: ${(error as Error).message}`);
      throw error;
    } finally {
      holders.delete(holder);
      waiting.disconnect();
    }
    await job.moveToWait(lease);
    throw new bullmq.WaitingError();
  }

  const worker = new bullmq.Worker(queueName(program), hold, {
    connection: connection.another(),
    prefix: queuePrefix,
    concurrency: atOnce,
    lockDuration: lock,
    stalledInterval: Math.ceil(lock / 2),
    // A shard may change hands as often as machines die.
    maxStalledCount: 1e9,
    name: processName(),
  });
  // A lost lease, or a Redis that is away: the shard itself finds that out, and BullMQ connects again.
  worker.on("error", () => {});
  worker.on("drained", () => inputs.clear());
  await worker.waitUntilReady();
  const word = () => sayAlive(redis, info()).catch(() => {});
  await word();
  const words = setInterval(word, wordInterval);
  return {
    name: processName(),
    async close() {
      if (closing) return;
      closing = true;
      clearInterval(words);
      for (const holder of holders) holder.release();
      await worker.close();
      await sayGoodbye(redis, info()).catch(() => {});
      connection.close();
    },
  };
}
