// Fits on workers that are processes, as they are built, over a Redis of their own.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { completeMatrix } from "../../dist/index.js";
import { testWith } from "../helpers/needs.js";
import { uniform } from "../helpers/random.js";
import { buildRatings } from "../helpers/ratings.js";
import { writeRatings } from "./data.js";
import { Fit, holderOf, killAll, killHolder, startWorker, until } from "./processes.js";
import { missingRedis, type OwnRedis, startRedis } from "./redis.js";

const test = testWith(missingRedis);

// Three blocks of rows, so three shards.
const { observed } = buildRatings({
  ...{ rows: 500, cols: 200, rank: 3, observed: 0.45, noise: 0.5, seed: 4 },
});
const short = { steps: 14, rank: 6, ranking: false, validationFraction: 0.3 };
/** With all that a fit of ratings may do: 700 exchanges. */
const quick = { ...short, implicit: true, depth: 2 };
/** LOWRANK_KILLS=20 LOWRANK_SEED=$RANDOM: what continuous integration has no time for. */
const kills = Number(process.env.LOWRANK_KILLS ?? 3);
/** As many exchanges, of less work. */
const few = { ...short, implicit: false, depth: 0, outliers: "keep" } as const;
const folder = mkdtempSync(join(tmpdir(), "lowrank-cluster-"));
const source = join(folder, "ratings.csv");
const checkpoints = join(folder, "checkpoints");
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
let expected: Record<"quick" | "few", string>;
let redis: OwnRedis;

beforeAll(async () => {
  if (missingRedis) return;
  writeRatings(source, observed);
  const bytes = (options: object) => hash(completeMatrix(observed, options).save());
  expected = { quick: bytes(quick), few: bytes(few) };
  redis = await startRedis();
});
afterEach(killAll);
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

const begin = (run: string, more: object = {}) =>
  new Fit(source, redis.url, { run, shards: 3, ...more });

const random = uniform(Number(process.env.LOWRANK_SEED ?? 2));
/** Some exchange between two. */
const between = (low: number, high: number) =>
  low + Math.floor(((random() + 1) / 2) * (high - low));

test("1, 2 and 3 workers give the bytes of completeMatrix, and so do two threads of one", async () => {
  for (const [shards, ...workers] of [
    [3, { atOnce: 3 }],
    [3, { atOnce: 1 }, { atOnce: 1 }, { atOnce: 1 }],
    // Two machines that differ: of threads, and of the blocks that their shard has.
    [2, { atOnce: 1, threads: 2 }, { atOnce: 1 }],
  ] as const) {
    await Promise.all(workers.map(({ atOnce, ...more }) => startWorker(redis.url, atOnce, more)));
    const run = begin(`workers-${workers.length}-${shards}`, { ...quick, shards });
    expect(hash(await run.model())).toBe(expected.quick);
    expect(run.progress).toMatchObject({ shards, takeovers: 0 });
    await killAll();
  }
  expect(await redis.client.keys("lowrank:{*")).toEqual([]);
});

test(`so do they when holders of shards are killed at ${kills} random exchanges`, async () => {
  await startWorker(redis.url, 3);
  await startWorker(redis.url, 3);
  const run = begin("killed", { ...quick, checkpoints });
  const places = Array.from({ length: kills }, () => between(1, 650)).sort((a, b) => a - b);
  console.log(`kills of holders at exchanges ${places.join(", ")}`);
  for (const place of places) {
    await run.reaches(place);
    await killHolder(redis.client, run, "killed", between(0, 3));
    await startWorker(redis.url, 3);
  }
  expect(hash(await run.model())).toBe(expected.quick);
  expect(run.progress.takeovers).toBeGreaterThanOrEqual(kills);
});

test("when a holder sleeps beyond its lease: it wakes, and is refused", async () => {
  const workers = [await startWorker(redis.url, 3)];
  const run = begin("asleep", few);
  await run.reaches(between(100, 400));
  const [sleeper] = workers;
  sleeper.child.kill("SIGSTOP");
  await startWorker(redis.url, 3);
  await until(async () => (await holderOf(redis.client, "asleep", 0)) !== sleeper.pid);
  sleeper.child.kill("SIGCONT");
  expect(hash(await run.model())).toBe(expected.few);
  await until(() => /shard \d of run asleep: (lost|ended)/.test(sleeper.output));
});

test("a second coordinator is refused, whether it resumes or not; when the first is killed, another one resumes", async () => {
  const first = begin("led", few);
  await first.reaches(0);
  const others = [begin("led", few), begin("led", { ...few, resume: true })];
  for (const other of others) {
    expect(await other.ended).toBe(1);
    expect(other.errors).toMatch(/^ClusterError: fitShards: run led has a coordinator, \S+:\d+:/);
  }
  // The first goes on.
  await Promise.all([startWorker(redis.url, 1), startWorker(redis.url, 2)]);
  const place = between(100, 400);
  await first.reaches(place);
  expect(first.progress.exchanges).toBeGreaterThanOrEqual(place);
  expect(first.child.exitCode).toBeNull();
  first.child.kill("SIGKILL");
  const second = begin("led", { ...few, resume: true });
  expect(hash(await second.model())).toBe(expected.few);
});

test("when Redis is killed and comes back with what it has written", async () => {
  await startWorker(redis.url, 3);
  const run = begin("restarted", { ...few, checkpoints });
  await run.reaches(between(200, 400));
  await redis.restart();
  await run.reaches(between(450, 600));
  await redis.restart();
  expect(hash(await run.model())).toBe(expected.few);
});
