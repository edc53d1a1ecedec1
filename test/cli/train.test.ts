// Clicks by the command: what it prints is what the library gives, and what it cannot do is one line.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNpy } from "../../src/formats/npy.js";
import {
  calibration,
  completeMatrix,
  MatrixCompletion,
  MatrixRanking,
  mae,
  rankMatrix,
  rmse,
  splitInteractions,
} from "../../src/index.js";
import { cliPath, expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { type Clicks, groupedClicks } from "../helpers/interactions.js";
import { buildRatings } from "../helpers/ratings.js";

const folder = temporaryFolder();
const { at } = folder;
const clicks = groupedClicks({ rows: 150, cols: 60, groups: 6, choices: 8 }, 1);
/** Ids that tables must quote, and that terminals must not act on. */
const odd = (id: string) => id.replace("0", ', "\n\u001b[2J');
const strange: Clicks = { rowIds: clicks.rowIds.map(odd), colIds: clicks.colIds.map(odd) };
const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = ({ rowIds, colIds }: Clicks, more: (i: number) => string = () => "") =>
  rowIds.map((row, i) => `${field(row)},${field(colIds[i])}${more(i)}\n`).join("");
const rating = (i: number) => 1 + ((i * 7) % 5);
const liked = (i: number) => rating(i) >= 3;
const likes: Clicks = {
  rowIds: clicks.rowIds.filter((_, i) => liked(i)),
  colIds: clicks.colIds.filter((_, i) => liked(i)),
};
const figureKeys = ["ndcg10", "ndcg100", "recall20", "hitRate10", "coverage"];
const keys = ["model", "rows", "cols", "observed", ...figureKeys, "popularity", "milliseconds"];
const model = at("clicks.model");
let trained: MatrixRanking;
const trainRatings = (out: string) =>
  lowrankJson(["train", at("ratings.csv"), "--rank", "3", "--test-fraction", "0", "--out", out]);

beforeAll(() => {
  writeFileSync(at("clicks.csv"), csv(clicks));
  writeFileSync(
    at("ratings.csv"),
    csv(clicks, (i) => `,${rating(i)}`),
  );
  writeFileSync(at("strange.csv"), `user,item\n${csv(strange)}`);
  writeFileSync(
    at("titles.csv"),
    `id,title\n${[...new Set(clicks.colIds)].map((id) => `${id},"Title of ""${id}"""\n`).join("")}`,
  );
  lowrankJson(["train", at("clicks.csv"), "--out", model]);
  trained = MatrixRanking.load(readFileSync(model));
});
afterAll(folder.remove);

test("train of clicks writes the library's model of all of them, and the promised keys", () => {
  const result = lowrankJson(["train", at("clicks.csv"), "--out", at("again")]);
  expect(Object.keys(result)).toEqual(keys);
  expect(Object.keys(result.popularity)).toEqual(figureKeys);
  const wanted = rankMatrix(clicks);
  expect(readFileSync(at("again"))).toEqual(Buffer.from(wanted.save()));
  expect(wanted.rank).toBeGreaterThan(0);
  const { rows, cols, observed } = wanted;
  expect(result).toMatchObject({ model: "ranking", rows, cols, observed });
  expect(result.ndcg10).toBeGreaterThan(result.popularity.ndcg10);
  const { milliseconds, ...rest } = result;
  const other = lowrankJson(["complete", at("clicks.csv"), "--clicks"]);
  expect(other).toMatchObject(rest);
  expect(lowrankJson(["evaluate", at("clicks.csv")])).toMatchObject({ ndcg10: result.ndcg10 });
});

test("evaluate prints what the library measures on the same split", () => {
  const times = clicks.rowIds.map((_, i) => 1_600_000_000 + ((i * 7919) % 1200));
  const timed = csv(clicks, (i) => `,${times[i]}`);
  writeFileSync(at("timed.csv"), `user,item,timestamp\n${timed}`);
  for (const by of ["random", "last", "time"] as const) {
    const options = by === "last" ? { by, seed: 5 } : { by, seed: 5, fraction: 0.3 };
    const { train, test: held } = splitInteractions({ ...clicks, times }, options);
    const model = rankMatrix(train, { seed: 5 });
    const wanted = model.evaluate(held);
    const fraction = by === "last" ? [] : ["--test-fraction", "0.3"];
    const args = ["evaluate", at("timed.csv"), "--split", by, "--seed", "5", ...fraction];
    const shown = lowrankJson(args);
    for (const of of ["model", "popularity"] as const) {
      const [own, library] =
        of === "model" ? [shown, wanted] : [shown.popularity, wanted.popularity];
      const { ndcg10, ndcg100, recall20, hitRate10, coverage10: coverage } = library;
      expect(own).toMatchObject({ ndcg10, ndcg100, recall20, hitRate10, coverage });
    }
  }
  const args = ["evaluate", at("clicks.csv"), "--split"];
  expectRefusal(lowrank([...args, "last"]), "lowrank evaluate: ", "no column holds times");
  const both = [...args, "last", "--test-fraction", "0.3"];
  expectRefusal(lowrank(both), "lowrank evaluate: ", "leave out --test-fraction");
  expectRefusal(lowrank([...args, "best"]), "lowrank evaluate: ", "random, last, time");
});

test("evaluate of ratings also says the mean absolute error and the calibration", () => {
  const held = clicks.rowIds.flatMap((_, i) => (i % 9 === 0 ? [i] : []));
  const part = (indices: number[]) => ({
    rowIds: indices.map((i) => clicks.rowIds[i]),
    colIds: indices.map((i) => clicks.colIds[i]),
    values: indices.map(rating),
  });
  const lines = ({ rowIds, colIds, values }: ReturnType<typeof part>) =>
    csv({ rowIds, colIds }, (i) => `,${values[i]}`);
  const [train, truth] = [part([...clicks.rowIds.keys()].filter((i) => i % 9 > 0)), part(held)];
  writeFileSync(at("known.csv"), lines(train));
  writeFileSync(at("held.csv"), lines(truth));
  const predicted = completeMatrix(train, { rank: 3 }).predictEach(truth);
  const args = [at("known.csv"), "--rank", "3", "--test", at("held.csv")];
  expect(lowrankJson(["evaluate", ...args])).toMatchObject({
    testMae: mae(truth.values, predicted),
    calibrationError: calibration(truth.values, predicted).error,
    testRmse: rmse(truth.values, predicted),
  });
  const { stdout } = lowrank(["evaluate", ...args, "--seed", "0"]);
  expect(stdout).toMatch(/mean absolute error +\d\.\d{4}\n +calibration error +\d\.\d{4}/);
});

test("ratings from a value on are likes, and the others are seen", () => {
  const args = ["train", at("ratings.csv"), "--min-value", "3", "--out", at("likes.model")];
  expect(lowrankJson(args).observed).toBe(likes.rowIds.length);
  const loaded = MatrixRanking.load(readFileSync(at("likes.model")));
  const cols = new Set(likes.colIds);
  for (const user of ["row0", "row77"]) {
    const known = clicks.colIds.filter((col, i) => clicks.rowIds[i] === user && cols.has(col));
    const shown = lowrankJson(["recommend", at("likes.model"), user, "-n", "100"]);
    const items = shown.recommendations.map(({ col }: { col: string }) => col);
    expect(items).toHaveLength(loaded.cols - new Set(known).size);
    for (const col of known) expect(items).not.toContain(col);
  }
});

test("train says what it did in users' words, by titles, with a report", () => {
  const titles = ["--titles", at("titles.csv")];
  const args = ["train", at("clicks.csv"), ...titles, "--report", at("report.html")];
  const { status, stdout, stderr } = lowrank(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("1,200 clicks by 150 users on 59 items\n");
  expect(stdout).toMatch(/a matrix of 150 rows and 59 columns, .*\n/);
  expect(stdout).toMatch(/NDCG of the first 10 +0\.\d{4} +0\.\d{4}\n/);
  expect(stdout).toMatch(/recommended {4}Title of "col\d+" · /);
  const page = readFileSync(at("report.html"), "utf8");
  expect(page).toContain("Title of &quot;col");
  expect(page).toContain("Recommendation report");
  expect(page).not.toMatch(/\bsrc=|<script|NaN|undefined|null/);
});

test("recommend prints what the library recommends, to one user and to all", () => {
  const options = { exclude: ["col1"], only: ["col1", "col2", "col3", "col50"] };
  const wanted = trained.recommend("row3", 3, options);
  writeFileSync(at("only.txt"), `${options.only.join("\n")}\n`);
  const choice = ["--exclude", "col1", "--only"];
  for (const only of [options.only.join(","), `@${at("only.txt")}`]) {
    const shown = lowrankJson(["recommend", model, "row3", "-n", "3", ...choice, only]);
    const recommendations = wanted.map(({ id, score }) => ({ col: id, value: score }));
    expect(shown).toEqual({ row: "row3", recommendations });
  }
  const text = lowrank(["recommend", model, "row3", "-n", "3", ...choice, options.only.join(",")]);
  expect(text.stdout).toBe(wanted.map(({ id, score }) => `${score.toFixed(4)}  ${id}\n`).join(""));
  const all = [...trained.recommendAll(4)];
  for (const [name, titles] of [
    ["all.csv", []],
    ["all.jsonl", ["--titles", at("titles.csv")]],
  ] as const) {
    const args = ["recommend", model, "--all", "-n", "4", "--out", at(name), ...titles];
    expect(lowrank(args)).toMatchObject({ status: 0, stderr: "" });
  }
  // Without a file the same to the standard output, for whoever reads on.
  const printed = lowrank(["recommend", model, "--all", "-n", "4"]);
  expect(printed).toEqual({ status: 0, stderr: "", stdout: readFileSync(at("all.csv"), "utf8") });
  const titled = ["recommend", model, "--all", "-n", "4", "--json", "--titles", at("titles.csv")];
  expect(lowrank(titled).stdout).toBe(readFileSync(at("all.jsonl"), "utf8"));
  const lines = all.flatMap(({ id, recommendations }) =>
    recommendations.map(({ id: col, score }, i) => `${id},${col},${i + 1},${score}\n`),
  );
  expect(readFileSync(at("all.csv"), "utf8")).toBe(`user,item,rank,score\n${lines.join("")}`);
  const objects = readFileSync(at("all.jsonl"), "utf8").trimEnd().split("\n");
  expect(JSON.parse(objects[5])).toEqual({
    row: all[5].id,
    recommendations: all[5].recommendations.map(({ id, score }) => ({
      ...{ col: id, value: score, title: `Title of "${id}"` },
    })),
  });
  expect(objects).toHaveLength(150);
});

test("a user who comes later is served by a history, as the same user in training", () => {
  const own = clicks.colIds.filter((_, i) => clicks.rowIds[i] === "row9");
  writeFileSync(at("mine.csv"), `item\n${own.join("\n")}\nnews\n`);
  const outcome = lowrank(["recommend", model, "--history", at("mine.csv"), "--json"]);
  expect(outcome.stderr).toContain('mine.csv: 1 of 9 items are unknown to the model, first "news"');
  const wanted = trained.recommend("row9", 10);
  const recommendations = wanted.map(({ id, score }) => ({ col: id, value: score }));
  expect(JSON.parse(outcome.stdout)).toEqual({ row: null, recommendations });

  const rated = own.map((id, i) => `${id},${i % 2 === 0 ? 5 : 1}\n`).join("");
  writeFileSync(at("rated.csv"), `item,rating\n${rated}`);
  const args = ["recommend", model, "--history", at("rated.csv")];
  expectRefusal(lowrank(args), "lowrank recommend: ", "say with --min-value");
  const weights = own.map((_, i) => (i % 2 === 0 ? 1 : 0));
  const folded = trained.recommend(trained.foldIn({ colIds: own, weights }), 10);
  expect(lowrankJson([...args, "--min-value", "3"]).recommendations).toEqual(
    folded.map(({ id, score }) => ({ col: id, value: score })),
  );
});

test("who has liked nothing yet is recommended what is popular and new to them", () => {
  const popular = trained.recommend(trained.foldIn([]), 4).map(({ id }) => id);
  writeFileSync(at("disliked.csv"), `item,rating\n${popular[0]},1\n${popular[2]},2\n`);
  const args = ["recommend", model, "--history", at("disliked.csv"), "--min-value", "3", "-n", "2"];
  const shown = lowrankJson(args).recommendations.map(({ col }: { col: string }) => col);
  expect(shown).toEqual([popular[1], popular[3]]);
  for (const [text, reason] of [
    ["", "the file is empty"],
    ["item\n", "a header and no items"],
    ["item,rating\ncol1,good\n", 'rating "good" is not a number'],
  ]) {
    writeFileSync(at("nothing.csv"), text);
    const outcome = lowrank(["recommend", model, "--history", at("nothing.csv")]);
    expectRefusal(outcome, `lowrank recommend: ${at("nothing.csv")}`, reason);
  }
});

test("similar and explain print what the library says", () => {
  const similar = trained.similarItems("col3", 4);
  expect(lowrankJson(["similar", model, "col3", "-n", "4"])).toEqual({
    col: "col3",
    similar: similar.map(({ id, score }) => ({ col: id, value: score })),
  });
  const [{ id }] = trained.recommend("row3", 1);
  const { score, parts } = trained.explain("row3", id);
  const shown = lowrankJson(["explain", model, "row3", id]);
  expect(shown).toEqual({
    ...{ row: "row3", col: id, value: score },
    parts: parts.map((part) => ({ col: part.id, value: part.score })),
  });
  const sum = shown.parts.reduce((total: number, { value }: { value: number }) => total + value, 0);
  expect(Math.abs(sum / score - 1)).toBeLessThan(1e-6);
  const { stdout } = lowrank([
    "explain",
    model,
    "row3",
    id,
    "-n",
    "2",
    "--titles",
    at("titles.csv"),
  ]);
  expect(stdout.split("\n")).toHaveLength(4);
  expect(stdout).toContain(`Title of "${parts[0].id}"`);
});

test("info and export say what a model holds, of either kind", () => {
  const info = lowrankJson(["info", model]);
  const { rows, cols, observed, rank, validation } = trained;
  // JSON has no infinity: weights that do not decay have no half-life.
  const settings = { ...trained.settings, halfLife: null };
  const facts = {
    kind: "ranking",
    checksum: "ok",
    rows,
    cols,
    observed,
    rank,
    settings,
    validation,
  };
  expect(info).toMatchObject(facts);
  expect(info.bytes).toBe(readFileSync(model).length);
  const { stdout } = lowrank(["info", model]);
  expect(stdout).toContain("its checksum fits");
  expect(stdout).toMatch(/halfLife +none\n/);

  lowrankJson(["export", model, "--out", at("factors")]);
  const read = (name: string) => readFileSync(at("factors", name));
  const factors = trained.factors();
  for (const side of ["row", "col"] as const) {
    const { shape, data } = decodeNpy(read(`${side}-factors.npy`));
    const wanted = side === "row" ? factors.rows : factors.cols;
    expect([...shape]).toEqual([wanted.rows, wanted.cols]);
    expect(data).toEqual(wanted.data);
    const ids = side === "row" ? trained.rowIds : trained.colIds;
    expect(JSON.parse(read(`${side}-ids.json`).toString())).toEqual(ids);
  }
  const ratings = at("ratings.model");
  trainRatings(ratings);
  expect(lowrankJson(["info", ratings])).toMatchObject({ kind: "ratings", rows: 150, cols: 59 });
  expect(lowrank(["info", ratings]).stdout).toContain("a model of ratings");
  lowrankJson(["export", ratings, "--out", at("parts")]);
  const part = (name: string) => decodeNpy(readFileSync(at("parts", name)));
  const about = JSON.parse(readFileSync(at("parts", "model.json"), "utf8"));
  const [X, Y] = [part("row-factors.npy"), part("col-factors.npy")];
  const [b, c] = [part("row-biases.npy").data, part("col-biases.npy").data];
  const completion = MatrixCompletion.load(readFileSync(ratings));
  for (const [u, i] of [
    [0, 0],
    [7, 5],
    [149, 58],
  ]) {
    let product = 0;
    for (let k = 0; k < about.rank; k++) {
      product += Number(X.data[u * about.rank + k]) * Number(Y.data[i * about.rank + k]);
    }
    const value = about.mean + about.scale * (Number(b[u]) + Number(c[i]) + product);
    const limited = Math.min(about.high, Math.max(about.low, value));
    const predicted = completion.predict(completion.rowIds[u], completion.colIds[i]);
    expect(Math.abs(limited - predicted)).toBeLessThan(1e-5);
  }
});

test("models of ratings recommend by a history, among some items, and to all", () => {
  const ratings = at("rated.model");
  trainRatings(ratings);
  const loaded = MatrixCompletion.load(readFileSync(ratings));
  writeFileSync(at("taste.csv"), "col1,5\ncol2,1\n");
  const folded = loaded.foldIn({ colIds: ["col1", "col2"], values: [5, 1] });
  const listed = (list: { id: string; score: number }[]) =>
    list.map(({ id, score }) => ({ col: id, value: score }));
  const history = ["recommend", ratings, "--history", at("taste.csv")];
  expect(lowrankJson(history).recommendations).toEqual(listed(loaded.recommend(folded, 10)));
  const some = loaded.recommend(folded, 60).filter(({ id }) => ["col8", "col9"].includes(id));
  expect(lowrankJson([...history, "--only", "col8,col9"]).recommendations).toEqual(listed(some));
  expect(lowrank(["recommend", ratings, "--all", "-n", "2", "--out", at("r.jsonl")]).status).toBe(
    0,
  );
  const [one, two] = ["1", "2"].map((threads) => {
    const all = lowrank(["recommend", ratings, "--all", "-n", "2", "--threads", threads]);
    expect(all.status).toBe(0);
    return all.stdout;
  });
  expect(two).toBe(one);
  const byRating = lowrankJson(["recommend", ratings, "row3", "-n", "4", "--by", "rating"]);
  const rated = loaded.recommend("row3", 4, { by: "rating" });
  expect(byRating.recommendations).toEqual(listed(rated));
  expect(rated[0].score).toBe(loaded.predict("row3", rated[0].id));
  const { orders } = lowrankJson(["info", ratings]);
  expect(orders).toEqual({ recommendsBy: loaded.recommendsBy, heldOut: loaded.orders ?? null });
  expectRefusal(
    lowrank(["recommend", model, "row3", "--by", "rating"]),
    "lowrank recommend: ",
    "a model of clicks, which has one order: leave out --by",
  );
  const [first] = readFileSync(at("r.jsonl"), "utf8").split("\n");
  const row = loaded.rowIds[0];
  expect(JSON.parse(first)).toEqual({ row, recommendations: listed(loaded.recommend(row, 2)) });
  writeFileSync(at("plain.csv"), "col1\n");
  const plain = lowrank(["recommend", ratings, "--history", at("plain.csv")]);
  expectRefusal(plain, "lowrank recommend: ", "it holds no ratings");
  const other = lowrank([...history, "--min-value", "3"]);
  expectRefusal(other, "lowrank recommend: ", "leave out --min-value");
  for (const command of [
    ["similar", ratings, "col1"],
    ["explain", ratings, "row1", "col1"],
  ]) {
    const reason = "it is a model of ratings";
    expectRefusal(lowrank(command), `lowrank ${command[0]}: ${ratings}: `, reason);
  }
  const predict = lowrank(["predict", model, "row1", "col1"]);
  expectRefusal(predict, "lowrank predict: ", "it is a model of clicks");
});

test("ids with commas, quotes, line ends and controls survive, and are printed on one line", () => {
  const file = at("strange.model");
  const summary = lowrank(["train", at("strange.csv"), "--out", file]);
  const user = odd("row30");
  const text = lowrank(["recommend", file, user]);
  for (const { status, stdout } of [summary, text]) {
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
  }
  expect(text.stdout.split("\n")).toHaveLength(11);
  lowrank(["recommend", file, "--all", "-n", "3", "--out", at("strange-all.csv")]);
  const back = at("back.model");
  // The table that was written is one of clicks.
  lowrankJson(["train", at("strange-all.csv"), "--clicks", "--out", back]);
  const loaded = MatrixRanking.load(readFileSync(back));
  expect(loaded.rowIds).toEqual(MatrixRanking.load(readFileSync(file)).rowIds);
  const [{ id }] = MatrixRanking.load(readFileSync(file)).recommend(user, 1);
  const only = ["--only", field(id)];
  expect(lowrankJson(["recommend", file, user, ...only]).recommendations[0].col).toBe(id);
});

test("models have the same bytes on several threads, of ratings and of clicks", () => {
  // Enough ratings for two threads.
  const { observed } = buildRatings({
    ...{ rows: 1200, cols: 200, rank: 3, observed: 0.88, noise: 0.5, seed: 4 },
  });
  const { rowIds, colIds, values } = observed;
  writeFileSync(
    at("many.csv"),
    rowIds.map((id, p) => `${id},${colIds[p]},${values[p]}\n`).join(""),
  );
  const bytes = (name: string, ...options: string[]) => {
    lowrankJson(["train", at("many.csv"), "--rank", "4", "--out", at(name), ...options]);
    return readFileSync(at(name));
  };
  expect(bytes("b", "--threads", "2")).toEqual(bytes("a"));
  expect(bytes("d", "--clicks", "--threads", "auto")).toEqual(bytes("c", "--clicks"));
});

test("tiny data trains: one user, one item, one click", () => {
  for (const text of ["ann,tea\n", "ann,tea\nann,milk\nann,rum\n", "ann,tea\nbob,tea\ncas,tea\n"]) {
    writeFileSync(at("tiny.csv"), text);
    const outputs = ["--out", at("tiny.model"), "--report", at("tiny.html")];
    const { status, stdout, stderr } = lowrank(["train", at("tiny.csv"), ...outputs]);
    expect({ text, status, stderr }).toEqual({ text, status: 0, stderr: "" });
    expect(stdout + readFileSync(at("tiny.html"), "utf8")).not.toMatch(/NaN|undefined|null/);
    expect(lowrank(["recommend", at("tiny.model"), "ann"]).status).toBe(0);
    const similar = lowrank(["similar", at("tiny.model"), "tea"]);
    expectRefusal(similar, "lowrank similar: ", "the order by popularity");
  }
  expectRefusal(lowrank(["evaluate", at("tiny.csv")]), "lowrank evaluate: ", "");
});

test("clicks come through standard input", () => {
  const input = readFileSync(at("clicks.csv"));
  const args = ["train", "-", "--out", at("piped.model"), "--json"];
  const { status } = spawnSync(process.execPath, [cliPath, ...args], { input });
  expect(status).toBe(0);
  expect(readFileSync(at("piped.model"))).toEqual(readFileSync(model));
});

test("train, evaluate and recommend refuse in one line what makes no sense, and write nothing", () => {
  writeFileSync(at("empty.csv"), "");
  writeFileSync(at("broken.csv"), "ann,tea\nbob\n");
  writeFileSync(at("two-users.csv"), "ann,col1\nbob,col2\n");
  mkdirSync(at("here"), { recursive: true });
  const damaged = Buffer.from(readFileSync(model));
  damaged[100] ^= 1;
  writeFileSync(at("damaged.model"), damaged);
  const before = folder.names();
  const file = at("clicks.csv");
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(args), `lowrank ${args[0]}: `, reason);
  for (const command of ["train", "evaluate"]) {
    refuse([command, at("empty.csv")], "the file is empty");
    refuse([command, at("broken.csv")], "line 2: 1 column");
    refuse([command, file, "--min-value", "4"], "it holds no ratings");
    refuse([command, file, "--clicks", "--min-value", "4"], "cannot be used with");
    refuse([command, file, "--folds", "3"], "--folds is for models of ratings");
    refuse([command, file, "--depth", "1"], "--depth is for models of ratings");
    refuse([command, file, "--compare-wide"], "--compare-wide is for models of ratings");
    refuse([command, file, "--no-implicit"], "--no-implicit is for models of ratings");
    refuse([command, file, "--threads", "0"], "It must be an integer in 1 .. 64, or auto");
    refuse([command, file, "--threads", "all"], "It must be an integer in 1 .. 64, or auto");
    // Threads name their complaints in the same words.
    refuse(
      [command, file, "--threads", "2", "--rank", "99"],
      "rank must be below its smaller side",
    );
    refuse([command, file, "--rank", "99"], "rank must be below its smaller side");
    refuse([command, file, "--min-ratings", "99"], "no clicks are left");
    refuse(
      [command, file, "--columns", "1"],
      "three columns: user, item and rating (two of clicks",
    );
    refuse([command, at("ratings.csv"), "--min-value", "9"], "the largest rating is 5");
    refuse([command, at("ratings.csv"), "--min-value", "x"], "must be a number");
    refuse([command, at("ratings.csv"), "--split", "random"], "--split is for clicks");
    refuse([command, file, "--titles", at("missing")], "there is no such file");
    refuse([command, "-", "--titles", "-"], "standard input can be read only once");
  }
  refuse(["evaluate", file, "--test-fraction", "0"], "");
  refuse(["evaluate", file, "--out", at("x")], "unknown option");
  const [recommend, user] = [["recommend", model], "row1"];
  refuse(recommend, "name one of a user, --history FILE and --all");
  refuse([...recommend, user, "--history", at("two-users.csv")], "name one of a user");
  refuse([...recommend, "--history", at("two-users.csv")], 'user "bob" after "ann"');
  refuse([...recommend, "nobody"], 'it knows no user "nobody"');
  refuse([...recommend, user, "--out", at("x.csv")], "--out is for the recommendations of --all");
  refuse([...recommend, user, "--threads", "2"], "--threads is for the recommendations of --all");
  refuse([...recommend, "--all", "--out", at("x.txt")], "must end in .csv or .jsonl");
  refuse([...recommend, "--all", "--json", "--out", at("x.csv")], "leave one of them out");
  refuse([...recommend, "--all", "--out", at("no", "x.csv")], "does not exist");
  refuse([...recommend, user, "--only", "x,y"], "the model knows none of the items");
  refuse([...recommend, user, "--only", file], "reads the file");
  refuse([...recommend, user, "--exclude", ""], "must be item ids separated by commas");
  refuse([...recommend, user, "--exclude", "a,,b"], "must be item ids separated by commas");
  refuse([...recommend, user, "--min-value", "3"], "it needs --history");
  const twice = "--history and --titles are both -: standard input can be read only once";
  refuse([...recommend, "--history", "-", "--titles", "-"], twice);
  refuse([...recommend, user, "--only", "@-", "--exclude", "@-"], "can be read only once");
  refuse(["similar", model, "nothing"], 'it knows no item "nothing"');
  refuse(["explain", model, "nobody", "col1"], 'it knows no user "nobody"');
  refuse(["explain", model, user, "nothing"], 'it knows no item "nothing"');
  refuse(["export", model, "--out", file], "is not a folder");
  refuse(["export", model], "required option '--out <dir>'");
  for (const command of ["info", "export"]) {
    const out = command === "export" ? ["--out", at("never")] : [];
    refuse([command, file, ...out], "it is not a model: the file must be one that lowrank train");
    refuse([command, at("damaged.model"), ...out], "its checksum does not fit");
  }
  expect(folder.names()).toEqual(before);
});
