// Fits that need nothing of each other, on workers that are processes, as they are built, over a Redis of their own.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, expect, test as plain } from "vitest";
import { crossValidate, status } from "../../dist/cluster/index.js";
import { completeMatrix, rmse } from "../../dist/index.js";
import { encodeJson } from "../../src/cluster/json-and-bytes.js";
import { decodeFits, encodeFits, heldOutOf } from "../../src/cluster/whole-fits.js";
import type { CrossValidationOptions, MeasuredSetting } from "../../src/cluster.js";
import { index, split } from "../../src/completion/entries.js";
import { crossValidation } from "../../src/completion/held-out.js";
import type { CompletionOptions } from "../../src/completion/options.js";
import { testWith } from "../helpers/needs.js";
import { buildRatings, type Columns } from "../helpers/ratings.js";
import { writeRatings } from "./data.js";
import { Command, killAll, lock, startWorker, until } from "./processes.js";
import { missingRedis, type OwnRedis, startRedis } from "./redis.js";

const test = testWith(missingRedis);
const { observed } = buildRatings({
  ...{ rows: 120, cols: 60, rank: 2, observed: 0.4, noise: 0.5, seed: 9 },
});
const quick = { steps: 14, ranking: false, implicit: false };
const settings = [
  { ...quick, rank: 3 },
  { ...quick, rank: 2, seed: 4 },
  { ...quick, rank: 2, depth: 0, solver: "adam" },
] as const;
const folds = 2;
const folder = mkdtempSync(join(tmpdir(), "lowrank-fits-"));
const source = join(folder, "ratings.csv");
/** Of every setting and fold. */
let expected: number[];
let redis: OwnRedis;

/** What `crossValidate` must find, by functions of one process. */
function measuredHere(options: readonly CompletionOptions[]): number[] {
  const entries = index("test", observed);
  const columns = ({ rowIds, colIds, rows, cols, values }: typeof entries): Columns => ({
    rowIds: Array.from(rows, (row) => rowIds[row]),
    colIds: Array.from(cols, (col) => colIds[col]),
    values: Array.from(values),
  });
  return options.flatMap((setting) =>
    crossValidation(entries.values.length, folds, 0).map((held) => {
      const { train, test } = split(entries, held);
      const model = completeMatrix(columns(train), setting);
      const { rowIds, colIds, values } = columns(test);
      const predicted = values.map((_, i) => model.predict(rowIds[i], colIds[i]));
      return rmse(values, predicted);
    }),
  );
}

beforeAll(async () => {
  if (missingRedis) return;
  writeRatings(source, observed);
  expected = measuredHere(settings);
  redis = await startRedis();
});
afterEach(killAll);
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

const begin = (run: string, more: Partial<CrossValidationOptions> = {}) =>
  crossValidate(observed, { connection: redis.url, run, lock, settings, folds, ...more });

/** The errors of the fits, and of the settings at the end. */
async function errorsOf(search: ReturnType<typeof begin>, seen: number[] = []) {
  for (;;) {
    const { done, value } = await search.next();
    if (done) return { fits: seen, settings: value.map(({ rmse }: MeasuredSetting) => rmse) };
    seen.push(value.rmse);
  }
}

const means = (errors: readonly number[]) =>
  settings.map(
    (_, i) =>
      errors.slice(i * folds, (i + 1) * folds).reduce((sum, error) => sum + error, 0) / folds,
  );

/** The numbers of the fits that a worker has taken. */
const takenBy = ({ output }: { output: string }) => fitsIn(output, "taken");

/** Those of them that it has not finished. */
const heldBy = ({ output }: { output: string }) =>
  fitsIn(output, "taken").filter((fit) => !fitsIn(output, "finished").includes(fit));

const fitsIn = (output: string, what: string) =>
  [...output.matchAll(new RegExp(`shard (\\d+) of run \\S+: ${what}`, "g"))].map(([, fit]) =>
    Number(fit),
  );

test("one worker and two, of any threads, measure what one process does, and leave nothing behind", async () => {
  for (const workers of [[{ atOnce: 1, threads: 2 }], [{ atOnce: 3 }, { atOnce: 1 }]]) {
    await Promise.all(workers.map(({ atOnce, ...more }) => startWorker(redis.url, atOnce, more)));
    expect(await errorsOf(begin("workers"))).toEqual({ fits: expected, settings: means(expected) });
    await killAll();
  }
  expect(await redis.client.keys("lowrank:{*")).toEqual([]);
  expect((await status({ connection: redis.url })).runs).toEqual([]);
});

test("so does who takes over from one that is killed, and one that sleeps beyond its lease is refused", async () => {
  const long = settings.slice(0, 2).map((given) => ({ ...given, steps: 14 * 40 }));
  const both = await Promise.all([startWorker(redis.url, 1), startWorker(redis.url, 1)]);
  const [killed, sleeper] = both;
  const search = begin("killed", { settings: long });
  const first = await search.next();
  // Asleep in the middle of a fit: what it has not said yet may be finished all the same.
  let slept: number | undefined;
  await until(async () => {
    if (!both.every((worker) => heldBy(worker).length > 0)) return false;
    sleeper.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 50));
    [slept] = heldBy(sleeper);
    const finished = await redis.client.hexists("lowrank:{killed}:finished", String(slept));
    if (slept !== undefined && finished === 0) return true;
    sleeper.child.kill("SIGCONT");
    return false;
  });
  killed.child.kill("SIGKILL");
  await killed.ended;
  const held = both.flatMap(heldBy);
  const heir = await startWorker(redis.url, 2);
  const second = search.next();
  // It wakes while the heir computes: once all is fitted it would only be told that the run has ended.
  await until(() => held.every((fit) => takenBy(heir).includes(fit)));
  sleeper.child.kill("SIGCONT");
  await until(() => sleeper.output.includes(`shard ${slept} of run killed: lost`));
  const seen = [first, await second].map(({ value }) => (value as { rmse: number }).rmse);
  expect((await errorsOf(search, seen)).fits).toEqual(measuredHere(long));
});

test("a coordinator that is killed is followed by one that resumes: what was fitted is not fitted again", async () => {
  const given = ["evaluate", source, "--folds", "3", "--rank", "3", "--json"];
  const alone = new Command(...given);
  const queued = [...given, "--queue", redis.url, "--run", "led", "--lock", String(lock)];
  const first = new Command(...queued);
  const worker = await startWorker(redis.url, 1);
  await until(() => worker.output.includes("shard 0 of run led: finished"));
  first.child.kill("SIGKILL");
  expect(await new Command(...queued).ended).toBe(2);
  const second = new Command(...queued, "--resume");
  expect(await second.ended).toBe(0);
  expect(await alone.ended).toBe(0);
  expect(takenBy(worker)).toEqual([0, 1, 2]);
  expect(untimed(second.output)).toEqual(untimed(alone.output));
});

/** What the command prints, without the times. */
function untimed(json: string): unknown {
  return JSON.parse(json, (name, value) => (/milliseconds/i.test(name) ? 0 : value));
}

test("the command trains with folds on a queue to the bytes that it has without, and refuses what cannot be", async () => {
  await startWorker(redis.url, 2);
  const out = (name: string) => join(folder, name);
  const train = (name: string, ...more: string[]) =>
    new Command("train", source, "--folds", "2", "--rank", "3", "--out", out(name), ...more);
  const both = [train("here"), train("there", "--queue", redis.url)];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(readFileSync(out("there"))).toEqual(readFileSync(out("here")));
  for (const [args, message] of [
    [["--threads", "2"], "--threads is not for fits on --queue"],
    [["--compare-wide"], "--compare-wide is not for fits on --queue"],
    [["--min-value", "3"], "--queue is for models of ratings"],
  ] as const) {
    const refused = new Command("evaluate", source, "--queue", redis.url, ...args);
    expect(await refused.ended).toBe(2);
    expect(refused.errors).toContain(message);
  }
});

test("a stranger's job, input or outcome fails by name; the run can be gone on with", async () => {
  const worker = await startWorker(redis.url, 1);
  const [{ program }] = (await status({ connection: redis.url })).workers;
  const connection = { host: "127.0.0.1", port: Number(new URL(redis.url).port) };
  const queue = new Queue(`lowrank-${program}`, { connection, prefix: "{lowrank}" });
  await queue.add("stranger", {
    program,
    task: "fits",
    run: "x",
    shard: 0,
    shards: 1,
    source: "y",
  });
  await until(() => worker.output.includes("refused: a job in the queue"));
  await queue.close();
  expect(worker.output).toContain("its data has no hash");

  for (const [key, field, message] of [
    ["input", "", /the input of the run is not a message of this run: it does not begin as one/],
    ["results", "0.0", /what shard 0 of run forged has made is not a message of this run/],
  ] as const) {
    const search = begin("forged", { resume: key === "results" });
    const failure = errorsOf(search).catch(({ message }) => message);
    let isOver = false;
    failure.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const name = `lowrank:{forged}:${key}`;
      if (field === "") await redis.client.set(name, "nonsense", "XX");
      else if (await redis.client.hexists(name, field)) await redis.client.hset(name, field, "?");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await failure).toMatch(message);
  }
  await redis.client.del("lowrank:{forged}:results", "lowrank:{forged}:finished");
  expect((await errorsOf(begin("forged", { resume: true }))).fits).toEqual(expected);
});

test("options that are wrong are refused before anything is sent", async () => {
  const cases: [object, string][] = [
    [{ connection: "http://host" }, "connection is not such an address"],
    [{ settings: [] }, "settings is empty: it must be a list"],
    [{ settings: [{ rank: 99 }] }, "rank is 99 and the matrix is 120 x 60"],
    [{ settings: [{ ranks: 1 }] }, 'there is no option "ranks"'],
    [{ folds: 1 }, "folds is 1"],
    [{ folds: 4096 }, "folds is 4096 and there are"],
    [
      { settings: Array(4096).fill({ rank: 2 }), folds: 2 },
      "there are 8192 fits: a run may have 4096",
    ],
    [{ shards: 2 }, 'there is no option "shards"'],
    [{ resume: true, run: "nobody" }, "there is no run nobody to go on with"],
  ];
  for (const [more, message] of cases) {
    await expect(begin("wrong", more).next()).rejects.toThrow(`crossValidate: ${message}`);
  }
});

const given = {
  dataset: index("test", observed),
  parts: Uint16Array.from(observed.values, (_, i) => i % 3),
  settings: [{ rank: 2 }],
  fits: [{ setting: 0, without: 2 }],
  wants: "models",
} as const;

plain("what is sent is read as it was, and nothing else is taken for it", () => {
  const body = encodeFits("test", given);
  expect(decodeFits(body)).toEqual(given);
  expect([...heldOutOf(given.parts, given.fits[0])].slice(0, 4)).toEqual([0, 0, 1, 0]);
  expect([...heldOutOf(given.parts, { setting: 0, without: 0 })]).not.toContain(1);
  const { rowIds, colIds, values } = given.dataset;
  const said = { rowIds, colIds, count: values.length, settings: [{}], fits: [], wants: "models" };
  const bytes = body.slice(-18 * values.length);
  expect(decodeFits(encodeJson(said, bytes)).dataset).toEqual(given.dataset);
  for (const wrong of [
    { ...said, count: values.length - 1 },
    { ...said, rowIds: rowIds.slice(1) },
    { ...said, colIds: [1, ...colIds.slice(1)] },
    { ...said, settings: [1] },
    { ...said, fits: [{ setting: 1, without: 0 }] },
    { ...said, wants: "all" },
  ]) {
    expect(() => decodeFits(encodeJson(wrong, bytes))).toThrow("not one of independent fits");
  }
  expect(() => decodeFits(body.slice(0, 3))).toThrow("input of independent fits");
});

plain("more than a message may hold is refused before it is sent", () => {
  const parts = new Uint16Array(128 * 2 ** 20);
  expect(() => encodeFits("test", { ...given, parts })).toThrow(/at most 268435456 can be sent/);
});
