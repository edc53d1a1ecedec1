// Fits on machines that keep checkpoints: what is computed again, what Redis keeps, and what happens where a
// checkpoint is lost.
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { status } from "../../dist/cluster/index.js";
import { completeMatrix } from "../../dist/index.js";
import { testWith } from "../helpers/needs.js";
import { buildRatings } from "../helpers/ratings.js";
import { writeRatings } from "./data.js";
import { Fit, killAll, startWorker, until } from "./processes.js";
import { missingRedis, type OwnRedis, startRedis } from "./redis.js";

const test = testWith(missingRedis);

// Three blocks of rows, so three shards.
const { observed } = buildRatings({
  ...{ rows: 500, cols: 200, rank: 3, observed: 0.45, noise: 0.5, seed: 4 },
});
const options = {
  ...{ steps: 14, rank: 6, ranking: false, implicit: false, depth: 0, validationFraction: 0.3 },
  outliers: "keep",
} as const;
const folder = mkdtempSync(join(tmpdir(), "lowrank-checkpoints-"));
const source = join(folder, "ratings.csv");
const checkpoints = join(folder, "kept");
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
let expected: string;
let redis: OwnRedis;

beforeAll(async () => {
  if (missingRedis) return;
  writeRatings(source, observed);
  expected = hash(completeMatrix(observed, options).save());
  redis = await startRedis();
});
afterEach(killAll);
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

const begin = (run: string, more: object = {}) =>
  new Fit(source, redis.url, { ...options, run, shards: 3, checkpoints, ...more });
const key = (run: string, part: string) => `lowrank:{${run}}:${part}`;

/** What Redis says of a run: its rounds, and what its logs hold. */
async function standing(run: string) {
  const [{ round, saved }, log] = await Promise.all([
    redis.client.hgetall(key(run, "run")),
    redis.client.xrangeBuffer(key(run, "log"), "-", "+"),
  ]);
  const bytes = log.reduce((sum, [, [, sums]]) => sum + sums.length, 0);
  return { next: Number(round), saved: Number(saved), logged: log.length, bytes };
}

/** Waits for the checkpoint after an exchange. */
const kept = (run: Fit, exchange: number) =>
  until(() => run.progress.checkpoint > exchange || run.child.exitCode !== null);

const files = (run: string) =>
  readdirSync(join(checkpoints, `${run}.checkpoints`))
    .filter((name) => name.endsWith(".checkpoint"))
    .map((name) => join(checkpoints, `${run}.checkpoints`, name));

/** Kills a worker as the run stands, and says how it stands. */
async function killed(worker: { child: ChildProcess; ended: Promise<unknown> }, run: string) {
  worker.child.kill("SIGKILL");
  await worker.ended;
  return standing(run);
}

test("who takes over computes what came after its checkpoint, in other shards too, and Redis keeps nothing else", async () => {
  const workers = [await startWorker(redis.url, 3)];
  const first = begin("killed");
  await kept(first, 250);
  const { next, saved, logged, bytes } = await killed(workers[0], "killed");
  expect(saved).toBeGreaterThan(250);
  expect(logged).toBe(next - saved);
  expect(next - saved).toBeLessThan(60);
  const [found] = (await status({ connection: redis.url })).runs;
  expect(found).toMatchObject({ checkpoint: saved, loggedBytes: bytes, exchanges: next - 1 });

  workers.push(await startWorker(redis.url, 3));
  await kept(first, saved + 50);
  const replayed = next - saved;
  expect(first.progress.takeovers).toBeGreaterThanOrEqual(3);
  expect(workers[1].output).toContain(
    `has computed ${replayed} exchanges again, from the checkpoint of exchange ${saved} on`,
  );
  // On a machine that is busy a lease may run out, and a shard be taken over once more: a sweep at most, each time.
  for (const [, again] of workers[1].output.matchAll(/has computed (\d+) exchanges again/g)) {
    expect(Number(again)).toBeLessThan(60);
  }
  expect(first.progress.replayed).toBeGreaterThanOrEqual(3 * replayed);

  // Everybody dies, and the log has been cut.
  first.child.kill("SIGKILL");
  const later = await killed(workers[1], "killed");
  expect(later.saved).toBeGreaterThan(saved);
  const second = begin("killed", { resume: true, shards: 2 });
  await until(async () => (await redis.client.hget(key("killed", "run"), "shards")) === "2");
  workers.push(await startWorker(redis.url, 2, { threads: 2 }));
  expect(hash(await second.model())).toBe(expected);
  const more = later.next - later.saved;
  expect(second.progress.shards).toBe(2);
  expect(workers[2].output).toContain(
    `has computed ${more} exchanges again, from the checkpoint of exchange ${later.saved} on`,
  );
  expect(existsSync(join(checkpoints, "killed.checkpoints"))).toBe(false);
});

test("a checkpoint that is cut off or not there is named, and the run goes back to its start", async () => {
  const first = begin("lost");
  const workers = [await startWorker(redis.url, 3)];
  await kept(first, 250);
  await killed(workers[0], "lost");
  for (const file of files("lost")) truncateSync(file, 1000);
  workers.push(await startWorker(redis.url, 3));
  const back = /lost, and all shards go back: \S+checkpoint: it is cut off/;
  await until(() => back.test(workers[1].output));
  await until(async () => (await standing("lost")).saved > 250);
  await killed(workers[1], "lost");
  rmSync(join(checkpoints, "lost.checkpoints"), { recursive: true });
  workers.push(await startWorker(redis.url, 3));
  expect(await first.ended).toBe(1);
  expect(first.errors).toMatch(/lost.checkpoints: it is not the folder that the coordinator made/);
  const second = begin("lost", { resume: true });
  expect(hash(await second.model())).toBe(expected);
  expect(workers[2].output).toMatch(/lost, and all shards go back: .*there is no checkpoint of/);
});
