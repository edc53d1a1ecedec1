import { type OptionNames, readOptions } from "../check/options.js";
import type { Matrix } from "../linalg/matrix.js";
import { defaultBatchSize } from "./check.js";
import { type Example, type FinetuneOptions, finetuneNames } from "./finetune-options.js";
import { JointFinetuning, type Work, workOfAll } from "./joint-finetuning.js";
import { JointRun } from "./joint-run.js";
import type { FinetuneProgress } from "./rate-search.js";
import { type ReplicaOptions, Replicas, readThreads } from "./replicas.js";
import { readPredict } from "./score-texts.js";
import type { GivenTexts } from "./text-input.js";
import type { TextModel } from "./text-model.js";
import type { Request } from "./worker-protocol.js";

/** More threads than a step has parts have nothing to do: half of `batchSize`, at most 16. */
export interface ParallelFinetuneOptions extends FinetuneOptions, ReplicaOptions {}

const names: OptionNames<ParallelFinetuneOptions> = {
  ...finetuneNames,
  ...{ threads: true, workerUrl: true },
};

/**
 * `Finetuning` on several threads: each computes the gradients of some of a step's texts, and all
 * make the same update by their sum. Needs no shared memory, so it works in Node, Deno, Bun and any
 * page; every thread holds the model once. Deno must be allowed to read the file of the workers'
 * program (`--allow-read`).
 *
 * A step of n threads takes little more than an nth of the time. Its texts are cut into parts of two,
 * 16 parts at most (two where more than 2^20 numbers are trained), however many threads there are, and
 * the parts are added in their order: equal seeds give equal bits with any number of threads, also
 * where a saved run goes on with another. `Finetuning` takes all texts in one part: its last bits are
 * others.
 *
 * @example
 * ```js
 * const run = await ParallelFinetuning.create(model, examples, { method: new Lora(), task, steps: 9 });
 * while (run.stepCount < 9) await run.step();
 * const files = saveAdapter(run.adapter());
 * await run.terminate();
 * ```
 */
export class ParallelFinetuning extends JointRun {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static override get name(): string {
    return "ParallelFinetuning";
  }

  readonly #joint: JointFinetuning;
  readonly #replicas: Replicas;
  /** What came of the last round, which the workers have not yet been told. */
  #unfinished: Work | undefined;

  private constructor(joint: JointFinetuning, replicas: Replicas) {
    super(joint);
    this.#joint = joint;
    this.#replicas = replicas;
  }

  /**
   * Starts the run and its workers. A rate that is not given is searched before, to the one that
   * `Finetuning` finds: the threads share out its short runs.
   *
   * @param model - as `loadEncoder` gave it; each worker loads it once more.
   * @throws as `Finetuning`; RangeError when `threads` is out of range; TypeError when
   * `workerUrl` is not a URL; UnsupportedError where there are no workers; Error when one does not start.
   */
  static async create(
    model: TextModel,
    examples: readonly Example[],
    options: ParallelFinetuneOptions,
    /** Called with how far the search is. @internal */
    report?: (progress: FinetuneProgress) => void,
  ): Promise<ParallelFinetuning> {
    const name = "ParallelFinetuning";
    const wanted = "an object with method, task and steps";
    const { threads, workerUrl, ...rest } = readOptions(name, options, names, wanted);
    const read = readThreads(name, { threads, workerUrl }, "Finetuning of lowrank/lora");
    const joint = JointFinetuning.begin(model, examples, rest);
    if (read.threads > 1 && joint.run.options.loss?.kind === "multiple-negatives") {
      throw new RangeError(
        `${name}: threads is ${read.threads}: it must be 1, for "multiple-negatives" compares all texts ` +
          "of a batch with each other",
      );
    }
    const start = { run: { examples, start: joint.start() } };
    const run = new ParallelFinetuning(joint, await Replicas.start(name, model, read, start));
    try {
      while (joint.searches) await run.#round(report);
      return run;
    } catch (error) {
      await run.terminate();
      throw error;
    }
  }

  /** Threads at work, the calling one among them. */
  get threads(): number {
    return this.#replicas.threads;
  }

  /**
   * The next update. The calling thread computes its part, so a page had better call it in a worker.
   * Calls of `step` and `predict` may overlap: each waits for those that were made before.
   *
   * @throws DivergenceError as `Finetuning.step`; Error when a worker failed or the run was
   * terminated.
   */
  step(): Promise<FinetuneProgress> {
    return this.#replicas.inTurn(async () => (await this.#round()) as FinetuneProgress);
  }

  /** The next update, or round of the search. */
  async #round(report?: (progress: FinetuneProgress) => void) {
    const { threads } = this;
    const goOn = this.#finish();
    const { own, answers } = await this.#replicas.together(
      (i) => ({ ...goOn, share: [[i, threads]] }),
      () => this.#joint.share([[0, threads]], report),
    );
    const shares = [own, ...answers.flatMap(({ work = [] }) => work)];
    if (shares.length < threads) throw new Error("ParallelFinetuning: a worker gave no answer");
    const all = workOfAll(shares);
    const progress = this.#joint.goOn(all);
    this.#unfinished = all;
    return progress;
  }

  /** As `Finetuning.predict`, shared out evenly. */
  async predict(texts: GivenTexts, batchSize = defaultBatchSize): Promise<Matrix> {
    const given = readPredict(texts, batchSize);
    return this.#replicas.inTurn(() => {
      const goOn = this.#finish();
      return this.#replicas.rowsOf(
        "predict",
        given,
        (some) => ({ ...goOn, predict: { texts: some, batchSize } }),
        (some) => this.#joint.run.scores(some, batchSize),
      );
    });
  }

  /** What the workers have to finish first. */
  #finish(): Pick<Request, "goOn"> {
    const goOn = this.#unfinished;
    this.#unfinished = undefined;
    return goOn === undefined ? {} : { goOn };
  }

  /** Stops the workers. What the calling thread holds can still be saved. */
  async terminate(): Promise<void> {
    await this.#replicas.terminate("the run was terminated");
  }
}
