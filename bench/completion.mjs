// Question: how well and how fast does completeMatrix complete ratings that it knows nothing about?
// node bench/completion.mjs [part ...] [--seed N]: the parts named below, or all; parts that are
// not run keep the tables of their last run. Defaults everywhere: nothing knows the data set.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { completeMatrix } from "../dist/index.js";
import { dataFile } from "../lab/data.mjs";
import { shuffled, uniform } from "../lab/random.mjs";
import { blocks, movieLens, pick, randomFolds, splits, tenCore } from "../lab/ratings.mjs";
import { median } from "../lab/statistics.mjs";
import { runParts, timed } from "./report.mjs";

const question = "How well and how fast does completeMatrix complete ratings?";
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "0" } },
});
const seed = Number(flags.seed);
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const digits = (value, count = 4) => value.toFixed(count);

/** One line: RMSE of every split and their mean, beside the biases alone. */
function crossValidate(name, sets, options = {}) {
  const runs = sets.map(({ train, test }, fold) => {
    const { value: model, seconds } = timed(() => completeMatrix(train, options));
    const run = { rmse: model.rmse(test), baseline: model.baselineRmse(test), seconds };
    console.error(`${name}, split ${fold + 1}: ${digits(run.rmse)} (${digits(seconds, 1)} s)`);
    return run;
  });
  const rmse = mean(runs.map((run) => run.rmse));
  const baseline = mean(runs.map((run) => run.baseline));
  return [
    name,
    digits(rmse),
    digits(baseline),
    `${digits(100 * (1 - rmse / baseline), 2)} %`,
    runs.map((run) => digits(run.rmse)).join(" "),
    `${digits(mean(runs.map((run) => run.seconds)), 1)} s`,
  ];
}

const columns = ["data", "RMSE", "biases alone", "gain", "splits", "one fit"];

/** Five random folds, and MovieLens' own five splits. */
function accuracy() {
  const ml = movieLens();
  const folds = splits(ml, randomFolds(ml.values.length, 5, seed));
  const core = tenCore();
  return {
    title: "Accuracy with the defaults",
    columns,
    rows: [
      crossValidate("MovieLens 100K, 5 folds", folds),
      crossValidate("MovieLens 100K, u1 .. u5", splits(ml, blocks(ml.values.length, 20_000))),
      crossValidate(
        "MovieTweetings 100K, ten-core, 5 folds",
        splits(core, randomFolds(core.values.length, 5, seed)),
      ),
    ],
    remarks: `Folds of seed ${seed}. "Biases alone" are mean and regularised biases of the same training part.`,
  };
}

/** Do cores pay? Without implicit terms, which hide most of it. */
function cores() {
  const ml = movieLens();
  const folds = splits(ml, randomFolds(ml.values.length, 5, seed));
  return {
    title: "Core factors, without implicit terms: MovieLens 100K, 5 folds",
    columns,
    rows: [0, 1, 2].map((depth) =>
      crossValidate(`depth ${depth}`, folds, { implicit: false, depth }),
    ),
  };
}

/** One training on 90 % of MovieLens 100K in a process of its own. */
function time() {
  const script = fileURLToPath(import.meta.url);
  const runs = Array.from({ length: 3 }, () => {
    const { value, seconds } = timed(() =>
      spawnSync(process.execPath, [script, "train-once"], { encoding: "utf8" }),
    );
    return { seconds, ...JSON.parse(value.stdout) };
  });
  const range = (list, unit, count) =>
    `${digits(median(list), count)} ${unit} (${list.map((x) => digits(x, count)).join(", ")})`;
  return {
    title: "One training: MovieLens 100K, 90 %, process start to JSON",
    columns: ["what", "median of 3 (all)"],
    rows: [
      [
        "whole process",
        range(
          runs.map((run) => run.seconds),
          "s",
          2,
        ),
      ],
      [
        "the fit: search and refit",
        range(
          runs.map((run) => run.fitSeconds),
          "s",
          2,
        ),
      ],
      [
        "processor time, whatever else runs",
        range(
          runs.map((run) => run.processorSeconds),
          "s",
          2,
        ),
      ],
      ["steps", String(runs[0].steps)],
      [
        "one step",
        range(
          runs.map((run) => (1000 * run.fitSeconds) / run.steps),
          "ms",
          2,
        ),
      ],
      [
        "peak memory of the process",
        range(
          runs.map((run) => run.megabytes),
          "MB",
          0,
        ),
      ],
      ["size of the model file", `${digits(runs[0].bytes / 1e6, 2)} MB`],
      ["RMSE on the other 10 %", digits(runs[0].rmse)],
    ],
  };
}

/** A step of the compressed model against one of the wide dense model, by the command itself. */
function wide() {
  const command = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  const file = dataFile("ml-100k/u.data");
  const options = ["--test-fraction", "0.1", "--compare-wide", "--json"];
  const runs = Array.from({ length: 3 }, () => {
    const { stdout } = spawnSync(process.execPath, [command, "complete", file, ...options], {
      encoding: "utf8",
    });
    return JSON.parse(stdout);
  });
  const middle = (key) => median(runs.map((run) => run[key]));
  return {
    title: "A step, compressed against wide: MovieLens 100K, median of 3 processes",
    columns: ["compressed", "wide", "times cheaper", "parameters", "wide parameters"],
    rows: [
      [
        `${digits(middle("stepMilliseconds"), 2)} ms`,
        `${digits(middle("wideStepMilliseconds"), 0)} ms`,
        digits(middle("speedup"), 0),
        middle("parameters").toLocaleString("en"),
        middle("wideParameters").toLocaleString("en"),
      ],
    ],
    remarks:
      "Wide: as many factors as the compressed product, each of the larger dimension, same kernels.",
  };
}

function trainOnce() {
  const ml = movieLens();
  const [{ train, test }] = splits(ml, randomFolds(ml.values.length, 10, seed).slice(0, 1));
  const { value: model, seconds } = timed(() => completeMatrix(train));
  const { length: bytes } = model.save();
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const { steps } = model;
  const rmse = model.rmse(test);
  const { user, system } = process.cpuUsage();
  const processorSeconds = (user + system) / 1e6;
  console.log(
    JSON.stringify({ fitSeconds: seconds, processorSeconds, steps, rmse, megabytes, bytes }),
  );
}

/** 100 users left out, 20 ratings each kept: trained with them, or folded in. */
function foldIn() {
  const rows = [];
  const microseconds = [];
  for (const [name, ratings, seeds] of [
    ["MovieLens 100K", movieLens(), [0, 1, 2]],
    ["MovieTweetings 100K, ten-core", tenCore(), [0, 1]],
  ]) {
    for (const draw of seeds) rows.push(foldInOnce(name, ratings, draw, microseconds));
  }
  microseconds.sort((a, b) => a - b);
  const at = (share) => digits(microseconds[Math.floor(share * microseconds.length)] / 1000, 3);
  return {
    title: "New rows: folded in against trained with",
    columns: ["data", "trained with them", "folded in", "ratio", "biases alone"],
    rows,
    remarks:
      "100 rows left out of training, 20 observations each kept; RMSE on their others. One call of " +
      `foldIn, of ${microseconds.length}: median ${at(0.5)} ms, 99 % below ${at(0.99)} ms.`,
  };
}

function foldInOnce(name, ratings, draw, microseconds) {
  const byRow = new Map();
  for (const [p, id] of ratings.rowIds.entries()) {
    if (byRow.has(id)) byRow.get(id).push(p);
    else byRow.set(id, [p]);
  }
  const candidates = [...byRow.keys()].filter((id) => byRow.get(id).length >= 40);
  const left = shuffled(candidates.length, uniform(draw))
    .slice(0, 100)
    .map((i) => candidates[i]);
  const kept = new Map();
  const unseen = [];
  for (const id of left) {
    const places = byRow.get(id);
    const order = shuffled(places.length, uniform(draw + 1)).map((i) => places[i]);
    kept.set(id, pick(ratings, order.slice(0, 20)));
    unseen.push(...order.slice(20));
  }
  const gone = new Set(left.flatMap((id) => byRow.get(id)));
  const others = ratings.values.map((_, p) => p).filter((p) => !gone.has(p));
  const keptPlaces = [...gone].filter((p) => !new Set(unseen).has(p));
  const model = completeMatrix(pick(ratings, others));
  const retrained = completeMatrix(pick(ratings, [...others, ...keptPlaces]));
  const rows = new Map();
  for (let round = 0; round < 20; round++) {
    for (const [id, observations] of kept) {
      const { value, seconds } = timed(() => model.foldIn(observations));
      microseconds.push(1e6 * seconds);
      rows.set(id, value);
    }
  }
  const errors = unseen
    .filter((p) => model.hasCol(ratings.colIds[p]))
    .map((p) => model.predict(rows.get(ratings.rowIds[p]), ratings.colIds[p]) - ratings.values[p]);
  const folded = Math.sqrt(mean(errors.map((error) => error * error)));
  const test = pick(
    ratings,
    unseen.filter((p) => model.hasCol(ratings.colIds[p])),
  );
  const trained = retrained.rmse(test);
  console.error(`${name}, draw ${draw}: ${digits(trained)} trained, ${digits(folded)} folded in`);
  return [
    `${name}, draw ${draw}`,
    digits(trained),
    digits(folded),
    digits(folded / trained),
    digits(retrained.baselineRmse(test)),
  ];
}

/** Low-rank matrices with noise, among them a million entries. */
function synthetic() {
  const cases = [
    { rows: 100, cols: 100, rank: 5, observed: 0.3, noise: 0 },
    { rows: 500, cols: 400, rank: 5, observed: 0.2, noise: 0 },
    { rows: 100, cols: 100, rank: 5, observed: 0.3, noise: 0.1 },
    { rows: 300, cols: 200, rank: 5, observed: 0.2, noise: 0.5 },
    { rows: 300, cols: 200, rank: 5, observed: 0.2, noise: 3 },
    { rows: 5000, cols: 2000, rank: 8, observed: 0.1, noise: 0.5 },
  ];
  const rows = cases.map((one) => {
    const { observed, hidden } = lowRank(one);
    const { value: model, seconds } = timed(() => completeMatrix(observed, { clip: false }));
    console.error(`${JSON.stringify(one)}: ${model.rmse(hidden)} (${digits(seconds, 1)} s)`);
    return [
      `${one.rows} x ${one.cols}, rank ${one.rank}, noise ${one.noise}`,
      String(observed.values.length),
      digits(model.rmse(hidden)),
      digits(model.baselineRmse(hidden)),
      `${digits(seconds, 1)} s`,
    ];
  });
  return {
    title: "Low-rank matrices of unit variance, random entries",
    columns: ["matrix", "observed", "RMSE on unseen entries", "biases alone", "one fit"],
    rows,
  };
}

function lowRank({ rows, cols, rank, observed: share, noise }) {
  const next = uniform(rows + cols + rank);
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sum;
  };
  const [X, Y] = [rows, cols].map((n) => Float64Array.from({ length: n * rank }, normal));
  const observed = { rowIds: [], colIds: [], values: [] };
  const hidden = { rowIds: [], colIds: [], values: [] };
  for (let u = 0; u < rows; u++) {
    for (let i = 0; i < cols; i++) {
      const seen = next() < share;
      // A hundred thousand unseen entries are enough to judge by.
      if (!seen && next() * rows * cols > 1e5) continue;
      let value = 0;
      for (let c = 0; c < rank; c++) value += X[u * rank + c] * Y[i * rank + c];
      value /= Math.sqrt(rank);
      const to = seen ? observed : hidden;
      to.rowIds.push(u);
      to.colIds.push(i);
      to.values.push(seen ? value + noise * normal() : value);
    }
  }
  return { observed, hidden };
}

const parts = { accuracy, cores, time, wide, "fold-in": foldIn, synthetic };

if (positionals[0] === "train-once") {
  trainOnce();
} else {
  await runParts("completion", question, parts, positionals);
}
