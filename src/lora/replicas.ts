// The threads that hold the same model: the calling one, and a team of workers (worker.ts).
import { checkInteger } from "../check/values.js";
import { Matrix } from "../linalg/matrix.js";
import { Team } from "../threads/team.js";
import { absoluteUrl, checkWorkers } from "../threads/thread.js";
import { givenKernels } from "../wasm/index.js";
import { evenParts } from "./batches.js";
import { NotFiniteError } from "./check.js";
import type { TextInput } from "./text-input.js";
import type { TextModel } from "./text-model.js";
import type { Answer, Request, Start } from "./worker-protocol.js";

export interface ReplicaOptions {
  /** Threads, the calling one among them; 1 .. 64. The result does not depend on it. @defaultValue 2 */
  threads?: number;
  /**
   * Where the workers' program is: the address of `lowrank/lora/worker.js`, for bundlers that do not
   * follow `new URL("../lora/worker.js", import.meta.url)`. @defaultValue the file of this package
   */
  workerUrl?: string | URL;
}

/** How many threads, and where their program is. */
export interface Threads {
  threads: number;
  url: URL;
}

/**
 * @param instead - what to use where there are no workers.
 * @throws RangeError, TypeError or UnsupportedError, for the class `name`.
 */
export function readThreads(
  name: string,
  { threads = 2, workerUrl }: { [Name in keyof ReplicaOptions]: ReplicaOptions[Name] | undefined },
  instead: string,
): Threads {
  checkInteger(name, "threads", threads, 1, 64);
  checkWorkers(name, instead);
  // From src/lora/ as from dist/chunks/, where the build puts this module.
  const url = absoluteUrl(name, workerUrl ?? new URL("../lora/worker.js", import.meta.url));
  return { threads, url };
}

export class Replicas {
  readonly #name: string;
  readonly #team: Team<Request, Answer>;
  /** Settles, and never rejects, when the call that was made last is done. */
  #lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(name: string, team: Team<Request, Answer>) {
    this.#name = name;
    this.#team = team;
  }

  /**
   * Starts the workers, each with the model once more.
   *
   * @param name - of the class, for messages.
   * @param task - what they need to know besides.
   * @throws Error when one does not start.
   */
  static async start(
    name: string,
    { encoder, files }: TextModel,
    { threads, url }: Threads,
    task: Pick<Start, "run" | "texts">,
  ): Promise<Replicas> {
    const { dtype, recompute, parameters } = encoder;
    const encoderOptions = { dtype, recompute, weightStorage: parameters.storage };
    const start = { kernels: givenKernels(), files, encoderOptions, ...task };
    const team = new Team<Request, Answer>(threads - 1, url);
    const replicas = new Replicas(name, team);
    try {
      await team.askAll(() => ({ start }));
    } catch (error) {
      await team.terminate();
      throw replicas.#named(error);
    }
    return replicas;
  }

  /** Threads at work, the calling one among them. */
  get threads(): number {
    return 1 + this.#team.size;
  }

  /** Stops the workers. */
  async terminate(reason: string): Promise<void> {
    await this.#team.terminate(reason);
  }

  /** Does the work when all calls before it are done, whatever has become of them. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(() => {
      const { ended } = this.#team;
      if (ended !== undefined) throw this.#named(new Error(ended));
      return work();
    });
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /**
   * Asks every worker, numbered from 1, and meanwhile does the calling thread's own part. Settles when
   * all have answered: the next call finds them idle.
   */
  async together<T>(request: (i: number) => Request, work: () => T) {
    const pending = this.#team.askAll((i) => request(i + 1));
    let own: T;
    try {
      own = work();
    } catch (error) {
      // The next call must find the workers idle, and this one says what went wrong first.
      await pending.catch(() => {});
      throw error;
    }
    try {
      return { own, answers: await pending };
    } catch (error) {
      throw this.#named(error);
    }
  }

  /**
   * A row of numbers for each text: the threads take neighbours, about equally long together.
   *
   * @param what - the function, for the message of a text whose numbers are not finite.
   */
  async rowsOf(
    what: string,
    texts: readonly TextInput[],
    request: (some: readonly TextInput[]) => Request,
    work: (some: readonly TextInput[]) => Matrix,
  ): Promise<Matrix> {
    const lengths = texts.map(({ text, pair = "" }) => 1 + text.length + pair.length);
    const threadOf = evenParts(lengths, this.threads);
    const first = (i: number) => threadOf.filter((thread) => thread < i).length;
    const starts = Array.from({ length: this.threads + 1 }, (_, i) => first(i));
    const { own, answers } = await this.together(
      (i) => request(texts.slice(starts[i], starts[i + 1])),
      () => work(texts.slice(0, starts[1])),
    );
    const result = Matrix.zeros(texts.length, own.cols, { dtype: own.dtype });
    result.data.set(own.data);
    answers.forEach(({ rows, notFinite, refused }, i) => {
      const start = starts[i + 1];
      if (notFinite) throw new NotFiniteError(what, start + notFinite.text, notFinite.reason);
      if (refused) throw refused;
      if (!rows) throw this.#named(new Error("a worker gave no answer"));
      result.data.set(rows, start * own.cols);
    });
    return result;
  }

  /** What a team says, in the words of the class. */
  #named(error: unknown): Error {
    return new Error(`${this.#name}: ${(error as Error).message}`);
  }
}
