import { checkInteger } from "../linalg/check-option.js";
import { Matrix } from "../linalg/matrix.js";
import { type OptionNames, readOptions } from "../linalg/options.js";
import { absoluteUrl, checkWorkers, startThread, type Thread } from "../threads/thread.js";
import { type FloatArray, givenKernels } from "../wasm/index.js";
import type { Adapter } from "./adapter.js";
import { NotFiniteError } from "./check.js";
import { type FinetuneProgress, Finetuning } from "./finetune.js";
import { type Example, type FinetuneOptions, finetuneNames } from "./finetune-options.js";
import type { TextInput } from "./text-input.js";
import { checkTexts } from "./text-input.js";
import type { TextModel } from "./text-model.js";
import type { Answer, Request } from "./worker-protocol.js";

export interface ParallelFinetuneOptions extends FinetuneOptions {
  /** Threads, the calling one among them; 1 .. 64. @defaultValue 2 */
  threads?: number;
  /**
   * Where the workers' program is: the address of `lowrank/lora/worker.js`, for bundlers that do not
   * follow `new URL("./worker.js", import.meta.url)`. @defaultValue the file beside this module
   */
  workerUrl?: string | URL;
}

const names: OptionNames<ParallelFinetuneOptions> = {
  ...finetuneNames,
  ...{ threads: true, workerUrl: true },
};

/** A worker and what waits for its answer. */
interface Member {
  thread: Thread;
  settle?: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
}

/**
 * `Finetuning` on several threads: each computes the gradients of a part of a step's texts, and all
 * make the same update by their sum. Needs no shared memory, so it works in Node, Deno, Bun and any
 * page; every thread holds the model once. Deno must be allowed to read the file of the workers'
 * program (`--allow-read`).
 *
 * A step of n threads takes little more than an nth of the time. It adds the gradients up in another
 * order than one thread does: equal seeds and equal numbers of threads give equal bits.
 *
 * @example
 * ```js
 * const run = await ParallelFinetuning.create(model, examples, { method: new Lora(), task, steps: 9 });
 * while (run.stepCount < 9) await run.step();
 * const files = saveAdapter(run.adapter());
 * await run.terminate();
 * ```
 */
export class ParallelFinetuning {
  readonly #own: Finetuning;
  readonly #members: Member[] = [];
  /** The sum of the last step, which the workers have not yet been told. */
  #unfinished: FloatArray | undefined;
  /** Why there are no workers any more. */
  #ended: string | undefined;
  /** Settles, and never rejects, when the call that was made last is done. */
  #lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(own: Finetuning) {
    this.#own = own;
  }

  /**
   * Starts the run and its workers.
   *
   * @param model - as `loadEncoder` gave it; each worker loads it once more.
   * @throws as `Finetuning`; RangeError when `threads` is out of range; TypeError when
   * `workerUrl` is not a URL; UnsupportedError where there are no workers; Error when one does not start.
   */
  static async create(
    model: TextModel,
    examples: readonly Example[],
    options: ParallelFinetuneOptions,
  ): Promise<ParallelFinetuning> {
    const name = "ParallelFinetuning";
    const wanted = "an object with method, task and steps";
    const { threads = 2, workerUrl, ...rest } = readOptions(name, options, names, wanted);
    checkInteger(name, "threads", threads, 1, 64);
    checkWorkers(name, "Finetuning of lowrank/lora");
    const url = absoluteUrl(name, workerUrl ?? new URL("./worker.js", import.meta.url));
    const run = new ParallelFinetuning(new Finetuning(model, examples, rest));
    const { dtype, recompute, parameters } = model.encoder;
    const encoder = { dtype, recompute, weightStorage: parameters.storage };
    const start = {
      ...{ kernels: givenKernels(), files: model.files, encoder, examples },
      replica: run.#own.replica(),
    };
    try {
      for (let i = 1; i < threads; i++) run.#addMember(url);
      await Promise.all(run.#members.map((member) => run.#ask(member, { start })));
    } catch (error) {
      await run.terminate();
      throw error;
    }
    return run;
  }

  /** Threads at work, the calling one among them. */
  get threads(): number {
    return 1 + this.#members.length;
  }

  /** As `Finetuning.newTensors`. */
  get newTensors(): readonly string[] {
    return this.#own.newTensors;
  }

  /** Steps done. */
  get stepCount(): number {
    return this.#own.stepCount;
  }

  /** Numbers that are trained, those of the head included. */
  get trainableParameters(): number {
    return this.#own.trainableParameters;
  }

  /**
   * The next update. The calling thread computes its part, so a page had better call it in a worker.
   * Calls of `step` and `predict` may overlap: each waits for those that were made before.
   *
   * @throws DivergenceError as `Finetuning.step`; Error when a worker failed or the run was
   * terminated.
   */
  step(): Promise<FinetuneProgress> {
    return this.#inTurn(async () => {
      const parts = this.threads;
      const { own, answers } = await this.#together(
        (part) => ({ part: { part, parts } }),
        () => this.#own.partOfStep(0, parts),
      );
      let { loss } = own;
      const sum = own.gradients;
      for (const { part } of answers) {
        if (!part) throw new Error("ParallelFinetuning: a worker gave no answer");
        loss += part.loss;
        for (let i = 0; i < sum.length; i++) sum[i] += part.gradients[i];
      }
      this.#own.checkLoss(loss);
      this.#own.finishStep(sum);
      this.#unfinished = sum;
      return { step: this.stepCount, loss };
    });
  }

  /** As `Finetuning.predict`, shared out evenly. */
  async predict(texts: readonly TextInput[], batchSize = 32): Promise<Matrix> {
    checkTexts("predict", "text", texts);
    const given = texts.slice();
    return this.#inTurn(async () => {
      const cut = (i: number) => Math.round((i * given.length) / this.threads);
      const { own, answers } = await this.#together(
        (i) => ({ predict: { texts: given.slice(cut(i), cut(i + 1)), batchSize } }),
        () => this.#own.predict(given.slice(0, cut(1)), batchSize),
      );
      const result = Matrix.zeros(given.length, own.cols, { dtype: own.dtype });
      result.data.set(own.data);
      answers.forEach(({ scores, notFinite }, i) => {
        if (notFinite) {
          throw new NotFiniteError("predict", cut(i + 1) + notFinite.text, notFinite.reason);
        }
        if (!scores) throw new Error("ParallelFinetuning: a worker gave no answer");
        result.data.set(scores, cut(i + 1) * own.cols);
      });
      return result;
    });
  }

  /** As `Finetuning.adapter`. */
  adapter(): Adapter {
    return this.#own.adapter();
  }

  /** As `Finetuning.save`; to be resumed with any number of threads. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#own.save();
  }

  /** Stops the workers. What the calling thread holds can still be saved. */
  async terminate(): Promise<void> {
    this.#end("the run was terminated");
    await Promise.all(this.#members.map(({ thread }) => thread.terminate()));
  }

  #addMember(url: URL): void {
    const member: Member = {
      thread: startThread(
        {
          answer: (answer: Answer) => {
            member.thread.keepAlive(false);
            const { settle } = member;
            member.settle = undefined;
            if (answer.error === undefined) settle?.resolve(answer);
            else settle?.reject(new Error(`ParallelFinetuning: a worker failed: ${answer.error}`));
          },
          stopped: (reason) => this.#end(`a worker stopped: ${reason}`),
        },
        url,
      ),
    };
    this.#members.push(member);
  }

  /** Rejects all that is waited for. */
  #end(reason: string): void {
    this.#ended ??= reason;
    for (const member of this.#members) {
      member.settle?.reject(new Error(`ParallelFinetuning: ${this.#ended}`));
      member.settle = undefined;
    }
  }

  /** Does the work when all calls before it are done, whatever has become of them. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(() => {
      if (this.#ended !== undefined) throw new Error(`ParallelFinetuning: ${this.#ended}`);
      return work();
    });
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /**
   * Asks every worker, numbered from 1, sends it what it has to finish first, and meanwhile does the
   * calling thread's own part. Settles when all have answered: the next call finds them idle.
   */
  async #together<T>(request: (i: number) => Request, work: () => T) {
    const finish = this.#unfinished === undefined ? {} : { finish: this.#unfinished };
    this.#unfinished = undefined;
    const asked = Promise.allSettled(
      this.#members.map((member, i) => this.#ask(member, { ...finish, ...request(i + 1) })),
    );
    let own: T;
    try {
      own = work();
    } finally {
      await asked;
    }
    const answers = (await asked).map((answer) => {
      if (answer.status === "rejected") throw answer.reason;
      return answer.value;
    });
    return { own, answers };
  }

  #ask(member: Member, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(new Error(`ParallelFinetuning: ${this.#ended}`));
        return;
      }
      member.thread.post(request);
      member.settle = { resolve, reject };
      member.thread.keepAlive(true);
    });
  }
}
