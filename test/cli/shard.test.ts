// `lowrank shard`, and `train` on what it makes, as processes.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(() => folder.remove());

beforeAll(() => {
  const lines = ["user,item,rating"];
  for (let u = 0; u < 60; u++) {
    for (let i = u % 3; i < 40; i += 3) lines.push(`u${u},i${i},${1 + ((u * i) % 5)}`);
  }
  writeFileSync(at("ratings.csv"), `${lines.join("\n")}\n`);
  writeFileSync(at("first.csv.gz"), gzipSync(`${lines.slice(0, 300).join("\n")}\n`));
  writeFileSync(at("second.csv"), `${lines.slice(300).join("\n")}\n`);
});

test("files become a folder, and the model of it is that of one file without a test", () => {
  const made = lowrankJson(["shard", at("first.csv.gz"), at("second.csv"), "--out", at("shards")]);
  expect(made).toMatchObject({ rows: 60, cols: 40, duplicates: 0, blocks: 1, shards: 1 });
  const trained = lowrankJson(["train", at("shards"), "--threads", "2", "--out", at("a.model")]);
  expect(trained).toMatchObject({ rows: 60, cols: 40, observed: made.entries, testRmse: null });
  expect(trained.identity).toBe(made.identity);
  lowrankJson(["train", at("ratings.csv"), "--test-fraction", "0", "--out", at("b.model")]);
  expect(readFileSync(at("a.model"))).toEqual(readFileSync(at("b.model")));

  const tested = lowrankJson(["evaluate", at("shards"), "--test", at("second.csv")]);
  expect(tested.testRmse).toBeLessThan(tested.baselineRmse);
});

test("what is wrong is one line, and exit code 2", () => {
  const shard = (...args: string[]) => lowrank(["shard", ...args]);
  expectRefusal(shard(at("ratings.csv")), "lowrank shard: ", "--out");
  expectRefusal(
    shard(at("none.csv"), "--out", at("x")),
    "lowrank shard: ",
    "there is no such file",
  );
  expectRefusal(
    shard(at("ratings.csv"), "--out", folder.path),
    "lowrank shard: ",
    "the folder is not empty",
  );
  const text = at("clicks.csv");
  writeFileSync(text, "user,item\nann,tea\nbob,milk\n");
  expectRefusal(shard(text, "--out", at("x")), "lowrank shard: ", "row id, column id and rating");
  expectRefusal(
    lowrank(["train", folder.path]),
    "lowrank train: ",
    "there is no manifest.json in it",
  );
  expectRefusal(
    lowrank(["train", at("shards"), "--folds", "3"]),
    "lowrank train: ",
    "--folds is not for a folder of shards",
  );
  expectRefusal(lowrank(["evaluate", at("shards")]), "lowrank evaluate: ", "--test names the file");
});
