// Who leads a run: it puts the shards into the queue, and watches. Nothing is lost with it.
import { randomBytes } from "node:crypto";
import type { CompletionProgress } from "../completion/progress.js";
import type { FinetuneProgress } from "../lora/rate-search.js";
import { makeCheckpointFolder, removeCheckpointFolder } from "./checkpoint-folder.js";
import { ClusterError } from "./cluster-error.js";
import type { Connection } from "./connection.js";
import { Frames, listOf } from "./frame.js";
import { type Program, processName } from "./program.js";
import { RunStore, type Saved, textsOf } from "./run-store.js";
import { queueName, queuePrefix, type ShardJob } from "./shard-job.js";
import { checkpointIn, forgetRun, listRun } from "./status.js";
import { type HeardWorker, heardWorkers, longestSilence, type WorkerInfo } from "./worker-list.js";

/** How far a run is. */
export interface ClusterProgress {
  readonly run: string;
  readonly shards: number;
  /** Shards that a worker holds or has finished. */
  readonly held: number;
  /** Shards that are done. */
  readonly finished: number;
  /** Exchanges of all shards so far, and the bytes of all messages. */
  readonly exchanges: number;
  readonly bytes: number;
  /** Shards that were taken over from a worker that died or gave them back. */
  readonly takeovers: number;
  /** Exchanges that were computed again by who took a shard over, of all shards. */
  readonly replayed: number;
  /** The exchange whose checkpoint who takes a shard over goes on from; undefined where there is none. */
  readonly checkpoint: number | undefined;
  /** What a fit in one process would say; undefined before its first step. */
  readonly fit: CompletionProgress | FinetuneProgress | undefined;
  /** Workers that cannot take part, for they run another program. */
  readonly refused: readonly WorkerInfo[];
}

/** How often the run is looked at, and how often jobs that are not there are put into the queue. */
export const interval = 200;
const jobInterval = 1000;
/** What is left behind goes after a week, in milliseconds. */
const expiry = 7 * 24 * 3600 * 1000;

type Task = Omit<ShardJob, "program" | "shard" | "shards"> & { lock: number };

/** How a run stands. */
export interface Look {
  readonly done: boolean;
  /** The numbers of the shards that are done, as texts. */
  readonly finished: ReadonlySet<string>;
  readonly progress: ClusterProgress;
}

export class Coordinator {
  readonly store: RunStore;
  readonly #queue;
  readonly #token = `${processName()} ${randomBytes(8).toString("hex")}`;
  #leads = false;
  #addedAt = Number.NEGATIVE_INFINITY;

  /** @param name - of the function, for messages. */
  constructor(
    readonly name: string,
    readonly connection: Connection,
    readonly program: Program,
    readonly task: Task,
  ) {
    this.store = new RunStore(connection.redis, task.run);
    this.#queue = new connection.bullmq.Queue(queueName(program), {
      connection: connection.redis,
      prefix: queuePrefix,
    });
    this.#queue.on("error", () => {});
  }

  /** Gives the lead back; a run that is not at its end stops. */
  async end(): Promise<void> {
    if (this.#leads) await this.store.resign(this.#token, "stopped").catch(() => {});
    await this.#queue.close();
  }

  /** Those that can take part, and those that cannot. */
  async workers(): Promise<{ fit: HeardWorker[]; refused: WorkerInfo[] }> {
    const heard = await heardWorkers(this.connection.redis);
    const isFit = ({ worker }: HeardWorker) => worker.program === this.program.hash;
    const others = heard.filter((one) => !isFit(one));
    return { fit: heard.filter(isFit), refused: others.map(({ worker }) => worker) };
  }

  /**
   * Waits for workers: an iterator over the progress, which returns how many shards they hold at once. Those count that
   * say a word while it waits: who has died a moment ago is on the list still.
   */
  async *heldAtOnce(): AsyncGenerator<ClusterProgress, number> {
    const began = performance.now();
    for (;;) {
      const waited = performance.now() - began;
      const { fit, refused } = await this.workers();
      const live = fit.filter(({ silence }) => silence < waited);
      const mayLive = fit.filter(({ silence }) => silence < Math.max(waited, longestSilence));
      if (live.length > 0 && live.length === mayLive.length) {
        return live.reduce((sum, { worker }) => sum + worker.atOnce, 0);
      }
      yield { ...nothingYet(this.task.run), refused };
      await pause(interval);
    }
  }

  /**
   * Leads the run to its end: an iterator over the progress, which returns what the threads of all shards have made,
   * in their order.
   *
   * @param wanted - shards; left out, as many as the workers hold that are there, or as the run has.
   * @param most - that there can be.
   */
  async *follow(
    resume: boolean,
    wanted: number | undefined,
    most: number,
  ): AsyncGenerator<ClusterProgress, Uint8Array[]> {
    const asked = wanted === undefined ? undefined : Math.min(wanted, most);
    const there = resume || asked !== undefined ? 1 : Math.min(yield* this.heldAtOnce(), most);
    await this.lead(resume, asked ?? there, asked);
    let last = "";
    for (;;) {
      const { done, progress } = await this.look();
      const text = JSON.stringify(progress);
      if (text !== last) yield progress;
      if (done) return this.#madeByAll(progress.shards);
      last = text;
      await pause(interval);
    }
  }

  /** Begins the run, split into `shards`, or takes it over: as it is, or split anew. */
  async lead(resume: boolean, shards: number, resplit?: number): Promise<void> {
    const { run, source, identity, task, options, lock, checkpoints } = this.task;
    const { hash, version } = this.program;
    const record = {
      identity: JSON.stringify([hash, task, identity, Object.entries(options).sort(), checkpoints]),
      ...{ program: hash, version, source, shards: String(shards), expiry: String(expiry) },
      ...{ began: new Date().toISOString(), coordinator: processName() },
    };
    let until = Number.POSITIVE_INFINITY;
    for (;;) {
      const [word, what, milliseconds] = await this.store.lead(
        ...([this.#token, lock, resume, resplit, record] as const),
      );
      switch (word) {
        case "leads":
          this.#leads = true;
          if (checkpoints !== undefined) makeCheckpointFolder(checkpoints, resume);
          await listRun(this.connection.redis, run);
          return;
        case "led": {
          // The lease of a coordinator that has died runs out; one that lives renews it.
          const now = performance.now();
          if (until === Number.POSITIVE_INFINITY) until = now + Number(milliseconds) + 2 * interval;
          if (resume && now < until) break;
          const [who] = String(what).split(" ");
          throw new ClusterError(
            `${this.name}: run ${run} has a coordinator, ${who}: let it finish, or name another run`,
          );
        }
        case "there":
          throw new ClusterError(
            `${this.name}: there is a run ${run} already, and nobody leads it: resume goes on with it, ` +
              "or name another run",
          );
        case "gone":
          throw new ClusterError(
            `${this.name}: there is no run ${run} to go on with: leave out resume to begin it`,
          );
        default:
          throw new ClusterError(
            `${this.name}: run ${run} is of other data, options or another program: ` +
              "resume it with those that it began with, or name another run",
          );
      }
      await pause(interval);
    }
  }

  /**
   * Keeps the lead, and sees that every shard that is not finished is in the queue.
   *
   * @throws ClusterError where the run has failed, or is somebody else's.
   */
  async look(): Promise<Look> {
    const { run, lock } = this.task;
    const [word, ...found] = await this.store.watch(this.#token, lock);
    if (word === "led") {
      this.#leads = false;
      const [who] = String(found[0]).split(" ");
      throw new ClusterError(
        `${this.name}: another coordinator, ${who}, has taken run ${run} over`,
      );
    }
    if (word === "gone") {
      this.#leads = false;
      throw new ClusterError(
        `${this.name}: Redis has forgotten run ${run}: was it restarted without appendonly yes?`,
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
      finished: finished.size,
      exchanges: Number(record.round) - 1,
      bytes: Number(record.bytes ?? 0),
      takeovers: Number(record.takeovers ?? 0),
      ...checkpointIn(record),
      fit: record.progress === undefined ? undefined : JSON.parse(record.progress),
      refused: this.#refused,
    };
    if (record.state === "failed") {
      this.#leads = false;
      await this.store.resign(this.#token, "failed");
      throw new ClusterError(
        `${this.name}: run ${run} has failed: ${record.failure}: ` +
          "mend it, and go on with the same call and resume",
      );
    }
    return { done: record.state === "done", finished, progress };
  }

  #refused: readonly WorkerInfo[] = [];

  /** Puts shards into the queue that are not there: what a worker has refused, or Redis lost. */
  async #ensureJobs(shards: number, finished: ReadonlySet<string>): Promise<void> {
    const now = performance.now();
    if (now - this.#addedAt < jobInterval) return;
    this.#addedAt = now;
    const { lock: _, ...work } = this.task;
    const program = this.program.hash;
    const open = Array.from({ length: shards }, (_, shard) => shard).filter(
      (shard) => !finished.has(String(shard)),
    );
    await this.#queue.addBulk(
      open.map((shard) => {
        const job: ShardJob = { program, shard, shards, ...work };
        // Of one shard there is one job.
        const jobId = `${work.run}.${shard}.${shards}`;
        return {
          name: "shard",
          data: job,
          opts: { jobId, removeOnComplete: true, removeOnFail: true },
        };
      }),
    );
    this.#refused = (await this.workers()).refused;
  }

  /** What the threads of all shards have made, in their order, once the run is done. */
  async #madeByAll(shards: number): Promise<Uint8Array[]> {
    const all: Uint8Array[] = [];
    for (let shard = 0; shard < shards; shard++) all.push(...(await this.made(shard)));
    return all;
  }

  /** What the threads of a shard have made, once it is finished. */
  async made(shard: number): Promise<Uint8Array[]> {
    const frames = new Frames(this.program.hash);
    const from = `${this.name}: what shard ${shard} of run ${this.task.run} has made`;
    const pieces = (await this.store.result(shard)).map(
      (bytes, piece) => frames.decode(bytes, "result", piece, from).body,
    );
    const made = listOf(pieces);
    if (!made) throw new ClusterError(`${from} is not a list of bytes`);
    return made;
  }

  /** Keeps what the shards begin with; while it leads. */
  async save(saved: Saved): Promise<void> {
    const [word] = await this.store.save(this.#token, saved);
    if (word === "done") return;
    // The lease has run out, or somebody else has it.
    await this.look();
    await this.store.save(this.#token, saved);
  }

  /** Where the work of the run has been fetched, nothing of it stays. */
  async clear(): Promise<void> {
    const [word] = await this.store.clear(this.#token);
    const { run, checkpoints } = this.task;
    if (word === "done") await forgetRun(this.connection.redis, run);
    if (word === "done" && checkpoints !== undefined) removeCheckpointFolder(checkpoints);
    this.#leads = false;
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

export const nothingYet = (run: string): ClusterProgress => ({
  ...{ run, shards: 0, held: 0, finished: 0, exchanges: 0, bytes: 0, takeovers: 0, replayed: 0 },
  ...{ checkpoint: undefined, fit: undefined, refused: [] },
});
