// What goes wrong with fits on machines is said by name, by processes as they are built.
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { fitShards, startWorker as startHere, status } from "../../dist/cluster/index.js";
import { completeMatrix, MatrixCompletion } from "../../dist/index.js";
import { shardObservations } from "../../dist/node/index.js";
import { testWith } from "../helpers/needs.js";
import { buildRatings } from "../helpers/ratings.js";
import { command, Fit, killAll, startWorker, until } from "./processes.js";
import { missingRedis, type OwnRedis, startRedis } from "./redis.js";

const test = testWith(missingRedis);
const repository = fileURLToPath(new URL("../..", import.meta.url));
const { observed } = buildRatings({
  ...{ rows: 400, cols: 200, rank: 2, observed: 0.45, noise: 0.5, seed: 9 },
});
const few = { rank: 4, implicit: false, depth: 0 };
const quick = {
  ...{ ...few, steps: 14, ranking: false, validationFraction: 0.3 },
  outliers: "keep",
} as const;
const folder = mkdtempSync(join(tmpdir(), "lowrank-faults-"));
const source = join(folder, "ratings.shards");
let shardFile: string;
let redis: OwnRedis;

beforeAll(async () => {
  if (missingRedis) return;
  redis = await startRedis();
  expected = completeMatrix(observed, quick).save();
  const { rowIds, colIds, values } = observed;
  const records = values.map((rating, i) => ({ user: rowIds[i], item: colIds[i], rating }));
  const { manifest } = await shardObservations(records, { out: source });
  shardFile = join(source, manifest.shards[0].file);
});
afterEach(killAll);
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

const begin = (run: string, more: object = {}) =>
  new Fit(source, redis.url, { ...quick, run, shards: 2, ...more });
let expected: Uint8Array;

test("an address where nobody answers, and a password that is wrong", async () => {
  const nowhere = "redis://:secret@127.0.0.1:1";
  for (const attempt of [
    () => startHere({ connection: nowhere }),
    () => status({ connection: nowhere }),
    () => fitShards(source, { connection: nowhere }).next(),
  ]) {
    const failure = expect(attempt()).rejects;
    await failure.toThrow(/^\w+: no Redis answers at redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
    await failure.not.toThrow("secret");
  }
  const locked = await startRedis("right");
  try {
    const wrong = new URL(locked.url);
    for (const password of ["", "wrong"]) {
      wrong.password = password;
      await expect(status({ connection: wrong })).rejects.toThrow(
        /^status: the Redis at redis:\/\/127\.0\.0\.1:\d+ refuses the user or the password/,
      );
    }
    wrong.password = "right";
    expect(await status({ connection: wrong })).toEqual({ workers: [], runs: [] });
  } finally {
    await locked.stop();
  }
});

test("options and addresses that are none", async () => {
  const connection = redis.url;
  const cases: [object, string][] = [
    [{}, "connection is undefined: it must be the address of a Redis"],
    [{ connection: "http://:secret@host" }, "connection is not such an address"],
    [{ connection, run: "a b" }, "run must be 1 to 64 letters"],
    [{ connection, shards: 0 }, "shards is 0"],
    [{ connection, lock: 10 }, "lock is 10"],
    [{ connection, checkpoints: "" }, 'checkpoints is "": it must be the path of a folder'],
    [{ connection, threads: 2 }, 'there is no option "threads"'],
    [{ connection, solver: "adam" }, 'solver is "adam"'],
    [{ connection, rank: 1000 }, "rank is 1000 and the matrix is 400 x 200"],
    [{ connection, resume: true, run: "nobody" }, "there is no run nobody to go on with"],
  ];
  for (const [options, message] of cases) {
    await expect(fitShards(source, options as never).next()).rejects.toThrow(
      `fitShards: ${message}`,
    );
  }
  await expect(startHere({ connection, threads: 65 })).rejects.toThrow(
    "startWorker: threads is 65",
  );
  await expect(fitShards(join(folder, "none"), { connection }).next()).rejects.toThrow(
    "none: there is no such file",
  );
});

test("a shard file that is cut off or missing fails the run by name; mended, it goes on", async () => {
  const run = "spoilt";
  const kept = join(folder, "kept");
  cpSync(source, kept, { recursive: true });
  await startWorker(redis.url, 2);
  for (const [resume, spoil, message] of [
    [false, () => truncateSync(shardFile, 1000), "it is cut off"],
    [true, () => rmSync(shardFile), "there is no such file"],
  ] as const) {
    spoil();
    const fit = begin(run, { resume });
    expect(await fit.ended).toBe(1);
    expect(fit.errors).toMatch(
      new RegExp(
        `^ClusterError: fitShards: run ${run} has failed: \\S+:\\d+: shard \\d: .*${message}`,
      ),
    );
    const { runs } = await status({ connection: redis.url });
    expect(runs.find((one) => one.run === run)).toMatchObject({ state: "failed", shards: 2 });
  }
  cpSync(kept, source, { recursive: true });
  expect(await begin(run, { resume: true }).model()).toEqual(expected);
});

test("a stranger's bytes among what shards hand in fail the run by name", async () => {
  await startWorker(redis.url, 2);
  const fit = begin("forged");
  await fit.reaches(20);
  while (fit.child.exitCode === null) {
    await redis.client.hset("lowrank:{forged}:up", "1", "nonsense");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(fit.errors).toMatch(
    /what shard 1 handed in is not a message of this run: it does not begin/,
  );
  await redis.client.del("lowrank:{forged}:up");
});

test("a worker of another version and a stranger's job are refused by name, and the run does not mind", async () => {
  // The same files, but a package of another version.
  const other = join(folder, "other");
  cpSync(join(repository, "dist"), join(other, "dist"), { recursive: true });
  writeFileSync(join(other, "package.json"), '{ "type": "module", "version": "9.9.9" }');
  symlinkSync(join(repository, "node_modules"), join(other, "node_modules"));
  const stray = await startWorker(redis.url, 2, { main: join(other, "dist/cli/main.js") });
  const fit = begin("versions");
  await until(() => fit.progress.refused.length > 0);
  expect(fit.progress.refused).toMatchObject([{ version: "9.9.9" }]);
  // For two shards and what is no shard.
  const worker = await startWorker(redis.url, 3);
  const { workers } = await status({ connection: redis.url });
  const program = workers.find(({ version }) => version !== "9.9.9")?.program;
  const connection = { host: "127.0.0.1", port: Number(new URL(redis.url).port) };
  const queue = new Queue(`lowrank-${program}`, { connection, prefix: "{lowrank}" });
  for (const data of [
    { hello: 1 },
    [],
    { program, task: "complete", run: "x", shard: 3, shards: 2 },
  ]) {
    await queue.add("stranger", data);
  }
  await until(() => worker.output.match(/refused: a job in the queue/g)?.length === 3);
  await queue.close();
  expect(worker.output).toContain("is not a shard of a run: it names no shard");
  expect(await fit.model()).toEqual(expected);
  expect(stray.output).not.toMatch(/taken|refused/);
  rmSync(join(other, "node_modules"));
  const attempt = promisify(execFile)(process.execPath, [
    ...[join(other, "dist/cli/main.js"), "status", "--queue", redis.url],
  ]);
  await expect(attempt).rejects.toMatchObject({
    code: 2,
    stderr: "lowrank status: bullmq and ioredis are not installed: npm install bullmq ioredis\n",
  });
});

test("who has died a moment ago gets no shard: the run is split for those that live", async () => {
  const dead = await startWorker(redis.url, 2);
  await startWorker(redis.url, 1);
  dead.child.kill("SIGKILL");
  await dead.ended;
  const { workers } = await status({ connection: redis.url });
  expect(workers.map(({ name }) => Number(name.split(":").at(-1)))).toContain(dead.pid);
  const fit = begin("counted", { shards: undefined });
  expect(await fit.model()).toEqual(expected);
  expect(fit.progress.shards).toBe(1);
});

test("the command trains on a queue, writes the model, and says who works", async () => {
  const worker = await startWorker(redis.url, 2);
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [command, ...args, "--queue", redis.url]);
  const out = join(folder, "out.model");
  const given = [
    "--rank",
    "4",
    "--no-implicit",
    "--depth",
    "0",
    "--shards",
    "2",
    "--json",
    "--out",
    out,
  ];
  const { stdout } = await run("train", source, "--run", "command", ...given);
  expect(JSON.parse(stdout)).toMatchObject({ run: "command", rows: 400, shards: 2, takeovers: 0 });
  const model = completeMatrix(observed, few);
  expect(MatrixCompletion.load(readFileSync(out)).save()).toEqual(model.save());
  // One that was killed just before is listed for a while.
  await until(async () => (await run("status")).stdout.match(/^worker /gm)?.length === 1);
  expect((await run("status")).stdout).toMatch(
    /^worker \S+:\d+, version .*: waits\nrun forged: failed: /,
  );
  const wrong = run("train", source, "--test-fraction", "0.5");
  await expect(wrong).rejects.toMatchObject({ code: 2 });
  await expect(wrong).rejects.toThrow("--test-fraction is not for --queue");
  // Ctrl-C: it gives back what it holds, and ends well.
  worker.child.kill("SIGINT");
  expect(await worker.ended).toBe(0);
});
