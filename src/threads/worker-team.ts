// The workers of a pool: they share a memory, and all work on one list at a time.
import type { Binding } from "../wasm/for-threads.js";
import { UnsupportedError } from "../wasm/index.js";
import type { Answer, Request } from "./protocol.js";
import { Team } from "./team.js";
import { absoluteUrl, checkWorkers } from "./thread.js";

/** The processors that the host grants this process. */
export function availableThreads(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  if (navigator?.hardwareConcurrency) return navigator.hardwareConcurrency;
  // Node 20 has no navigator.
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  return os?.availableParallelism() ?? 1;
}

/** The team of a pool, started. @throws UnsupportedError where threads cannot share memory or start. */
export function startTeam(size: number, workerUrl?: string | URL): Team<Request, Answer> {
  checkShared();
  checkWorkers("ThreadPool.create", "matmul of lowrank");
  const url = workerUrl === undefined ? undefined : absoluteUrl("ThreadPool.create", workerUrl);
  try {
    return new Team(size, url);
  } catch (error) {
    throw error instanceof UnsupportedError ? error : unstarted(String(error));
  }
}

/** Gives every worker its share of the memory. @throws UnsupportedError when one did not start. */
export async function bindTeam(
  team: Team<Request, Answer>,
  binding: (worker: number) => Binding,
): Promise<void> {
  try {
    await team.askAll((i) => ({ binding: binding(i) }));
  } catch (error) {
    throw unstarted((error as Error).message.replace(/^a worker stopped: /, ""));
  }
}

function unstarted(reason: string): UnsupportedError {
  return new UnsupportedError(
    `ThreadPool.create: a worker did not start: ${reason}: where a Content-Security-Policy ` +
      "refuses blob: as worker-src, serve lowrank/threads/worker.js and pass its address as workerUrl",
  );
}

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
