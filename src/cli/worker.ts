// `lowrank worker`: a machine's part in fits that meet at a queue.
import { oneLine } from "./errors.js";
import { integer } from "./options.js";
import type { Command } from "./packages.js";
import { lockOption, onQueue, queueOption } from "./queue.js";

interface WorkerOptions {
  queue: string;
  threads?: number;
  atOnce: number;
  model?: string;
  lock: number;
}

/** `lowrank worker --queue URL` */
export function addWorker(program: Command): void {
  program
    .command("worker")
    .description(
      "compute shards of the fits of a queue, or whole ones, until it is stopped (Ctrl-C)",
    )
    .addOption(queueOption().makeOptionMandatory())
    .option(
      "--threads <n>",
      "threads for a shard or a fit (default: the processors)",
      integer(1, 64),
    )
    .option("--at-once <n>", "shards or fits that it holds at once", integer(1, 64), 1)
    .option("--model <dir>", "the model of fine-tuning runs (default: under the run's own path)")
    .addOption(lockOption())
    .addHelpText("after", examples)
    .action(run);
}

const examples = `
It reads the data itself: the files of \`lowrank train FILE --queue ...\` must be there under the same
path, as must the model of \`lowrank finetune --queue ...\`, unless --model says where it is here. What \`lowrank evaluate --queue ...\` fits is sent to it. It needs the packages bullmq and ioredis, beside lowrank.

Examples:
  lowrank worker --queue redis://localhost:6379
  lowrank worker --queue rediss://user:password@redis.example.com:6379 --threads 16
`;

async function run({ queue, threads, atOnce, model, lock }: WorkerOptions): Promise<void> {
  // Loaded by who asks for it.
  const { startWorker } = await import("../cluster/start-worker.js");
  const worker = await onQueue(() =>
    startWorker({
      connection: queue,
      atOnce,
      lock,
      ...(threads === undefined ? {} : { threads }),
      ...(model === undefined ? {} : { model }),
      report: (line) => console.log(oneLine(line)),
    }),
  );
  console.log(`${worker.name}: waits for shards`);
  await new Promise((stop) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  });
  await worker.close();
}
