// One worker, the same to use in Node, Deno, Bun and browsers.
import { invalidValue } from "../check/describe.js";
import { threadProgram } from "../wasm/for-threads.js";
import { UnsupportedError } from "../wasm/index.js";

/** A worker that answers each message with one of its own. */
export interface Thread {
  post(message: object): void;
  /** Whether the process stays alive for it; where there is no process, nothing. */
  keepAlive(on: boolean): void;
  terminate(): unknown;
}

interface ThreadEvents {
  answer(data: { error?: string }): void;
  /** The worker did not start or has stopped; no answer will come. */
  stopped(reason: string): void;
}

/** Bun's web workers can be let go of as Node's threads can. */
type WebWorker = Worker & { ref?(): void; unref?(): void };
type WebWorkerClass = new (url: URL | string, options: WorkerOptions) => WebWorker;

/** Node's threads, where there are any. Not an import: bundlers for browsers need resolve nothing. */
const workerThreads = () => globalThis.process?.getBuiltinModule?.("node:worker_threads");

/**
 * Refuses, for the function `name`, a runtime that has no workers: `instead` is what to use there.
 * @throws UnsupportedError
 */
export function checkWorkers(name: string, instead: string): void {
  if ("Worker" in globalThis || workerThreads()) return;
  throw new UnsupportedError(`${name}: this runtime has no workers: use ${instead}`);
}

/** The address of a worker's program; one without a host is the page's. */
export function absoluteUrl(name: string, workerUrl: string | URL): URL {
  const { location } = globalThis as { location?: Location };
  try {
    return new URL(workerUrl, location?.href);
  } catch {
    throw invalidValue(name, "workerUrl", workerUrl, "a URL", TypeError);
  }
}

/** Starts a worker of the inlined program, or of `url`, where `checkWorkers` found some. */
export function startThread(events: ThreadEvents, url?: URL): Thread {
  const { Worker: Web } = globalThis as { Worker?: WebWorkerClass };
  const node = workerThreads();
  // Deno's web workers keep a process alive whatever one does; the Node workers it has do not.
  if (Web && (!node || "unref" in Web.prototype)) return webThread(Web, events, url);
  return nodeThread(node as NonNullable<typeof node>, events, url);
}

function nodeThread(
  { Worker }: NonNullable<ReturnType<typeof workerThreads>>,
  events: ThreadEvents,
  url?: URL,
): Thread {
  const program = url ?? new URL(`data:text/javascript,${encodeURIComponent(threadProgram())}`);
  // Without the process's own flags: its loaders and preloaded modules are not for this worker.
  const worker = new Worker(program, { execArgv: [], name: "lowrank" });
  worker.on("message", (data) => events.answer(data));
  worker.on("error", (error) => events.stopped(String(error)));
  worker.on("exit", (code) => events.stopped(`it ended with code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    keepAlive: (on) => (on ? worker.ref() : worker.unref()),
    terminate: () => worker.terminate(),
  };
}

function webThread(Web: WebWorkerClass, events: ThreadEvents, url?: URL): Thread {
  // Not a data: URL: its origin is opaque, and memory is shared within one origin only.
  const blob = url ? undefined : new Blob([threadProgram()], { type: "text/javascript" });
  const program = blob ? URL.createObjectURL(blob) : (url as URL);
  const worker = new Web(program, { type: "module", name: "lowrank" });
  worker.onmessage = ({ data }) => events.answer(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    events.stopped(event.message || "its program did not load");
  };
  return {
    post: (message) => worker.postMessage(message),
    keepAlive: (on) => (on ? worker.ref?.() : worker.unref?.()),
    terminate() {
      worker.terminate();
      if (blob) URL.revokeObjectURL(program as string);
    },
  };
}
