// A worker as an object of functions: the page calls them, and awaits what they return.

/** Functions that a worker serves. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments of any function
export type Functions = Record<string, (...args: any[]) => unknown>;

/** How far a call is: step `step` of `total`, and what is being done. */
export interface Step {
  step: number;
  total: number;
  text: string;
}

interface Question {
  id: number;
  name: string;
  args: unknown[];
}
type Answer =
  | { id: number; value: unknown }
  | { id: number; message: string }
  | { id: number; progress: Step | unknown };

/** Why a call ends that was stopped. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

interface Pending {
  resolve(value: never): void;
  reject(error: Error): void;
  onProgress: ((progress: never) => void) | undefined;
}

/** The page's side. The worker starts at the first call, and anew after `stop`. */
export class Remote<F extends Functions> {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #calls = 0;

  /** @param page - whose worker it is: assets/PAGE-worker.js. */
  constructor(readonly page: string) {
    // A page that is left and kept for the way back keeps no worker.
    addEventListener("pagehide", () => this.stop());
  }

  /** @param onProgress - gets what the worker reports while it is at this call. */
  call<K extends keyof F & string>(
    name: K,
    args: Parameters<F[K]>,
    onProgress?: (progress: never) => void,
  ): Promise<Awaited<ReturnType<F[K]>>> {
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#running().postMessage({ id, name, args } satisfies Question);
    });
  }

  /** Ends the worker, whatever it is at; what it held is gone. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#fail(new StoppedError("stopped"));
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const program = new URL(/* @vite-ignore */ `./${this.page}-worker.js`, import.meta.url);
    const worker = new Worker(program, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answered(data);
    worker.onerror = ({ message }) => {
      this.stop();
      this.#fail(new Error(message));
    };
    this.#worker = worker;
    return worker;
  }

  #answered(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    if (!pending) return;
    if ("progress" in answer) {
      pending.onProgress?.(answer.progress as never);
      return;
    }
    this.#pending.delete(answer.id);
    if ("message" in answer) pending.reject(new Error(answer.message));
    else pending.resolve(answer.value as never);
  }

  #fail(error: Error): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}
