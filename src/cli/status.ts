// `lowrank status`: who works for a queue, and on what.
import type { RunStatus } from "../cluster/status.js";
import type { WorkerInfo } from "../cluster/worker-list.js";
import { oneLine } from "./errors.js";
import type { Command } from "./packages.js";
import { onQueue, queueOption } from "./queue.js";

/** `lowrank status --queue URL` */
export function addStatus(program: Command): void {
  program
    .command("status")
    .description("list the workers and the fits of a queue")
    .addOption(queueOption().makeOptionMandatory())
    .option("--json", "print one JSON object")
    .action(run);
}

async function run({ queue, json }: { queue: string; json?: boolean }): Promise<void> {
  const { status } = await import("../cluster/status.js");
  const found = await onQueue(() => status({ connection: queue }));
  if (json) {
    console.log(JSON.stringify(found));
    return;
  }
  const { workers, runs } = found;
  const lines = [...workers.map(workerLine), ...runs.map(runLine)];
  if (workers.length === 0) lines.unshift("no workers");
  if (runs.length === 0) lines.push("no runs");
  for (const line of lines) console.log(oneLine(line));
}

function workerLine({ name, version, threads, shards }: WorkerInfo): string {
  const work = shards.length === 0 ? "waits" : `holds ${shards.join(", ")}`;
  return `worker ${name}, version ${version}, threads ${threads}: ${work}`;
}

function runLine({ run, state, failure, fit, shards, exchanges, bytes, ...more }: RunStatus) {
  const { takeovers, replayed, checkpoint, finished } = more;
  const step = fit ? `, step ${fit.step} of ${fit.totalSteps}` : "";
  const done = finished === 0 ? "" : `, ${finished} of them done`;
  const megabytes = (bytes / 1e6).toFixed(1);
  const kept = checkpoint === undefined ? "" : `, checkpoint at exchange ${checkpoint}`;
  const again = replayed === 0 ? "" : `, exchanges computed again ${replayed}`;
  return (
    `run ${run}: ${state}${failure ? `: ${failure}` : ""}${step}, shards ${shards}${done}, ` +
    `exchanges ${exchanges}${kept}, ${megabytes} MB, takeovers ${takeovers}${again}`
  );
}
