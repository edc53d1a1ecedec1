// Fine-tuning on the workers of a queue. The coordinator has the run too, but computes no gradients: it follows
// the log of their sums, and saves the run on the way.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { Redis } from "ioredis";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import type { Matrix } from "../linalg/matrix.js";
import {
  type Example,
  type FinetuneOptions,
  finetuneNames,
  readFinetuneOptions,
} from "../lora/finetune-options.js";
import { JointFinetuning } from "../lora/joint-finetuning.js";
import { JointRun } from "../lora/joint-run.js";
import type { FinetuneProgress } from "../lora/rate-search.js";
import type { GivenTexts } from "../lora/text-input.js";
import { checkModel, type TextModel } from "../lora/text-model.js";
import { type Connection, connect } from "./connection.js";
import { type ClusterProgress, Coordinator, interval, nothingYet } from "./coordinator.js";
import { encodeInput, encoderOptionsOf, identityOf } from "./finetune-input.js";
import { type Frame, Frames } from "./frame.js";
import { thisProgram } from "./program.js";
import { type RunOptions, runChecks } from "./run-options.js";
import { workOf } from "./work-message.js";

export interface ClusterFinetuneOptions extends Omit<FinetuneOptions, "resume">, RunOptions {
  /**
   * The folder of the model, as the workers see it, unless they were told one of their own.
   * @defaultValue the folder that the model was read from
   */
  folder?: string;
  /** What `save` gave: a new run goes on there, to the same bits. `resume` of `FinetuneOptions`. */
  state?: Uint8Array;
}

/** Rounds between two savings of the run in Redis. */
const saveEvery = 16;
const name = "ClusterFinetuning";

const checks = (): OptionChecks<ClusterFinetuneOptions> => {
  const { resume: _, ...names } = finetuneNames;
  const unchecked = Object.keys(names).map((option) => [option, () => {}]);
  return {
    // They are checked by the run.
    ...(Object.fromEntries(unchecked) as OptionChecks<Omit<FinetuneOptions, "resume">>),
    ...runChecks(),
    folder: () => {},
    state: () => {},
  };
};

/**
 * `Finetuning` on the workers of a queue: the bits of `ParallelFinetuning`, whatever the number of workers and
 * of their threads, whichever of them die meanwhile. Each worker has the model whole, from a folder of its own;
 * the examples travel through the Redis. In a step every shard hands in the gradients of its parts, and
 * all make the same update by their sum: for an adapter of n numbers, up to 16 x 4 n bytes go up in a step,
 * 4 n bytes down for each shard (docs/how-to/cluster.md). A rate that is not given is searched by the workers too.
 *
 * @example
 * ```js
 * const model = loadEncoder(readModelFolder("/models/minilm"));
 * const connection = "redis://localhost:6379";
 * const options = { connection, method: new Lora(), task, steps: 200 };
 * const run = await ClusterFinetuning.create(model, examples, options);
 * while (run.stepCount < 200) await run.step();
 * const files = saveAdapter(run.adapter());
 * await run.terminate();
 * ```
 */
export class ClusterFinetuning extends JointRun {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static override get name(): string {
    return name;
  }

  readonly #joint: JointFinetuning;
  readonly #coordinator: Coordinator;
  readonly #connection: Connection;
  readonly #waiting: Redis;
  readonly #frames: Frames;
  #known = new Map<number, Buffer>();
  /** The round whose sums are the next, and the one in which the run was saved last. */
  #round: number;
  #saved: number;
  #progress: ClusterProgress;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Settles, and never rejects, when the step that was asked for last is done. */
  #lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(joint: JointFinetuning, coordinator: Coordinator, round: number) {
    super(joint);
    this.#joint = joint;
    this.#coordinator = coordinator;
    this.#connection = coordinator.connection;
    this.#waiting = this.#connection.another();
    this.#frames = new Frames(coordinator.program.hash);
    this.#round = round;
    this.#saved = round;
    this.#progress = nothingYet(coordinator.task.run);
  }

  /**
   * Begins a run, or goes on with one whose coordinator has died or that has failed. Waits for workers, and for the
   * rate where it is searched.
   *
   * @throws (rejects with) as `Finetuning`; RangeError or TypeError for other options; ClusterError where the packages
   * `bullmq` and `ioredis` are missing, no Redis answers, the run is somebody else's, or a worker has failed.
   */
  static async create(
    model: TextModel,
    examples: readonly Example[],
    options: ClusterFinetuneOptions,
    /** Called with how far the run is, before its first step. @internal */
    report: (progress: ClusterProgress) => void = () => {},
  ): Promise<ClusterFinetuning> {
    const known = checks();
    const read = checkedOptions<ClusterFinetuneOptions>(
      name,
      options,
      known,
      undefined,
      "connection",
    );
    const { connection: address, run, resume = false, shards, lock = 30_000, ...others } = read;
    const { folder, state, ...given } = others;
    checkModel(name, model);
    readFinetuneOptions({ ...given, ...(state && { resume: state }) }, examples);
    const source = folder ?? model.files.folder;
    if (source === undefined) {
      throw new RangeError(`${name}: folder is left out: it must be where workers find the model`);
    }
    const identity = identityOf(model.files);
    const { name: kind, learningRate: usual, settings } = given.method;
    const method = [kind, usual, settings];
    const hash = hashOf({ ...given, method, examples, state: state && hashOf(state) });
    const connection = await connect(name, address);
    const coordinator = new Coordinator(name, connection, thisProgram(), {
      task: "finetune",
      run: run ?? `finetune-${identity.slice(0, 8)}-${hash.slice(0, 8)}`,
      ...{ source: resolve(source), identity, options: { hash }, lock },
    });
    try {
      const found = resume ? await savedState(coordinator) : undefined;
      const { learningRate: _, ...atAnyRate } = given;
      const joint = found
        ? JointFinetuning.begin(model, examples, { ...atAnyRate, resume: found.body })
        : JointFinetuning.begin(model, examples, { ...given, ...(state && { resume: state }) });
      const { pieces } = joint;
      const wanted = shards ?? (resume ? 1 : await heldAtOnce(coordinator, report));
      const split = Math.min(wanted, pieces);
      await coordinator.lead(resume, split, shards && split);
      const tuning = new ClusterFinetuning(joint, coordinator, found?.round ?? 1);
      if (!found) {
        const encoderOptions = encoderOptionsOf(model);
        const body = encodeInput({ examples, encoderOptions, start: joint.start(), pieces });
        const input = tuning.#frames.encode({ kind: "input", round: 0, body });
        await coordinator.save({ input });
      }
      while (joint.searches) await tuning.#goOn(report);
      return tuning;
    } catch (error) {
      await coordinator.end();
      connection.close();
      throw error;
    }
  }

  /** How far the run is on the queue: shards, exchanges, bytes. */
  get clusterProgress(): ClusterProgress {
    return this.#progress;
  }

  /**
   * The next update, once the workers have computed it; they go on without being asked. Calls may overlap: each waits
   * for those before.
   *
   * @throws (rejects with) DivergenceError as `Finetuning.step`; RangeError where all steps are done; ClusterError
   * where the run has failed, or is somebody else's now.
   */
  step(): Promise<FinetuneProgress> {
    const turn = this.#lastTurn.then(async () => {
      if (this.#joint.done) {
        throw new RangeError(`${name}.step: all ${this.stepCount} steps are done: ask for more`);
      }
      return (await this.#goOn()) as FinetuneProgress;
    });
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /** As `Finetuning.predict`, in this process. */
  predict(texts: GivenTexts, batchSize?: number): Matrix {
    return this.#joint.run.predict(texts, batchSize);
  }

  /** Leaves the run. Nothing of one that is at its end stays in Redis; another one stops, and can be resumed. */
  async terminate(): Promise<void> {
    await this.#lastTurn;
    if (this.#joint.done) await this.#coordinator.clear();
    await this.#coordinator.end();
    this.#connection.close();
  }

  async #goOn(report?: (progress: ClusterProgress) => void) {
    const { kind, body } = await this.#sums(report);
    const progress = this.#joint.goOn(workOf({ kind, body }));
    this.#known.delete(this.#round);
    this.#round += 1;
    if (!this.#joint.searches && this.#round - this.#saved >= saveEvery) {
      const [round, keep] = [this.#round, this.#saved];
      const state = this.#frames.encode({ kind: "state", round, body: this.save() });
      // Shards that are there may still read the sums since the state before.
      await this.#coordinator.save({ state, round, keep });
      this.#saved = round;
    }
    return progress;
  }

  /** What has come of the round that is on. */
  async #sums(report: (progress: ClusterProgress) => void = () => {}): Promise<Frame> {
    const { store } = this.#coordinator;
    for (;;) {
      const now = performance.now();
      if (now - this.#lookedAt >= interval) {
        this.#lookedAt = now;
        this.#progress = (await this.#coordinator.look()).progress;
        report(this.#progress);
      }
      if (!this.#known.has(this.#round)) {
        this.#known = await store.sums(this.#waiting, this.#round, interval);
      }
      const frame = this.#known.get(this.#round);
      const kind = this.#joint.searches ? "outcomes" : "parts";
      const from = `${name}: round ${this.#round} in the log`;
      if (frame) return this.#frames.decode(frame, kind, this.#round, from);
    }
  }
}

/** SHA-256 of bytes, or of what JSON says of something. */
function hashOf(what: object): string {
  const bytes = what instanceof Uint8Array ? what : JSON.stringify(Object.entries(what).sort());
  return createHash("sha256").update(bytes).digest("hex");
}

/** The state that a run was saved in last. */
async function savedState({ store, program, task }: Coordinator): Promise<Frame | undefined> {
  const found = await store.state();
  if (found === undefined) return undefined;
  const from = `${name}: the state of run ${task.run}`;
  return new Frames(program.hash).decode(found.frame, "state", found.round, from);
}

/** Shards that the workers hold at once. */
async function heldAtOnce(
  coordinator: Coordinator,
  report: (progress: ClusterProgress) => void,
): Promise<number> {
  const waiting = coordinator.heldAtOnce();
  for (;;) {
    const { done, value } = await waiting.next();
    if (done) return value;
    report(value);
  }
}
