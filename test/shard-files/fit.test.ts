// A fit from a folder of shards has the bytes of completeMatrix on the same ratings.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  completeShards,
  fitShardFolder,
  ShardFolder,
  shardObservations,
} from "../../dist/node/index.js";
import { completeMatrix, type Observations } from "../../src/index.js";
import type { ShardFitOptions } from "../../src/node.js";
import { temporaryFolder } from "../helpers/cli.js";
import { buildRatings } from "../helpers/ratings.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const columns = { cols: 60, rank: 2, observed: 0.65, noise: 0.3, seed: 3 };
/** Of some blocks each. */
const { observed } = buildRatings({ rows: 1000, ...columns });
const large = buildRatings({ rows: 3100, ...columns }).observed;
const wrong = { ...large, values: large.values.map((v, i) => (i % 997 ? v : 400)) };
const small = buildRatings({
  ...{ rows: 30, cols: 20, rank: 1, observed: 0.5, noise: 0.1, seed: 4 },
}).observed;

function* recordsOf({ rowIds, colIds, values }: Observations) {
  for (let i = 0; i < values.length; i++) {
    yield { user: rowIds[i], item: colIds[i], rating: values[i] };
  }
}

let made = 0;
const shard = (observations: Observations, shards: number, more = {}) =>
  shardObservations(recordsOf(observations), { out: folder.at(`${made++}`), shards, ...more });

const few = { steps: 14, rank: 4 };
const cases: [string, Observations, ShardFitOptions, [number, number][]][] = [
  [
    "beside gross errors",
    wrong,
    { ...few, ranking: false },
    [
      [1, 2],
      [2, 1],
      [3, 2],
      [7, 3],
    ],
  ],
  [
    "mistakes kept, not clipped",
    wrong,
    { ...few, ranking: false, outliers: "keep", clip: false },
    [[7, 2]],
  ],
  [
    "with a ranking head",
    observed,
    few,
    [
      [1, 1],
      [2, 2],
    ],
  ],
  ["little data", small, few, [[7, 2]]],
  ["Adam", small, { ...few, solver: "adam" }, [[7, 2]]],
];

test.each(cases)(
  "%s: any files and threads give the model of memory",
  async (what, data, options, runs) => {
    const expected = completeMatrix(data, options);
    expect(expected.outliers.length > 0).toBe(what === "beside gross errors");
    for (const [shards, threads] of runs) {
      const folder = await shard(data, shards);
      if (data !== small) expect(folder.manifest.shards).toHaveLength(shards);
      const model = await completeShards(folder, { ...options, threads, entriesPerThread: 1 });
      expect({ shards, threads, hash: hash(model.save()) }).toEqual({
        ...{ shards, threads, hash: hash(expected.save()) },
      });
    }
  },
);

test("duplicates are settled once, and what comes of them is in the model", async () => {
  const twice = {
    rowIds: [...small.rowIds, ...small.rowIds.slice(0, 9)],
    colIds: [...small.colIds, ...small.colIds.slice(0, 9)],
    values: [...small.values, ...small.values.slice(0, 9).map((value) => value + 1)],
  };
  const data = await shard(twice, 2, { duplicates: "mean" });
  const options = { ...few, ranking: false };
  const expected = completeMatrix(twice, { ...options, duplicates: "mean" });
  expect(hash((await completeShards(data, { ...options, threads: 1 })).save())).toBe(
    hash(expected.save()),
  );
  await expect(completeShards(data, { duplicates: "last" })).rejects.toThrow(
    'completeShards: duplicates is "last", and the folder was made with "mean"',
  );
});

test("progress comes step by step, and who leaves stops the threads", async () => {
  const data = await shard(observed, 2);
  const phases = new Set<string>();
  for await (const { phase, step } of fitShardFolder(data, {
    ...few,
    threads: 2,
    entriesPerThread: 1,
  })) {
    phases.add(phase);
    if (phase === "search" && step > 3) break;
  }
  expect([...phases]).toEqual(["biases", "search"]);
});

test("a damaged or missing file is refused by name, whichever thread reads it", async () => {
  const data = await shard(observed, 2);
  const file = join(data.path, "1.shard");
  const bytes = readFileSync(file);
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(file, bytes);
  await expect(completeShards(data, { threads: 2, entriesPerThread: 1 })).rejects.toThrow(
    expect.objectContaining({
      name: "FormatError",
      message: expect.stringMatching(/1\.shard: block \d is not/),
    }),
  );
  rmSync(file);
  await expect(completeShards(data, { threads: 2, entriesPerThread: 1 })).rejects.toThrow(
    expect.objectContaining({ name: "FileError", message: `${file}: there is no such file` }),
  );
});

test("what is wrong is refused by name before a thread starts", async () => {
  const data = await shard(small, 1);
  const refusal = (given: unknown, options = {}) => completeShards(given as never, options);
  await expect(refusal("folder")).rejects.toThrow(/completeShards: folder is .*openShards/);
  await expect(refusal(data, { threads: 0 })).rejects.toThrow(/threads is 0/);
  await expect(refusal(data, { rank: 99 })).rejects.toThrow(
    /completeShards: rank is 99 and the matrix is 30 x 20/,
  );
  await expect(refusal(data, { shards: 2 })).rejects.toThrow(/shards/);
  const huge = new ShardFolder(data.path, { ...data.manifest, entries: 300_000_000 });
  await expect(refusal(huge)).rejects.toThrow(
    /the ranking head .* takes about 7 GiB .* ranking: false/,
  );
});
