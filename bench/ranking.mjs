// Question: how good are the lists that rankMatrix puts first, and how fast does it make them?
// node bench/ranking.mjs [part ...] [--splits N] [--python python3]: the parts named below, or all;
// parts that are not run keep the tables of their last run. "large" and "tuned" ask for Python, with
// implicit. Defaults everywhere: nothing knows the data set.
//
// Protocols, by splitInteractions: "strong": a fifth of the users is not trained on, and folded in by
// 80 % of their items; "weak": 20 % of every user's items are held out; "last": every user's last item,
// ties in time broken at random. Every item that the user has no training positive for is a candidate.
import { parseArgs } from "node:util";
import { fitCompletion, MatrixRanking, rankMatrix, splitInteractions } from "../dist/index.js";
import { shuffled, uniform } from "../lab/random.mjs";
import { coreOf, pick, readRatings, tenCore } from "../lab/ratings.mjs";
import { median } from "../lab/statistics.mjs";
import { coldFilms } from "./cold-films.mjs";
import { ease } from "./contenders/ease.mjs";
import { large } from "./large-ranking.mjs";
import { runParts, timed } from "./report.mjs";
import { tunedIals } from "./tuned-ials.mjs";

const question = "How good are the lists that rankMatrix puts first, and how fast is it?";
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    splits: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
  },
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

const rated = {
  "MovieLens 100K": { read: () => readRatings("ml-100k/u.data", "\t"), liked: 4 },
  "MovieTweetings 100K": {
    read: () => readRatings("movietweetings/ratings-100K.dat", "::"),
    liked: 8,
  },
  "MovieTweetings 100K, ten-core": { read: tenCore, liked: 8 },
};

/** NDCG@10 of a list, the wanted ones being relevant. */
function listScore(list, wanted) {
  let [gain, best] = [0, 0];
  list.forEach(({ id }, place) => {
    if (wanted.has(id)) gain += 1 / Math.log2(2 + place);
  });
  for (let i = 0; i < Math.min(10, wanted.size); i++) best += 1 / Math.log2(2 + i);
  return gain / best;
}

/** completeMatrix, and the seconds that its ranking head took. */
function completeTimed(train) {
  const fit = fitCompletion(train);
  let [seconds, ranking] = [0, 0];
  for (let inRanking = false; ; ) {
    const { value: next, seconds: taken } = timed(() => fit.next());
    seconds += taken;
    // The first turn of the head ends with the first report of its phase, the last with the model.
    inRanking ||= !next.done && next.value.phase === "ranking";
    if (inRanking) ranking += taken;
    if (next.done) return { model: next.value, seconds, ranking };
  }
}

/** What `completeMatrix` puts first, on a random fifth, in each of its orders. */
function ratings() {
  const rows = Object.entries(rated).map(([name, { read, liked }]) => {
    const table = read();
    const count = table.values.length;
    const runs = Array.from({ length: splitCount }, (_, i) => {
      const order = shuffled(count, uniform(1 + i));
      const cut = Math.round(0.8 * count);
      const [train, test] = [pick(table, order.slice(0, cut)), pick(table, order.slice(cut))];
      const { model, seconds, ranking } = completeTimed(train);
      const likes = rankMatrix(clicks(atLeast(train, liked)));
      const known = new Map();
      train.rowIds.forEach((id, p) => {
        if (!known.has(id)) known.set(id, []);
        known.get(id).push(train.colIds[p]);
      });
      const relevant = new Map();
      const { rowIds, colIds } = atLeast(test, liked);
      rowIds.forEach((id, p) => {
        if (!model.hasRow(id) || !model.hasCol(colIds[p])) return;
        if (!relevant.has(id)) relevant.set(id, new Set());
        relevant.get(id).add(colIds[p]);
      });
      const scores = { own: [], rating: [], likes: [] };
      for (const [id, wanted] of relevant) {
        const exclude = known.get(id);
        const row = likes.hasRow(id) ? id : likes.foldIn([]);
        scores.own.push(listScore(model.recommend(id, 10), wanted));
        scores.rating.push(listScore(model.recommend(id, 10, { by: "rating" }), wanted));
        scores.likes.push(listScore(likes.recommend(row, 10, { exclude }), wanted));
      }
      console.error(`${name}, ${i + 1}: ${digits(mean(scores.own))} by ${model.recommendsBy}`);
      return {
        ...Object.fromEntries(Object.entries(scores).map(([key, list]) => [key, mean(list)])),
        ...{ rmse: model.rmse(test), judged: model.orders.ndcg10.ranking, seconds, ranking },
        by: model.recommendsBy,
      };
    });
    const of = (key) => mean(runs.map((run) => run[key]));
    return [
      name,
      digits(of("own")),
      [...new Set(runs.map(({ by }) => by))].join(", "),
      ...["rating", "likes", "judged", "rmse"].map((key) => digits(of(key))),
      `${digits(of("ranking"), 2)} of ${digits(of("seconds"), 2)}`,
    ];
  });
  return {
    title: "What completeMatrix puts first: its own order, and that by predicted ratings",
    columns: [
      ...["data", "NDCG@10 of recommend", "its order", "by predicted rating"],
      ...["rankMatrix on the liked", "what the model says of itself", "RMSE"],
      "seconds for the ranking head, of the whole fit",
    ],
    rows,
    remarks:
      `Means of ${splitCount} splits, a random fifth held out; 4 stars and more (8 of 10) are relevant, ` +
      "every film that the user has not rated is a candidate. The model does not know these thresholds.",
  };
}

const cold = () => coldFilms(data["MovieLens 100K, 4 stars and more"]());
const parts = {
  ...{ quality, time, ratings, cold },
  tuned: () => tunedIals(flags.python, splitCount),
  large: () => large(flags.python),
};
await runParts("ranking", question, parts, positionals);
