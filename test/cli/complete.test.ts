import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MatrixCompletion } from "../../src/index.js";
import { cliPath, expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
const { at } = folder;
/** Small and quick to train: 40 x 30 of rank 2 with a little structure, 60 % of the cells. */
const ratings = Array.from({ length: 40 }, (_, u) =>
  Array.from({ length: 30 }, (_, i) => ({
    row: `user ${u}`,
    col: `film ${i}`,
    value: 3 + ((u * 7) % 5) * 0.2 - ((i * 3) % 4) * 0.3 + ((u % 3) - 1) * ((i % 5) - 2) * 0.4,
  })),
)
  .flat()
  .filter((_, k) => ((k * 7919) % 997) % 10 < 6);
const csv = (entries: typeof ratings) =>
  entries.map(({ row, col, value }) => `${row},${col},${value.toFixed(2)}\n`).join("");
const keys = [
  ...["rows", "cols", "observed", "trainRmse", "testRmse", "baselineRmse", "steps"],
  ...["milliseconds", "stepMilliseconds", "parameters", "wideParameters"],
  ...["recommendsBy", "heldOutNdcg10"],
];
const quick = ["--rank", "4"];

beforeAll(() => {
  writeFileSync(at("ratings.csv"), `user,film,rating\n${csv(ratings)}`);
});
afterAll(folder.remove);

test("complete --json prints the promised keys, and learns more than biases know", () => {
  const result = lowrankJson(["complete", at("ratings.csv"), ...quick]);
  expect(Object.keys(result)).toEqual(keys);
  expect(result).toMatchObject({ rows: 40, cols: 30, observed: ratings.length });
  expect(result.wideParameters).toBe(40 * 30 + 2 * 40 * 40 + 40 * 40);
  expect(result.testRmse).toBeLessThan(result.baselineRmse);
  expect(result.testRmse).toBeGreaterThan(0);
});

test("ratings that look like mistakes are counted, shown, listed and not learnt", () => {
  const wrong = ratings.map((one, p) => (p % 90 === 7 ? { ...one, value: 100 * one.value } : one));
  writeFileSync(at("wrong.csv"), csv(wrong));
  const clean = lowrankJson(["complete", at("ratings.csv"), ...quick]);
  const result = lowrankJson([
    ...["complete", at("wrong.csv"), ...quick, "--outliers", at("list.csv")],
    ...["--report", at("wrong.html")],
  ]);
  const { training, test: tested } = result.outliers;
  expect(training + tested).toBe(wrong.filter(({ value }) => value > 20).length);
  expect(tested).toBeGreaterThan(0);
  expect(result.testRmse).toBeLessThan(1.2 * clean.testRmse);
  expect(clean.testRmse).toBeLessThan(0.2 * clean.baselineRmse);
  expect(result.baselineRmse).toBeLessThan(1.1 * clean.baselineRmse);
  const lines = readFileSync(at("list.csv"), "utf8").trim().split("\n");
  expect(lines.shift()).toBe("user,item,rating,expected");
  const listed = lines.map((line) => line.split(","));
  expect(listed.map(([row, col, value]) => `${row} ${col} ${Number(value)}`).sort()).toEqual(
    wrong
      .filter(({ value }) => value > 20)
      .map(({ row, col, value }) => `${row} ${col} ${Number(value.toFixed(2))}`)
      .sort(),
  );
  const distances = listed.map(([, , value, expected]) =>
    Math.abs(Number(value) - Number(expected)),
  );
  expect(distances).toEqual(distances.slice().sort((a, b) => b - a));
  const page = readFileSync(at("wrong.html"), "utf8");
  expect(page).toContain("What looks like mistakes");

  const { stdout } = lowrank(["complete", at("wrong.csv"), ...quick]);
  expect(stdout).toContain(`${training} ratings look like mistakes and were not learnt`);
  const kept = lowrankJson(["complete", at("wrong.csv"), ...quick, "--keep-outliers"]);
  expect(Object.keys(kept)).toEqual(keys);
  expect(kept.testRmse).toBeGreaterThan(10 * result.testRmse);
  expectRefusal(
    lowrank(["complete", at("wrong.csv"), "--keep-outliers", "--outliers", at("x.csv")]),
    "lowrank complete: ",
    "cannot be used with",
  );
});

test("complete reads the same ratings whatever the delimiter", () => {
  const text = csv(ratings).replaceAll(" ", "_");
  const results = [",", "\t", "::", "   "].map((delimiter, i) => {
    writeFileSync(at(`${i}.txt`), text.replaceAll(",", delimiter));
    const { milliseconds, stepMilliseconds, ...rest } = lowrankJson([
      "complete",
      at(`${i}.txt`),
      ...quick,
    ]);
    return rest;
  });
  for (const result of results) expect(result).toEqual(results[0]);
});

test("complete --out writes a model that predict and recommend read", () => {
  const model = at("model");
  lowrankJson(["complete", at("ratings.csv"), ...quick, "--test-fraction", "0", "--out", model]);

  const { value } = lowrankJson(["predict", model, "user 1", "film 2"]);
  expect(lowrank(["predict", model, "user 1", "film 2"]).stdout).toBe(`${value.toFixed(4)}\n`);

  const rated = ratings.filter(({ row }) => row === "user 1").map(({ col }) => col);
  const { row, recommendations } = lowrankJson(["recommend", model, "user 1", "-n", "100"]);
  expect(row).toBe("user 1");
  expect(recommendations).toHaveLength(30 - rated.length);
  const values = recommendations.map((entry: { value: number }) => entry.value);
  expect(values).toEqual(values.slice().sort((a: number, b: number) => b - a));
  for (const { col } of recommendations) expect(rated).not.toContain(col);
  const [first] = recommendations;
  const [{ id, score }] = MatrixCompletion.load(readFileSync(model)).recommend("user 1", 1);
  expect(first).toEqual({ col: id, value: score });
  expect(lowrank(["recommend", model, "user 1", "-n", "2"]).stdout.split("\n")).toHaveLength(3);
});

test("complete gives the same model for the same seed, another for another", () => {
  const bytes = (name: string, seed: string) => {
    lowrankJson(["complete", at("ratings.csv"), ...quick, "--seed", seed, "--out", at(name)]);
    return readFileSync(at(name));
  };
  const model = bytes("a", "1");
  expect(bytes("b", "1")).toEqual(model);
  expect(bytes("c", "2")).not.toEqual(model);
});

test("complete --folds tests on every fold and prints means in the usual keys", () => {
  const result = lowrankJson(["complete", at("ratings.csv"), ...quick, "--folds", "3"]);
  expect(Object.keys(result)).toEqual([...keys, "folds"]);
  expect(result.folds).toHaveLength(3);
  for (const key of ["testRmse", "baselineRmse", "milliseconds"]) {
    const mean = result.folds.reduce((s: number, f: Record<string, number>) => s + f[key] / 3, 0);
    expect(Math.abs(result[key] / mean - 1)).toBeLessThan(1e-12);
  }
});

test("complete --test judges by that file, also rows and columns that training never saw", () => {
  writeFileSync(at("test.csv"), "user 0,film 1,3\nstranger,film 1,2\nuser 1,unseen film,4\n");
  const result = lowrankJson(["complete", at("ratings.csv"), ...quick, "--test", at("test.csv")]);
  expect(result.observed).toBe(ratings.length);
  expect(Number.isFinite(result.testRmse)).toBe(true);
});

test("complete --test-fraction 0 trains on everything and has no error to tell", () => {
  const result = lowrankJson(["complete", at("ratings.csv"), ...quick, "--test-fraction", "0"]);
  expect([result.testRmse, result.baselineRmse]).toEqual([null, null]);
});

test("complete --min-ratings drops sparse rows and columns until none is left", () => {
  writeFileSync(at("sparse.csv"), `${csv(ratings)}loner,film 0,3\nuser 0,rarity,2\n`);
  const args = ["complete", at("sparse.csv"), ...quick];
  expect(lowrankJson(args)).toMatchObject({ rows: 41, cols: 31 });
  expect(lowrankJson([...args, "--min-ratings", "2"])).toMatchObject({ rows: 40, cols: 30 });
});

test("complete counts the last of several ratings of one pair", () => {
  writeFileSync(at("twice.csv"), `user 0,film 0,99\n${csv(ratings)}${csv(ratings.slice(0, 5))}`);
  expect(lowrankJson(["complete", at("twice.csv"), ...quick]).observed).toBe(ratings.length);
});

test("complete says something sensible of matrices that leave nothing to learn", () => {
  const cases = [
    "a,b,3\n",
    "a,b,3\nc,d,4\n",
    "a,b,3\na,c,3\nb,b,3\nb,c,3\nc,c,3\n",
    "a,b,0\na,c,0\n",
  ];
  for (const [i, text] of cases.entries()) {
    writeFileSync(at("tiny.csv"), text);
    const page = at(`tiny-${i}.html`);
    const { status, stdout, stderr } = lowrank([
      ...["complete", at("tiny.csv"), "--report", page, "--out", at("tiny")],
      ...["--test-fraction", "0.3"],
    ]);
    expect({ text, status, stderr }).toEqual({ text, status: 0, stderr: "" });
    expect(stdout + readFileSync(page, "utf8")).not.toMatch(/NaN|undefined|Infinity|null/);
    const value = Number(lowrank(["predict", at("tiny"), "a", "b"]).stdout);
    expect(Number.isFinite(value)).toBe(true);
  }
});

test("complete recommends nothing that the row has rated, held out or not", () => {
  const { stdout } = lowrank(["complete", at("ratings.csv"), ...quick, "--test-fraction", "0.4"]);
  const shown = [...stdout.matchAll(/user (user \d+)\n.*\n {4}recommended {4}(.*)\n/g)];
  expect(shown).toHaveLength(3);
  for (const [, user, list] of shown) {
    const rated = ratings.filter(({ row }) => row === user).map(({ col }) => col);
    for (const entry of list.split(" · ")) expect(rated).not.toContain(entry.split(":")[0]);
  }
});

test("complete --compare-wide times a step of the wide model", () => {
  const result = lowrankJson(["complete", at("ratings.csv"), ...quick, "--compare-wide"]);
  expect(Object.keys(result)).toEqual([...keys, "wideStepMilliseconds", "speedup"]);
  expect(result.speedup).toBe(result.wideStepMilliseconds / result.stepMilliseconds);
});

test("complete without a file completes the bundled sample and shows titles", () => {
  const { status, stdout, stderr } = lowrank([
    ...["complete", "--min-ratings", "20", "--rank", "4"],
    ...["--report", at("report.html")],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("the bundled sample (MovieTweetings)");
  expect(stdout).toMatch(/recommended {4}.*\(\d{4}\)/);
  expect(stdout).toContain(`wrote ${at("report.html")}`);
  const page = readFileSync(at("report.html"), "utf8");
  expect(page).toMatch(/<li><span><bdi>[^<]*\(\d{4}\)<\/bdi><\/span>/);
  expect(page).not.toMatch(/\bsrc=|<script/);
});

const line = "a,b,1\n";
test.each([
  ["an empty file", "", "the file is empty"],
  ["a header only", "user,film,rating\n", "a header and no ratings"],
  ["one column", "1\n2\n", "line 1: 1 column"],
  ["a word", `${line}c,d,x\n`, 'line 2: rating "x" is not a number'],
  ["hexadecimal", `${line}c,d,0x1\n`, 'line 2: rating "0x1" is not a decimal number'],
  ["NaN", `${line}c,d,NaN\n`, 'line 2: rating "NaN" is not a finite number'],
  ["infinity", `${line}c,d,Infinity\n`, 'line 2: rating "Infinity" is not a finite number'],
  ["an overflow", `${line}c,d,1e309\n`, 'line 2: rating "1e309" is not a finite number'],
  ["an empty id", `${line},d,1\n`, "line 2: the row id is empty"],
  ["an unbalanced quote", `${line}"c,d,1\n`, "line 2: a quote that opens here is never closed"],
  ["a NUL byte", `${line}c\0,d,1\n`, "line 2: a NUL byte"],
  ["invalid UTF-8", Buffer.from("612c622c310aff2c642c310a", "hex"), "line 2: invalid UTF-8"],
  ["a line of 10 MB", "x".repeat(1e7), "line 1: longer than 1 MiB"],
])("complete refuses a file with %s and writes nothing", (_, content, reason) => {
  writeFileSync(at("bad.csv"), content);
  const before = folder.names();
  const outputs = ["--out", at("never"), "--report", at("never.html")];
  const start = `lowrank complete: ${at("bad.csv")}`;
  expectRefusal(lowrank(["complete", at("bad.csv"), ...outputs]), start, reason);
  expectRefusal(
    lowrank(["complete", at("ratings.csv"), "--test", at("bad.csv"), ...outputs]),
    start,
    reason,
  );
  expect(folder.names()).toEqual(before);
});

test("complete refuses bad usage in one line and writes nothing", () => {
  mkdirSync(at("folder"), { recursive: true });
  const before = folder.names();
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(["complete", ...args]), "lowrank complete: ", reason);
  const file = at("ratings.csv");
  refuse([at("missing.csv")], `${at("missing.csv")}: there is no such file`);
  refuse([at("folder")], "it must be a folder that lowrank shard has made");
  refuse([file, "--rank", "31"], "the rank must be at most 30");
  refuse([file, "--rank", "2.5"], "must be an integer >= 1");
  refuse([file, "--rank", "0x2"], "must be an integer >= 1");
  refuse([file, "--rank"], "argument missing");
  refuse([file, "--depth", "-1"], "must be an integer in 0 .. 64");
  refuse([file, "--seed", "one"], "must be an integer >= 0");
  refuse([file, "--test-fraction", "1"], "must be a number >= 0 and < 1");
  refuse([file, "--folds", "1"], "must be an integer >= 2");
  refuse([file, "--folds", "9999"], "it must be at most that");
  refuse([file, "--folds", "3", "--test-fraction", "0.2"], "cannot be used with");
  refuse([file, "--test", file, "--test-fraction", "0.2"], "cannot be used with");
  refuse([file, "--min-ratings", "99"], "no ratings are left");
  refuse([file, "--out", at("folder")], "it is a directory");
  refuse([file, "--out", at("missing", "model")], "does not exist");
  refuse([file, "--report", at("missing", "page")], "does not exist");
  refuse([file, "--out", at("x"), "--report", at(".", "x")], "they must be two files");
  refuse([file, "extra"], "too many arguments");
  refuse([file, "--jsn"], "unknown option");
  expect(folder.names()).toEqual(before);
});

const escapes = "\u001b]0;owned\u0007\u001b[2J\u202e\n";

test("complete and recommend print ids on one line, without what terminals act on", () => {
  const hostile = ratings.map((entry) => ({ ...entry, col: `"${entry.col}${escapes}"` }));
  writeFileSync(at("hostile.csv"), csv(hostile));
  const args = ["complete", at("hostile.csv"), ...quick, "--out", at("hostile")];
  const complete = lowrank(args);
  const recommend = lowrank(["recommend", at("hostile"), "user 1", "-n", "3"]);
  for (const { status, stdout } of [complete, recommend]) {
    expect(status).toBe(0);
    expect(stdout).toContain(String.raw`\u001b]0;owned\u0007\u001b[2J\u202e\u000a`);
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  }
  expect(recommend.stdout.split("\n")).toHaveLength(4);
  const { recommendations } = lowrankJson(["recommend", at("hostile"), "user 1", "-n", "1"]);
  expect(recommendations[0].col.endsWith(escapes)).toBe(true);
});

test("complete --report stands ratings so small that nothing is left of them", () => {
  const tiny = ratings.map(({ row, col }, k) => `${row},${col},${k % 3 === 0 ? "-" : ""}5e-324\n`);
  writeFileSync(at("denormal.csv"), tiny.join(""));
  const outputs = ["--out", at("denormal"), "--report", at("denormal.html")];
  const result = lowrank(["complete", at("denormal.csv"), ...quick, ...outputs]);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(at("denormal.html"), "utf8")).not.toMatch(/NaN|undefined|Infinity/);
  expect(lowrank(["predict", at("denormal"), "user 1", "film 1"]).status).toBe(0);
});

test("complete reads other layouts by its options, and standard input", () => {
  const { milliseconds, stepMilliseconds, ...wanted } = lowrankJson([
    ...["complete", at("ratings.csv"), ...quick],
  ]);
  const same = ({ milliseconds, stepMilliseconds, ...rest }: typeof wanted) =>
    expect(rest).toEqual(wanted);
  const text = ratings.map(({ row, col, value }) => `x^${value.toFixed(2)}^${row}^é${col}\n`);
  writeFileSync(at("odd.txt"), Buffer.from(`a^b^c^d\n${text.join("")}`, "latin1"));
  const odd = ["--delimiter", "^", "--encoding", "latin1", "--columns"];
  same(lowrankJson(["complete", at("odd.txt"), ...quick, ...odd, "c,d,b"]));
  same(lowrankJson(["complete", at("odd.txt"), ...quick, ...odd, "3,4,2"]));

  const cols = Array.from({ length: 30 }, (_, i) => `film ${i}`);
  const table = Array.from({ length: 40 }, (_, u) =>
    cols.map((name) => {
      const found = ratings.find(({ row, col }) => row === `user ${u}` && col === name);
      return found ? found.value.toFixed(2) : "99";
    }),
  );
  const dense = [["user", ...cols], ...table.map((cells, u) => [`user ${u}`, ...cells])];
  writeFileSync(at("dense.csv"), dense.map((cells) => cells.join(",")).join("\n"));
  same(lowrankJson(["complete", at("dense.csv"), ...quick, "--dense", "--missing", "99"]));

  const input = readFileSync(at("ratings.csv"));
  const piped = spawnSync(process.execPath, [cliPath, "complete", "-", ...quick, "--json"], {
    input,
  });
  same(JSON.parse(piped.stdout.toString()));
});

test("complete refuses what its options leave open", () => {
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(["complete", ...args]), "lowrank complete: ", reason);
  const file = at("ratings.csv");
  refuse([file, "--columns", "a"], "it must be three columns: user, item and rating");
  refuse([file, "--columns", "a,,b"], "It must be names or numbers, separated by commas");
  refuse([file, "--columns", "user,film,stars"], 'there is no column "stars"');
  refuse([file, "--delimiter", "ab"], "It must be one character");
  refuse([file, "--delimiter", ""], "It must be one character");
  refuse([file, "--missing", "99"], "it needs --dense");
  refuse([file, "--encoding", "none"], 'there is no encoding "none"');
  refuse(["-", "--test", "-"], "standard input can be read only once");
  writeFileSync(at("full.csv"), "user,a,b\nx,1,0\ny,2,3\n");
  refuse([at("full.csv"), "--dense"], "every cell of the table is known");
  const swapped = Array.from({ length: 2000 }, (_, k) => `${k % 5},${k % 40},${(k * 7) % 90}\n`);
  writeFileSync(at("swapped.csv"), swapped.join(""));
  refuse([at("swapped.csv")], "different pairs of user and item look like other columns");
});

test("predict and recommend refuse what the model does not know", () => {
  const model = at("known");
  lowrankJson(["complete", at("ratings.csv"), ...quick, "--out", model]);
  const predict = (...args: string[]) => lowrank(["predict", model, ...args]);
  expectRefusal(predict("nobody", "film 1"), "lowrank predict: ", 'no user "nobody"');
  expectRefusal(predict("user 1", "no\nfilm"), "lowrank predict: ", String.raw`no item "no\nfilm"`);
  expectRefusal(predict("user 1"), "lowrank predict: ", "missing required argument 'col'");
  const recommend = (...args: string[]) => lowrank(["recommend", model, ...args]);
  expectRefusal(recommend("nobody"), "lowrank recommend: ", 'no user "nobody"');
  expectRefusal(recommend("user 1", "-n", "0"), "lowrank recommend: ", "must be an integer >= 1");
  expectRefusal(recommend("user 1", "-n", "x"), "lowrank recommend: ", "must be an integer >= 1");
});

test("predict and recommend refuse a file that is no whole model", () => {
  const model = at("whole");
  lowrankJson(["complete", at("ratings.csv"), ...quick, "--out", model]);
  const bytes = readFileSync(model);
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1] ^= 1;
  const broken = {
    truncated: bytes.subarray(0, bytes.length - 1),
    longer: Buffer.concat([bytes, Buffer.from([0])]),
    flipped,
    text: Buffer.from("1,2,3\n"),
    empty: Buffer.alloc(0),
  };
  for (const [name, content] of Object.entries(broken)) {
    writeFileSync(at(name), content);
    expectRefusal(
      lowrank(["predict", at(name), "user 1", "film 1"]),
      `lowrank predict: ${at(name)}`,
      "",
    );
    expectRefusal(lowrank(["recommend", at(name), "user 1"]), `lowrank recommend: ${at(name)}`, "");
  }
  const missing = lowrank(["predict", at("no model"), "user 1", "film 1"]);
  expectRefusal(missing, "lowrank predict: ", "there is no such file");
});
