// The workers of a pool, who all work on one list at a time.
import { type Assignment, UnsupportedError } from "../wasm/index.js";
import { absoluteUrl, checkWorkers, startThread, type Thread } from "./thread.js";

/** The processors that the host grants this process. */
export function availableThreads(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  if (navigator?.hardwareConcurrency) return navigator.hardwareConcurrency;
  // Node 20 has no navigator.
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  return os?.availableParallelism() ?? 1;
}

export class WorkerTeam {
  /** Told when the workers are stopped from outside, while they work or rest. */
  onEnd: (reason: string) => void = () => {};
  readonly #threads: Thread[] = [];
  /** Settles the list under way when all have answered. */
  #settle: { resolve(): void; reject(error: Error): void } | undefined;
  #unanswered = 0;
  #firstError: string | undefined;
  #terminated = false;

  /** @throws UnsupportedError where threads cannot share memory or workers cannot start. */
  constructor(size: number, workerUrl?: string | URL) {
    checkShared();
    checkWorkers("ThreadPool.create", "matmul of lowrank");
    const url = workerUrl === undefined ? undefined : absoluteUrl("ThreadPool.create", workerUrl);
    try {
      for (let i = 0; i < size; i++) {
        this.#threads.push(
          startThread(
            {
              answer: ({ error }) => this.#answered(error),
              stopped: (reason) => this.#stopped(reason),
            },
            url,
          ),
        );
      }
    } catch (error) {
      this.terminate();
      throw error instanceof UnsupportedError ? error : unstarted(String(error));
    }
  }

  get size(): number {
    return this.#threads.length;
  }

  /** Starts every worker on its share of the memory. */
  async bind(binding: (worker: number) => Assignment["binding"] & object): Promise<void> {
    try {
      await this.#assign((i) => ({ binding: binding(i), tiles: new Uint32Array() }));
    } catch (error) {
      throw unstarted((error as Error).message);
    }
  }

  /** Resolves when the list is done. A team computes one list at a time. */
  compute(tiles: Assignment["tiles"]): Promise<void> {
    return this.#assign(() => ({ tiles }));
  }

  /** Stops the workers at once, also while they work. */
  async terminate(): Promise<void> {
    this.#terminated = true;
    this.#settle?.reject(new Error("terminated"));
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #assign(assignment: (worker: number) => Assignment): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#unanswered = this.size;
      this.#firstError = undefined;
      this.#threads.forEach((thread, i) => {
        thread.keepAlive(true);
        thread.post(assignment(i));
      });
    });
  }

  #answered(error?: string): void {
    this.#firstError ??= error;
    if (--this.#unanswered > 0) return;
    for (const thread of this.#threads) thread.keepAlive(false);
    if (this.#firstError === undefined) this.#settle?.resolve();
    else this.#settle?.reject(new Error(`a worker failed: ${this.#firstError}`));
  }

  #stopped(reason: string): void {
    if (this.#terminated) return;
    this.#settle?.reject(new Error(reason));
    this.terminate();
    this.onEnd(`a worker stopped: ${reason}`);
  }
}

function unstarted(reason: string): UnsupportedError {
  return new UnsupportedError(
    `ThreadPool.create: a worker did not start: ${reason}: where a Content-Security-Policy ` +
      "refuses blob: as worker-src, serve lowrank/threads/worker.js and pass its address as workerUrl",
  );
}

/** @throws TypeError when it is not an address. */
/** @throws UnsupportedError where a memory cannot be sent to a worker. */
function checkShared(): void {
  // A page without the headers may make a shared memory, but not send it.
  if (globalThis.crossOriginIsolated === false) {
    throw new UnsupportedError(
      "ThreadPool.create: this page may not share memory with workers: serve it with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  if (typeof SharedArrayBuffer === "undefined") {
    throw new UnsupportedError(
      "ThreadPool.create: this runtime has no shared memory: use matmul of lowrank",
    );
  }
}
