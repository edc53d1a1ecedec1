// Fine-tuning on workers that are processes, as they are built, over a Redis of their own.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { ClusterFinetuning, status } from "../../dist/cluster/index.js";
import { Lora, loadEncoder } from "../../dist/lora/index.js";
import { readModelFolder } from "../../dist/lora/node.js";
import { ParallelFinetuning } from "../../dist/lora/threads.js";
import type { ClusterFinetuneOptions } from "../../src/cluster/cluster-finetuning.js";
import { testWith } from "../helpers/needs.js";
import { tinyModel, writeTinyModel } from "../helpers/text-models.js";
import { command, FinetuningRun, killAll, lock, startWorker, until } from "./processes.js";
import { missingRedis, type OwnRedis, startRedis } from "./redis.js";

const test = testWith(missingRedis);
const words = ["abc", "de fgh", "ij klm nop", "q", "rst uvw xyz ab c d e f g"];
const examples = Array.from({ length: 20 }, (_, i) => ({
  text: words[i % 5],
  pair: words[(i * i + 2) % 5],
  label: i % 2,
}));
const task = { kind: "classification", labels: ["no", "yes"] } as const;
const method = { rank: 4, seed: 3 };
/** Its rate is searched by short runs: three rounds, or four. */
const settings = { task, steps: 60, batchSize: 7, seed: 5 };
const folder = mkdtempSync(join(tmpdir(), "lowrank-cluster-lora-"));
let redis: OwnRedis;
let expected: Uint8Array;

async function onThreads(options: object) {
  const run = await ParallelFinetuning.create(loadEncoder(tinyModel()), examples, {
    ...{ ...settings, method: new Lora(method), ...options },
  });
  while (run.stepCount < settings.steps) await run.step();
  await run.terminate();
  return run.save();
}

const options = (run: string, more: object = {}): ClusterFinetuneOptions => ({
  ...{ ...settings, method: new Lora(method), connection: redis.url, run, shards: 3, lock },
  ...more,
});

const create = (run: string, more: object = {}) =>
  ClusterFinetuning.create(loadEncoder(readModelFolder(folder)), examples, options(run, more));

async function finished(run: InstanceType<typeof ClusterFinetuning>): Promise<Uint8Array> {
  while (run.stepCount < settings.steps) await run.step();
  const saved = run.save();
  await run.terminate();
  return saved;
}

beforeAll(async () => {
  if (missingRedis) return;
  writeTinyModel(folder);
  [redis, expected] = await Promise.all([startRedis(), onThreads({ threads: 2 })]);
});
afterEach(killAll);
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

/** As `create`, in a process. */
const begin = (run: string) => new FinetuningRun(folder, examples, { ...options(run), method });

test("1, 2 and 3 workers find the rate and the bits of threads", async () => {
  for (const threads of [[3], [1, 2], [1, 1, 1]]) {
    await Promise.all(threads.map((count) => startWorker(redis.url, count)));
    const run = await create(`workers-${threads.length}`);
    expect(await finished(run)).toEqual(expected);
    expect(run.clusterProgress).toMatchObject({ shards: 3, takeovers: 0 });
    expect(run.clusterProgress.bytes).toBeGreaterThan(60 * 4 * run.trainableParameters);
    await killAll();
  }
  expect(await redis.client.keys("lowrank:{*")).toEqual([]);
});

test("so do they when a worker is killed, asleep beyond its lease or new; the run is saved on the way", async () => {
  const workers = await Promise.all([1, 1, 1].map((count) => startWorker(redis.url, count)));
  const run = await create("killed", { learningRate: 0.01 });
  const [killed, sleeper] = workers;
  while (run.stepCount < 20) await run.step();
  process.kill(killed.pid, "SIGKILL");
  sleeper.child.kill("SIGSTOP");
  await startWorker(redis.url, 2, { threads: 3 });
  while (run.stepCount < 40) await run.step();
  sleeper.child.kill("SIGCONT");
  const saved = await finished(run);
  expect(saved).toEqual(await onThreads({ threads: 1, learningRate: 0.01 }));
  expect(run.clusterProgress.takeovers).toBeGreaterThanOrEqual(2);
});

test("when the coordinator is killed, another one resumes where it saved the run last", async () => {
  const first = begin("led");
  await startWorker(redis.url, 3);
  await first.reaches(20);
  first.child.kill("SIGKILL");
  const run = await create("led", { resume: true });
  expect(run.stepCount).toBeGreaterThanOrEqual(10);
  expect(await finished(run)).toEqual(expected);
});

test("what was saved goes on in a new run, and on threads", async () => {
  await startWorker(redis.url, 3);
  const run = await create("first");
  while (run.stepCount < 30) await run.step();
  const state = run.save();
  await run.terminate();
  const { runs } = await status({ connection: redis.url });
  expect(runs.find((one) => one.run === "first")).toMatchObject({ state: "stopped" });
  expect(await finished(await create("second", { state }))).toEqual(expected);
  expect(await onThreads({ threads: 2, resume: state })).toEqual(expected);
});

test("a worker with other weights is refused by name, unless it is told where the run's are", async () => {
  const other = join(folder, "other");
  writeTinyModel(other);
  const weights = join(other, "model.safetensors");
  const bytes = readFileSync(weights);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(weights, bytes);
  const worker = await startWorker(redis.url, 3, { model: other });
  const run = create("weights").then(finished);
  await expect(run).rejects.toThrow(
    /run weights has failed: \S+: shard \d: .*other: it is not the model that the run began with/,
  );
  await until(() => worker.output.includes("its hash differs"));
  await killAll();
  await startWorker(redis.url, 3, { model: folder });
  const again = create("weights", { resume: true, folder: join(folder, "nowhere") });
  expect(await finished(await again)).toEqual(expected);
});

test("options that are wrong are refused before anything is begun", async () => {
  const cases: [object, string][] = [
    [{ connection: "http://host" }, "ClusterFinetuning: connection is not such an address"],
    [{ shards: 0 }, "ClusterFinetuning: shards is 0"],
    [{ threads: 2 }, 'ClusterFinetuning: there is no option "threads"'],
    [{ steps: -1 }, "finetune: steps is -1"],
    [{ method: 1 }, "finetune: method is 1"],
    [{ resume: true, run: "nobody" }, "ClusterFinetuning: there is no run nobody to go on with"],
  ];
  for (const [more, message] of cases) await expect(create("wrong", more)).rejects.toThrow(message);
  const model = loadEncoder(tinyModel());
  await expect(ClusterFinetuning.create(model, examples, options("wrong"))).rejects.toThrow(
    "ClusterFinetuning: folder is left out",
  );
});

test("the command adapts on a queue what it adapts on threads, and can resume", async () => {
  await startWorker(redis.url, 2);
  const file = join(folder, "train.csv");
  const lines = examples.map(({ text, pair, label }) => `${text},${pair},${label}\n`);
  writeFileSync(file, `text,pair,label\n${lines.join("")}`);
  const run = async (...more: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[command, "finetune", "--model", folder, "--train", file, "--text-columns", "text,pair"],
      ...["--label-column", "label", "--steps", "40", "--rank", "4", "--json", ...more],
    ]);
    return JSON.parse(stdout);
  };
  const adapter = (name: string) => readFileSync(join(folder, name, "adapter_model.safetensors"));
  const queued = await run(
    "--queue",
    redis.url,
    "--run",
    "command",
    "--shards",
    "2",
    "--out",
    join(folder, "a"),
  );
  expect(queued).toMatchObject({ run: "command", shards: 2, takeovers: 0 });
  await run("--threads", "2", "--out", join(folder, "b"));
  expect(adapter("a")).toEqual(adapter("b"));
  const wrong = run("--queue", redis.url, "--threads", "2");
  await expect(wrong).rejects.toMatchObject({ code: 2 });
  await expect(wrong).rejects.toThrow("--threads is not for --queue");
});
