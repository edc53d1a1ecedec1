// Question: how good are the lists that rankMatrix puts first, and how fast does it make them?
// node bench/ranking.mjs [part ...] [--splits N]: the parts named below, or all; parts that are not
// run keep the tables of their last run. Defaults everywhere: nothing knows the data set.
//
// Protocols, by splitInteractions: "strong": a fifth of the users is not trained on, and folded in by
// 80 % of their items; "weak": 20 % of every user's items are held out; "last": every user's last item,
// ties in time broken at random. Every item that the user has no training positive for is a candidate.
import { parseArgs } from "node:util";
import { completeMatrix, MatrixRanking, rankMatrix, splitInteractions } from "../dist/index.js";
import { shuffled, uniform } from "../lab/random.mjs";
import { coreOf, pick, readRatings } from "../lab/ratings.mjs";
import { median } from "../lab/statistics.mjs";
import { ease } from "./contenders/ease.mjs";
import { runParts, timed } from "./report.mjs";

const question = "How good are the lists that rankMatrix puts first, and how fast is it?";
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { splits: { type: "string", default: "5" } },
});
const splitCount = Number(flags.splits);
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const digits = (value, count = 4) => value.toFixed(count);

const atLeast = (ratings, value) =>
  pick(
    ratings,
    ratings.values.flatMap((rating, p) => (rating >= value ? [p] : [])),
  );
const times = { times: true };
const data = {
  "MovieLens 100K, 4 stars and more": () =>
    coreOf(atLeast(readRatings("ml-100k/u.data", "\t", times), 4), 5, 1),
  "MovieTweetings 100K, 8 and more, five-core": () =>
    coreOf(atLeast(readRatings("movietweetings/ratings-100K.dat", "::", times), 8), 5),
  "MovieTweetings 10K, 7 and more, three-core": () =>
    coreOf(atLeast(readRatings("movietweetings/ratings-10K.dat", "::", times), 7), 3),
};

const protocols = {
  strong: (split) => ({ by: "rows", fold: split % 5, seed: 7 + Math.floor(split / 5) }),
  weak: (split) => ({ by: "random", seed: 200 + split }),
  last: (split) => ({ by: "last", seed: 300 + split }),
};

const clicks = ({ rowIds, colIds }) => ({ rowIds, colIds });

/** NDCG@100 of EASE, by a full sort: it shares no code with the package's own evaluation. */
function easeScore(train, test, histories, lambda) {
  const model = ease(train, lambda);
  const given = new Map();
  for (const { rowIds, colIds } of [train, histories].filter(Boolean)) {
    rowIds.forEach((id, p) => {
      const col = model.number.get(colIds[p]);
      if (col === undefined) return;
      if (!given.has(id)) given.set(id, new Set());
      given.get(id).add(col);
    });
  }
  const chosen = new Map();
  test.rowIds.forEach((id, p) => {
    const col = model.number.get(test.colIds[p]);
    if (col === undefined) return;
    if (!chosen.has(id)) chosen.set(id, new Set());
    chosen.get(id).add(col);
  });
  const scores = [];
  for (const [id, relevant] of chosen) {
    const history = given.get(id) ?? new Set();
    const values = model.scores(history);
    const order = [...values.keys()].filter((col) => !history.has(col));
    order.sort((i, j) => values[j] - values[i] || i - j);
    let gain = 0;
    order.slice(0, 100).forEach((col, place) => {
      if (relevant.has(col)) gain += 1 / Math.log2(2 + place);
    });
    let best = 0;
    for (let i = 0; i < Math.min(100, relevant.size); i++) best += 1 / Math.log2(2 + i);
    scores.push(gain / best);
  }
  return mean(scores);
}

/** The best of four strengths on a slice of the training part. */
function chooseLambda(train) {
  const { train: inner, test: outer } = splitInteractions(train, { seed: 1 });
  const scored = [100, 200, 400, 800].map((lambda) => ({
    lambda,
    score: easeScore(inner, outer, undefined, lambda),
  }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).lambda;
}

/** Ranking with the defaults, beside popularity and EASE on the same splits. */
function quality() {
  const rows = Object.entries(data).flatMap(([name, read]) => {
    const ratings = read();
    return Object.entries(protocols).map(([protocol, split]) => {
      const runs = Array.from({ length: splitCount }, (_, i) => {
        const { rowIds, colIds, times } = ratings;
        const parts = splitInteractions({ rowIds, colIds, times }, split(i));
        const [train, test] = [parts.train, parts.test].map(clicks);
        const histories = parts.histories && clicks(parts.histories);
        const model = rankMatrix(train);
        const result = model.evaluate(test, histories ? { histories } : {});
        const linear = easeScore(train, test, histories, chooseLambda(train));
        console.error(`${name}, ${protocol}, ${i + 1}: ${digits(result.ndcg100)}`);
        return { ...result, rank: model.rank, popular: result.popularity.ndcg100, linear };
      });
      const of = (key) => mean(runs.map((run) => run[key]));
      return [
        name,
        protocol,
        digits(of("ndcg100")),
        digits(of("popular")),
        digits(of("linear")),
        `${digits(of("ndcg100") / of("popular"), 2)} / ${digits(of("ndcg100") / of("linear"), 3)}`,
        ...["ndcg10", "recall20", "hitRate10", "coverage10"].map((key) => digits(of(key), 3)),
        digits(of("rank"), 0),
      ];
    });
  });
  return {
    title: "Ranking with the defaults",
    columns: [
      ...["data", "protocol", "NDCG@100", "popularity", "EASE", "over popularity / EASE"],
      ...["NDCG@10", "recall@20", "hit rate@10", "coverage@10", "rank"],
    ],
    rows,
    remarks:
      `Means of ${splitCount} splits. EASE with the best of four strengths on a slice of the ` +
      "training part. Rank 0: the guard chose popularity.",
  };
}

/** Milliseconds of what a server does, on MovieLens 100K. */
function time() {
  const ratings = data["MovieLens 100K, 4 stars and more"]();
  const train = clicks(ratings);
  const repeated = (count, work) =>
    1000 * median(Array.from({ length: count }, () => timed(work).seconds));
  const model = rankMatrix(train);
  const bytes = model.save();
  const history = ratings.colIds.slice(0, 57);
  const all = () => {
    for (const { id } of model.recommendAll(10)) if (id === "") throw new Error("no id");
  };
  all();
  const works = [
    ["fit, with the comparison with popularity", 7, () => rankMatrix(train)],
    ["fit without it", 7, () => rankMatrix(train, { validationFraction: 0 })],
    ["fold in 57 items and recommend 10", 200, () => model.recommend(model.foldIn(history), 10)],
    [`recommend 10 for all ${model.rows} users`, 7, all],
    ["explain one recommendation", 200, () => model.explain("196", "242", 3)],
    ["load the model", 20, () => MatrixRanking.load(bytes)],
  ];
  return {
    title: "Time on MovieLens 100K",
    columns: ["work", "milliseconds, median"],
    rows: works.map(([name, count, work]) => [name, digits(repeated(count, work), 2)]),
    remarks: `The model has ${model.cols} items of rank ${model.rank} and ${bytes.length} bytes.`,
  };
}

/** The order by predicted ratings, beside that of the ranking model, on the same split. */
function ratings() {
  const table = readRatings("ml-100k/u.data", "\t");
  const order = shuffled(table.values.length, uniform(1));
  const train = pick(table, order.slice(0, 80_000));
  const test = pick(table, order.slice(80_000));
  const liked = (part) => clicks(atLeast(part, 4));
  const completed = completeMatrix(train);
  const known = new Map();
  train.rowIds.forEach((id, p) => {
    if (!known.has(id)) known.set(id, new Set());
    known.get(id).add(train.colIds[p]);
  });
  const relevant = new Map();
  const { rowIds, colIds } = liked(test);
  rowIds.forEach((id, p) => {
    if (!relevant.has(id)) relevant.set(id, new Set());
    relevant.get(id).add(colIds[p]);
  });
  const ndcg = (list, wanted) => {
    let [gain, best] = [0, 0];
    list.forEach(({ id }, place) => {
      if (wanted.has(id)) gain += 1 / Math.log2(2 + place);
    });
    for (let i = 0; i < Math.min(10, wanted.size); i++) best += 1 / Math.log2(2 + i);
    return gain / best;
  };
  const model = rankMatrix(liked(train));
  const scores = { rating: [], ranking: [] };
  for (const [id, wanted] of relevant) {
    if (!completed.hasRow(id) || !model.hasRow(id)) continue;
    scores.rating.push(ndcg(completed.recommend(id, 10), wanted));
    const seen = [...(known.get(id) ?? [])];
    scores.ranking.push(ndcg(model.recommend(id, 10, { exclude: seen }), wanted));
  }
  return {
    title: "What is put first: the order by predicted ratings and that of the ranking model",
    columns: ["order", "NDCG@10"],
    rows: [
      ["completeMatrix, by predicted rating", digits(mean(scores.rating))],
      ["rankMatrix on 4 stars and more", digits(mean(scores.ranking))],
    ],
    remarks:
      "MovieLens 100K, a random fifth held out; 4 stars and more are relevant, every film that the " +
      "user has not rated is a candidate.",
  };
}

await runParts("ranking", question, { quality, time, ratings }, positionals);
