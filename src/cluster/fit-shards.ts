// The coordinator of a run: it puts the shards into the queue, watches, and fetches the model. It computes
// nothing, and nothing is lost with it.
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { crc32 } from "node:zlib";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import {
  type CompletionOptions,
  completionChecks,
  readCompletionOptions,
} from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { ClusterError } from "./cluster-error.js";
import { checkConnection, connect } from "./connection.js";
import { Frames } from "./frame.js";
import { type Program, processName, thisProgram } from "./program.js";
import { RunStore, textsOf } from "./run-store.js";
import { isRunName, queueName, queuePrefix, type ShardJob } from "./shard-job.js";
import { identify } from "./source.js";
import { lockCheck } from "./start-worker.js";
import { forgetRun, listRun } from "./status.js";
import { listWorkers, type WorkerInfo } from "./worker-list.js";

export interface ShardFitOptions extends CompletionOptions {
  /** The Redis of the queue: `redis://host:6379`, with TLS `rediss://user:password@host:6379`. */
  connection: string | URL;
  /**
   * The name of the run: letters, digits and `_.-`, at most 64.
   * @defaultValue made of the hash of the data and of the options
   */
  run?: string;
  /** Go on with the run of this name, whose coordinator has died or that has failed. @defaultValue false */
  resume?: boolean;
  /** Into how many shards the rows are split, at most: it does not change the model. 1 .. 4096.
   * @defaultValue the threads of the workers that are there at the start
   */
  shards?: number;
  /**
   * Milliseconds after which another coordinator may take the run over, 1,000 .. 600,000.
   * @defaultValue 30_000
   */
  lock?: number;
}

/** How far a run is. */
export interface ClusterProgress {
  readonly run: string;
  readonly shards: number;
  /** Shards that a worker holds or has finished. */
  readonly held: number;
  /** Exchanges of all shards so far, and the bytes of all messages. */
  readonly exchanges: number;
  readonly bytes: number;
  /** Shards that were taken over from a worker that died or gave them back. */
  readonly takeovers: number;
  /** What a fit in one process would say; undefined before its first step. */
  readonly fit: CompletionProgress | undefined;
  /** Workers that cannot take part, for they run another program. */
  readonly refused: readonly WorkerInfo[];
}

/** How often the run is looked at, and how often jobs that are not there are put into the queue. */
const interval = 200;
const jobInterval = 1000;
/** What is left behind goes after a week, in milliseconds. */
const expiry = 7 * 24 * 3600 * 1000;

const ownChecks: OptionChecks<Omit<ShardFitOptions, keyof CompletionOptions>> = {
  connection: checkConnection,
  run: (name, what, run) => {
    if (isRunName(run)) return;
    throw new RangeError(
      `${name}: ${what} must be 1 to 64 letters, digits, points, hyphens and underscores`,
    );
  },
  resume: check.boolean,
  shards: check.integer(1, 4096),
  lock: lockCheck,
};

/**
 * Completes a matrix on the workers of a queue: the model of `completeMatrix`, byte for byte, whatever the
 * number of workers, whichever of them die meanwhile. An iterator over the progress, which returns the
 * model. Leave the loop to stop the run; `resume` goes on with it, as after the death of this process.
 *
 * Rows are shared out. Workers meet a few thousand times in a fit, over the Redis, which keeps the sums of all
 * meetings until the end (docs/how-to/cluster.md says how many bytes these are).
 *
 * @param source - the path of a folder of `shardObservations`, or of a file of ratings, which the workers read
 * under the same path.
 * @throws (rejects with) as `completeMatrix`; FileError or FormatError for the file; ClusterError where the
 * packages `bullmq` and `ioredis` are missing, no Redis answers, the run is somebody else's, or a worker
 * has failed.
 * @example
 * ```js
 * const run = fitShards("/data/ratings.shards", { connection: "redis://localhost:6379" });
 * for (let next = await run.next(); ; next = await run.next()) {
 *   if (next.done) {
 *     next.value.recommend("ann", 5);
 *     break;
 *   }
 *   console.log(next.value.fit?.step);
 * }
 * ```
 */
export async function* fitShards(
  source: string,
  options: ShardFitOptions,
): AsyncGenerator<ClusterProgress, MatrixCompletion> {
  const name = "fitShards";
  const checks: OptionChecks<ShardFitOptions> = { ...completionChecks(), ...ownChecks };
  const read = checkedOptions<ShardFitOptions>(name, options, checks, undefined, "connection");
  const { connection: address, run, resume = false, shards, lock = 30_000, ...given } = read;
  const path = resolve(source);
  const settings = readCompletionOptions(name, given);
  if (settings.solver === "adam") {
    throw new RangeError(
      `${name}: solver is "adam", which steps on all rows together: it must be "sweeps"`,
    );
  }
  const { identity, blocks } = identify(path, settings);
  const program = thisProgram();
  const connection = await connect(name, address);
  const coordinator = new Coordinator(connection, program, {
    run: run ?? nameOf(identity, given),
    source: path,
    identity,
    options: given,
    lock,
  });
  try {
    return yield* coordinator.fit(resume, shards, blocks);
  } finally {
    await coordinator.end();
    connection.close();
  }
}

/** The same for the same fit. */
function nameOf(identity: string, options: CompletionOptions): string {
  const text = JSON.stringify(Object.entries(options).sort());
  return `fit-${identity.slice(0, 8)}-${crc32(text).toString(16).padStart(8, "0")}`;
}

type Connection = Awaited<ReturnType<typeof connect>>;
type Task = Pick<ShardJob, "run" | "source" | "identity" | "options"> & { lock: number };

class Coordinator {
  readonly #store: RunStore;
  readonly #queue;
  readonly #token = `${processName()} ${randomBytes(8).toString("hex")}`;
  #leads = false;
  #addedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly connection: Connection,
    readonly program: Program,
    readonly task: Task,
  ) {
    this.#store = new RunStore(connection.redis, task.run);
    this.#queue = new connection.bullmq.Queue(queueName(program), {
      connection: connection.redis,
      prefix: queuePrefix,
    });
    this.#queue.on("error", () => {});
  }

  async *fit(
    resume: boolean,
    wanted: number | undefined,
    blocks: number,
  ): AsyncGenerator<ClusterProgress, MatrixCompletion> {
    const { run } = this.task;
    let shards = wanted;
    while (shards === undefined && !resume) {
      const { fit, refused } = await this.#workers();
      if (fit.length > 0) shards = fit.reduce((sum, { threads }) => sum + threads, 0);
      else {
        yield { ...nothingYet(run), refused };
        await pause(interval);
      }
    }
    await this.#lead(resume, Math.min(shards ?? 1, blocks));
    let last = "";
    for (;;) {
      const seen = await this.#look();
      if (seen.state === "done") return this.#fetch();
      if (seen.state === "failed") {
        this.#leads = false;
        await this.#store.resign(this.#token, "failed");
        throw new ClusterError(
          `fitShards: run ${run} has failed: ${seen.failure}: ` +
            "mend it, and go on with the same call and resume",
        );
      }
      const text = JSON.stringify(seen.progress);
      if (text !== last) yield seen.progress;
      last = text;
      await pause(interval);
    }
  }

  /** Gives the lead back; a run that is not at its end stops. */
  async end(): Promise<void> {
    if (this.#leads) await this.#store.resign(this.#token, "stopped").catch(() => {});
    await this.#queue.close();
  }

  async #workers(): Promise<{ fit: WorkerInfo[]; refused: WorkerInfo[] }> {
    const workers = await listWorkers(this.connection.redis);
    const isFit = ({ program }: WorkerInfo) => program === this.program.hash;
    return { fit: workers.filter(isFit), refused: workers.filter((worker) => !isFit(worker)) };
  }

  /** Begins the run or takes it over. */
  async #lead(resume: boolean, shards: number): Promise<void> {
    const { run, source, identity, options, lock } = this.task;
    const { hash, version } = this.program;
    const record = {
      identity: JSON.stringify([hash, identity, Object.entries(options).sort()]),
      ...{ program: hash, version, source, shards: String(shards), expiry: String(expiry) },
      ...{ began: new Date().toISOString(), coordinator: processName() },
    };
    let until = Number.POSITIVE_INFINITY;
    for (;;) {
      const [word, what, milliseconds] = await this.#store.lead(this.#token, lock, resume, record);
      switch (word) {
        case "leads":
          this.#leads = true;
          await listRun(this.connection.redis, run);
          return;
        case "led": {
          // The lease of a coordinator that has died runs out; one that lives renews it.
          const now = performance.now();
          if (until === Number.POSITIVE_INFINITY) until = now + Number(milliseconds) + 2 * interval;
          if (resume && now < until) break;
          const [who] = String(what).split(" ");
          throw new ClusterError(
            `fitShards: run ${run} has a coordinator, ${who}: let it finish, or name another run`,
          );
        }
        case "there":
          throw new ClusterError(
            `fitShards: there is a run ${run} already, and nobody leads it: resume goes on with it, ` +
              "or name another run",
          );
        case "gone":
          throw new ClusterError(
            `fitShards: there is no run ${run} to go on with: leave out resume to begin it`,
          );
        default:
          throw new ClusterError(
            `fitShards: run ${run} is of other data, options or another program: ` +
              "resume it with those that it began with, or name another run",
          );
      }
      await pause(interval);
    }
  }

  /** Keeps the lead, and sees that every shard that is not finished is in the queue. */
  async #look() {
    const { run, lock } = this.task;
    const [word, ...found] = await this.#store.watch(this.#token, lock);
    if (word === "led") {
      this.#leads = false;
      const [who] = String(found[0]).split(" ");
      throw new ClusterError(`fitShards: another coordinator, ${who}, has taken run ${run} over`);
    }
    if (word === "gone") {
      this.#leads = false;
      throw new ClusterError(
        `fitShards: Redis has forgotten run ${run}: was it restarted without appendonly yes?`,
      );
    }
    const [fields, holders, rows] = found as Buffer[][];
    const record = textsOf(fields);
    const finished = new Set(rows.map(String));
    const shards = Number(record.shards);
    const held = new Set([...finished, ...Object.keys(textsOf(holders))]);
    if (record.state === "running") await this.#ensureJobs(shards, finished);
    const progress: ClusterProgress = {
      run,
      shards,
      held: held.size,
      exchanges: Number(record.round) - 1,
      bytes: Number(record.bytes ?? 0),
      takeovers: Number(record.takeovers ?? 0),
      fit: record.progress === undefined ? undefined : JSON.parse(record.progress),
      refused: this.#refused,
    };
    return { state: record.state, failure: record.failure, progress };
  }

  #refused: readonly WorkerInfo[] = [];

  /** Puts shards into the queue that are not there: what a worker has refused, or Redis lost. */
  async #ensureJobs(shards: number, finished: ReadonlySet<string>): Promise<void> {
    const now = performance.now();
    if (now - this.#addedAt < jobInterval) return;
    this.#addedAt = now;
    const { run, source, identity, options } = this.task;
    const program = this.program.hash;
    for (let shard = 0; shard < shards; shard++) {
      if (finished.has(String(shard))) continue;
      const job: ShardJob = { program, run, shard, shards, source, identity, options };
      await this.#queue.add("shard", job, {
        // Of one shard there is one job.
        jobId: `${run}.${shard}`,
        removeOnComplete: true,
        removeOnFail: true,
      });
    }
    this.#refused = (await this.#workers()).refused;
  }

  async #fetch(): Promise<MatrixCompletion> {
    const frames = new Frames(this.program.hash);
    const pieces = (await this.#store.pieces()).map((bytes, piece) => {
      const from = `fitShards: piece ${piece} of the model of run ${this.task.run}`;
      return frames.decode(bytes, "model", piece, from).body;
    });
    const model = MatrixCompletion.load(Buffer.concat(pieces));
    await this.#store.clear(this.#token);
    await forgetRun(this.connection.redis, this.task.run);
    this.#leads = false;
    return model;
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const nothingYet = (run: string): ClusterProgress => ({
  ...{ run, shards: 0, held: 0, exchanges: 0, bytes: 0, takeovers: 0 },
  ...{ fit: undefined, refused: [] },
});
