// Workers and coordinators as processes, which tests kill and stop.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Redis } from "ioredis";
import { afterAll } from "vitest";

const coordinator = fileURLToPath(new URL("coordinator.mjs", import.meta.url));
const finetuningCoordinator = fileURLToPath(new URL("finetuning-coordinator.mjs", import.meta.url));
export const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Of every lease in the tests, in milliseconds: the least that there may be. */
export const lock = 1000;

/** What the processes read and write. */
const folder = mkdtempSync(join(tmpdir(), "lowrank-processes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started = new Set<ChildProcess>();

/** What has not ended yet. */
export async function killAll(): Promise<void> {
  for (const child of started) {
    const ended = once(child, "exit");
    if (child.kill("SIGKILL")) await ended;
  }
  started.clear();
}

class Process {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = "";
  errors = "";

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    started.add(this.child);
    this.child.stdout?.on("data", (text) => {
      this.output += text;
    });
    this.child.stderr?.on("data", (text) => {
      this.errors += text;
    });
    this.ended = once(this.child, "exit").then(([code]) => {
      started.delete(this.child);
      return code as number | null;
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }
}

/** A command. */
export class Command extends Process {
  constructor(...args: string[]) {
    super(command, ...args);
  }
}

/** A worker, once it waits for shards: for so many at once, each on so many threads. */
export async function startWorker(
  url: string,
  atOnce: number,
  { threads = 1, main = command, model = "" } = {},
): Promise<Process> {
  const worker = new Process(
    ...[main, "worker", "--queue", url, "--threads", String(threads)],
    ...["--at-once", String(atOnce), "--lock", String(lock)],
    ...(model === "" ? [] : ["--model", model]),
  );
  await until(() => worker.output.includes("waits for shards") || worker.child.exitCode !== null);
  return worker;
}

/** A coordinator. */
export class Fit extends Process {
  readonly #model: string;

  constructor(source: string, url: string, options: object) {
    const model = join(mkdtempSync(join(folder, "fit-")), "model");
    super(coordinator, source, model, JSON.stringify({ connection: url, lock, ...options }));
    this.#model = model;
  }

  get progress() {
    const lines = this.output.split("\n");
    return JSON.parse(lines.at(-2) || '{"exchanges":-1,"held":0,"refused":[]}');
  }

  /** Waits for as many exchanges. */
  reaches(exchanges: number): Promise<void> {
    return until(() => this.progress.exchanges >= exchanges || this.child.exitCode !== null);
  }

  /** The bytes of the model. */
  async model(): Promise<Uint8Array> {
    if ((await this.ended) !== 0) throw new Error(this.errors);
    return new Uint8Array(readFileSync(this.#model));
  }
}

/** A coordinator of a fine-tuning run, whose output is the step that it has reached. */
export class FinetuningRun extends Process {
  constructor(folder: string, examples: object, options: object) {
    const given = join(mkdtempSync(join(folder, "finetuning-")), "options.json");
    writeFileSync(given, JSON.stringify({ examples, options: { lock, ...options } }));
    super(finetuningCoordinator, folder, given);
  }

  reaches(step: number): Promise<void> {
    return until(() => Number(this.output.split("\n").at(-2)) >= step);
  }
}

/** Fails where it waits for minutes: a suite that hangs says nothing. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited two minutes for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process that holds a shard, as Redis knows it. */
export async function holderOf(client: Redis, run: string, shard: number): Promise<number> {
  let token: string | null = null;
  await until(async () => {
    token = await client.hget(`lowrank:{${run}}:holders`, String(shard));
    return token !== null;
  });
  return Number(/:(\d+) /.exec(String(token))?.[1]);
}

/** Kills the process that holds a shard, where it has not been killed already. */
export async function killHolder(
  client: Redis,
  fit: Fit,
  run: string,
  shard: number,
): Promise<void> {
  await until(async () => {
    try {
      const holder = await holderOf(client, run, shard);
      return fit.child.exitCode !== null || process.kill(holder, "SIGKILL");
    } catch {
      return false;
    }
  });
}
