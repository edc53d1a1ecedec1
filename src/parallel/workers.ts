// The workers that fit and that serve: their options, and how they are asked.
import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { Team } from "../threads/team.js";
import { TerminatedError } from "../threads/terminated-error.js";
import { absoluteUrl, checkWorkers } from "../threads/thread.js";
import { availableThreads } from "../threads/worker-team.js";
import { UnsupportedError } from "../wasm/index.js";
import { errorOf } from "./failure.js";
import type { Answer, Request } from "./protocol.js";

export interface ThreadOptions {
  /** Threads, beside the calling one; 1 .. 64. @defaultValue the processors that the host grants */
  threads?: number;
  /**
   * Where the threads' program is: the address of `lowrank/threads/fit-worker.js`, for bundlers that do
   * not follow the `new URL` of this package. @defaultValue the file of this package
   */
  workerUrl?: string | URL;
}

export interface FitThreadOptions extends ThreadOptions {
  /**
   * A thread is started for every so many entries, up to `threads`: one that has fewer costs about what it saves, for
   * each has a program to compile and work that all do alike. @defaultValue 100,000; 200,000 of interactions
   */
  entriesPerThread?: number;
}

/** With half as many entries two threads on two cores were slower than one (`npm run bench -- scale`). */
const defaultEntriesPerThread = { completion: 100_000, ranking: 200_000 };

/** The program of the threads: from src/parallel/ as from dist/chunks/, where the build puts this module. */
export const fitProgram = () => new URL("../threads/fit-worker.js", import.meta.url);

/**
 * Takes the options about threads out of the others.
 *
 * @param others - the names of these.
 * @param program - where that of the threads is, unless the options say it; asked once there are workers.
 */
export function readThreadOptions<Options extends object>(
  name: string,
  given: Options & ThreadOptions,
  others: OptionNames<Options>,
  program = fitProgram,
): { threads: number; url: URL; rest: Options } {
  const names = { ...others, threads: true, workerUrl: true };
  const read = readOptions<object & ThreadOptions>(name, given, names);
  const { threads = Math.min(availableThreads(), 64), workerUrl, ...rest } = read;
  checkInteger(name, "threads", threads, 1, 64);
  checkWorkers(name, "the function of the same name without Parallel");
  const url = absoluteUrl(name, workerUrl ?? program());
  return { threads, url, rest: rest as Options };
}

/** `readThreadOptions` of a fit. `threadsFor` says how many threads so many entries have work for. */
export function readFitThreads<Options extends object>(
  name: string,
  given: Options & FitThreadOptions,
  others: OptionNames<Options>,
  kind: keyof typeof defaultEntriesPerThread,
  program = fitProgram,
): { threadsFor: (entries: number) => number; url: URL; rest: Options } {
  const names = { ...others, entriesPerThread: true } as OptionNames<Options>;
  const read = readThreadOptions<Options>(name, given, names, program);
  const { entriesPerThread = defaultEntriesPerThread[kind], ...rest } = read.rest as Options &
    FitThreadOptions;
  checkInteger(name, "entriesPerThread", entriesPerThread, 1);
  return {
    threadsFor: (entries) =>
      Math.max(1, Math.min(read.threads, Math.floor(entries / entriesPerThread))),
    url: read.url,
    rest: rest as Options,
  };
}

/** The workers, asked as one: by requests of this package's program of threads, or of another's. */
export class Workers<
  Asked extends object = Request,
  Told extends Pick<Answer, "failure" | "error"> = Answer,
> {
  readonly #team: Team<Asked, Told>;

  constructor(
    readonly name: string,
    readonly size: number,
    url: URL,
  ) {
    try {
      this.#team = new Team(size, url);
    } catch (error) {
      throw new UnsupportedError(`${name}: a thread did not start: ${String(error)}`);
    }
  }

  /** @throws the error of the thread that failed first; TerminatedError where one has stopped. */
  async ask(request: (thread: number) => Asked): Promise<Told[]> {
    let answers: Told[];
    try {
      answers = await this.#team.askAll(request);
    } catch (error) {
      const { message, name } = error as Error;
      if (name === "DataCloneError") {
        throw new TypeError(`${this.name}: the data cannot be sent to a thread: ${message}`);
      }
      throw new TerminatedError(`${this.name}: ${message}: its work is lost`);
    }
    const failures = answers.flatMap(({ failure }) => failure ?? []);
    const failure = failures.find(({ second }) => !second) ?? failures[0];
    if (failure) throw errorOf(this.name, failure);
    return answers;
  }

  end(): Promise<void> {
    return this.#team.terminate();
  }
}
