// What is new to a model of clicks, by the command: later clicks, clicks that fade, items that nobody chose.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MatrixRanking, rankMatrix, SparseMatrix } from "../../src/index.js";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { groupedClicks } from "../helpers/interactions.js";

const folder = temporaryFolder();
const { at } = folder;
const clicks = groupedClicks({ rows: 120, cols: 48, groups: 4, choices: 8 }, 2);
const times = clicks.rowIds.map((_, i) => 1_700_000_000 + ((i * 7919) % 1000) * 40_000);
const groupOf = (id: string) => Number(id.replace(/\D/g, "")) % 4;
const news = { rowIds: ["row0", "newcomer", "newcomer"], colIds: ["fresh", "col1", "fresh"] };
const write = (name: string, lines: readonly string[]) =>
  writeFileSync(at(name), `${lines.join("\n")}\n`);
const line = ({ rowIds, colIds }: typeof news, rest: (i: number) => string = () => "") =>
  rowIds.map((row, i) => `${row},${colIds[i]}${rest(i)}`);
const load = (name: string) => MatrixRanking.load(readFileSync(at(name)));
const train = (...args: string[]) => lowrankJson(["train", ...args, "--test-fraction", "0"]);

beforeAll(() => {
  write("clicks.csv", line(clicks));
  const dated = (i: number) => `,${new Date(times[i] * 1000).toISOString()}`;
  write("timed.csv", ["user,item,time", ...line(clicks, dated)]);
  write("milliseconds.csv", ["user,item,timestamp", ...line(clicks, (i) => `,${times[i]}000`)]);
  write("numbered.csv", ["user,item,timestamp", ...line(clicks, (i) => `,${i}`)]);
  write("news.csv", line(news));
  write("later.csv", ["user,item,timestamp", ...line(news, (i) => `,${1_741_000_000 + i}`)]);
  write(
    "rated.csv",
    line(news, (i) => `,${i + 3}`),
  );
  const words = ["tea coffee", "rum, gin", "milk", "cola"];
  const items = [...new Set(clicks.colIds), "unmet1", "unmet2"];
  write("items.csv", [
    "price,item,kind,name",
    ...items.map((id, i) => `${groupOf(id)}.5,${id},"${words[groupOf(id)]}|drink",Number ${i}`),
  ]);
  const stars = (i: number) => `,${1 + (i % 5)},${times[i]}`;
  write("stars.csv", ["user,item,rating,timestamp", ...line(clicks, stars)]);
  write("strangers.csv", ["a,tea", "b,tea"]);
  write("alone.csv", ["a,x", "b,y"]);
  train(at("clicks.csv"), "--out", at("clicks.model"));
});
afterAll(folder.remove);

test("update writes what the library's update gives, over the model itself too", () => {
  const expected = load("clicks.model").update(news);
  const args = ["update", at("clicks.model"), at("news.csv"), "--out", at("updated.model")];
  const result = lowrankJson(args);
  expect(result).toMatchObject({ newRows: 1, newCols: 1, newObserved: 3, rows: 121 });
  expect(readFileSync(at("updated.model"))).toEqual(Buffer.from(expected.save()));
  writeFileSync(at("same.model"), readFileSync(at("clicks.model")));
  const said = lowrank(["update", at("same.model"), at("news.csv"), "--out", at("same.model")]);
  expect(said).toMatchObject({ status: 0, stderr: "" });
  expect(said.stdout).toContain("3 new clicks, 1 new user and 1 new item");
  expect(readFileSync(at("same.model"))).toEqual(Buffer.from(expected.save()));
  const liked = ["update", at("clicks.model"), at("rated.csv"), "--min-value", "4"];
  expect(lowrankJson([...liked, "--out", at("x.model")]).newObserved).toBe(2);
  const [first] = lowrankJson(["recommend", at("updated.model"), "newcomer"]).recommendations;
  expect(groupOf(first.col)).toBe(1);
});

test("clicks fade by days, whatever the times are written in, in updates too", () => {
  const options = { halfLife: 30 * 86400, validationFraction: 0.1 };
  const expected = rankMatrix({ ...clicks, times }, options);
  for (const name of ["timed.csv", "milliseconds.csv"]) {
    train(at(name), "--half-life", "30", "--out", at("fading.model"));
    expect(readFileSync(at("fading.model"))).toEqual(Buffer.from(expected.save()));
  }
  lowrankJson(["update", at("fading.model"), at("later.csv"), "--out", at("faded.model")]);
  const later = news.rowIds.map((_, i) => 1_741_000_000 + i);
  const updated = expected.update({ ...news, times: later });
  expect(readFileSync(at("faded.model"))).toEqual(Buffer.from(updated.save()));
});

test("items that nobody chose are recommended by words and numbers", () => {
  const features = ["--features", at("items.csv")];
  const { stdout } = lowrank(["train", at("clicks.csv"), ...features, "--out", at("told.model")]);
  expect(stdout).toContain("2 items more, which nobody chose, by their features");
  expect(load("told.model").cols).toBe(load("clicks.model").cols + 2);
  for (const [user, other] of [
    ["row1", "unmet1"],
    ["row2", "unmet2"],
  ]) {
    const args = ["recommend", at("told.model"), user, "--only", "unmet1,unmet2", "-n", "1"];
    expect(lowrankJson(args).recommendations[0].col).toBe(other);
  }
  // Bars, commas and spaces part words; those of one item, as in the names, are left out.
  const ids = [...new Set(clicks.colIds), "unmet1", "unmet2"];
  const words = new Map<string, number[]>();
  ids.forEach((id, row) => {
    for (const word of [["tea", "coffee"], ["rum", "gin"], ["milk"], ["cola"]][groupOf(id)]) {
      words.set(word, [...(words.get(word) ?? []), row]);
    }
  });
  for (const word of ["drink", "number"]) words.set(word, [...ids.keys()]);
  const prices = ids.map((id) => groupOf(id) + 0.5);
  const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
  const variance = prices.reduce((sum, price) => sum + (price - mean) ** 2, 0) / prices.length;
  const triplets = [
    ...prices.map((price, row) => ({ row, col: 0, value: (price - mean) / Math.sqrt(variance) })),
    ...[...words.values()].flatMap((rows, w) => rows.map((row) => ({ row, col: w + 1, value: 1 }))),
  ];
  const matrix = SparseMatrix.fromTriplets({
    rows: ids.length,
    cols: 1 + words.size,
    rowIndices: triplets.map(({ row }) => row),
    colIndices: triplets.map(({ col }) => col),
    values: triplets.map(({ value }) => value),
  });
  const expected = load("clicks.model").withFeatures({ cols: { ids, features: matrix } });
  for (const row of ["row3", "row64"]) {
    for (const id of ["unmet1", "unmet2"]) {
      expect(load("told.model").score(row, id)).toBeCloseTo(expected.score(row, id), 5);
    }
  }
});

test("update, --half-life and --features refuse in one line what makes no sense", () => {
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(args), `lowrank ${args[0]}: `, reason);
  const out = ["--out", at("never.model")];
  const update = (file: string, ...more: string[]) => [
    "update",
    at("clicks.model"),
    at(file),
    ...more,
    ...out,
  ];
  refuse(["update", at("clicks.model"), at("news.csv")], "--out");
  refuse(update("rated.csv"), "say with --min-value which");
  refuse(update("news.csv", "--min-value", "4"), "it holds no ratings: leave out --min-value");
  refuse(update("missing.csv"), "there is no such file");
  const noTimes = ["train", at("clicks.csv"), "--half-life", "30", ...out];
  refuse(noTimes, "no column holds times");
  refuse(["train", at("numbered.csv"), "--half-life", "30", ...out], "its times are not dates");
  refuse(["train", at("timed.csv"), "--half-life", "0", ...out], "It must be a number > 0");
  refuse(["train", at("stars.csv"), "--half-life", "3", ...out], "--half-life is for clicks");
  refuse(["train", at("rated.csv"), "--features", at("items.csv")], "--features is for clicks");
  const told = (file: string) => ["train", at("clicks.csv"), "--features", at(file), ...out];
  refuse(told("alone.csv"), "it says nothing that two items share");
  refuse(told("strangers.csv"), "the model knows none of the 2 ids");
  refuse(told("missing.csv"), "there is no such file");
  lowrankJson(["train", at("timed.csv"), "--half-life", "9", "--out", at("aged.model")]);
  const untimed = ["update", at("aged.model"), at("news.csv"), ...out];
  refuse(untimed, "no column holds times");
  expect(folder.names()).not.toContain("never.model");
});
