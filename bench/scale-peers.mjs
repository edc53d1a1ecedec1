// Fits on all cores beside Python's peers on MovieLens 100K: Surprise's SVD++ for ratings, `implicit` for clicks.
// Part of bench/scale.mjs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { completeMatrix, evaluateRanking, rankMatrix, splitInteractions } from "../dist/index.js";
import { completeMatrixParallel, rankMatrixParallel } from "../dist/threads/index.js";
import { Skipped } from "../lab/data.mjs";
import { movieLens, pick, randomFolds, splits } from "../lab/ratings.mjs";

const digits = (value, count) => value.toFixed(count);
const script = fileURLToPath(new URL("scale_peers.py", import.meta.url));

async function timed(work) {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/** Numbers for ids, the same in all parts. */
function numbering() {
  const numbers = new Map();
  return (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return numbers.get(id);
  };
}

/** @param python - of an environment with implicit, scikit-surprise and pandas. */
export async function peers(python) {
  const threads = availableParallelism();
  const ratings = movieLens();
  const [{ train, test }] = splits(ratings, randomFolds(ratings.values.length, 5, 0));
  const liked = pick(
    ratings,
    ratings.values.flatMap((value, p) => (value >= 4 ? [p] : [])),
  );
  const clicks = splitInteractions(
    { rowIds: liked.rowIds, colIds: liked.colIds },
    { by: "random", seed: 200 },
  );
  const theirs = runPeers(python, { train, test, clicks, threads });
  // Compiled code, as theirs is.
  completeMatrix(train);
  rankMatrix(clicks.train);
  const fits = [
    ["completeMatrix, one thread", () => completeMatrix(train)],
    [
      `completeMatrixParallel, up to ${threads} threads`,
      () => completeMatrixParallel(train, { threads }),
    ],
  ];
  const rankings = [
    ["rankMatrix, one thread", () => rankMatrix(clicks.train)],
    [
      `rankMatrixParallel, up to ${threads} threads`,
      () => rankMatrixParallel(clicks.train, { threads }),
    ],
  ];
  const rows = [];
  for (const [name, fit] of fits) {
    const { value, seconds } = await timed(fit);
    rows.push([name, "RMSE", digits(value.rmse(test), 4), digits(seconds, 2)]);
  }
  const { surprise, implicit } = theirs;
  rows.push([
    "Surprise, SVD++, one thread",
    "RMSE",
    digits(surprise.rmse, 4),
    digits(surprise.seconds, 2),
  ]);
  for (const [name, fit] of rankings) {
    const { value, seconds } = await timed(fit);
    const { ndcg10 } = value.evaluate(clicks.test, { cutoffs: [10] });
    rows.push([name, "NDCG@10", digits(ndcg10, 4), digits(seconds, 2)]);
  }
  const lists = new Map(implicit.lists.map(({ user, items }) => [user, items]));
  const ranker = { list: ({ id }) => lists.get(id) ?? [] };
  const { ndcg10 } = evaluateRanking(ranker, clicks, { cutoffs: [10] });
  rows.push([
    `implicit, ALS, 64 factors, ${threads} threads`,
    ...["NDCG@10", digits(ndcg10, 4), digits(implicit.seconds, 2)],
  ]);
  return {
    title: "Fits beside Python's peers: MovieLens 100K",
    columns: ["fit", "measured as", "value", "seconds"],
    rows,
    remarks:
      "All with their defaults. Ratings: one of five folds is held out. Clicks: ratings of 4 and more, a fifth of " +
      "every user's is held out; lowrank compares its fit with popularity and chooses " +
      "settings in that time. Threads are started for each fit.",
  };
}

function runPeers(python, { train, test, clicks, threads }) {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-peers-"));
  try {
    const [userOf, itemOf] = [numbering(), numbering()];
    const write = (name, { rowIds, colIds, values }) => {
      writeFileSync(join(folder, `${name}-rows.i32`), Int32Array.from(rowIds, userOf));
      writeFileSync(join(folder, `${name}-cols.i32`), Int32Array.from(colIds, itemOf));
      if (values) writeFileSync(join(folder, `${name}-values.f64`), Float64Array.from(values));
    };
    write("train", train);
    write("test", test);
    write("clicks", clicks.train);
    try {
      execFileSync(python, [script, folder, String(threads)], {
        stdio: ["ignore", "ignore", "pipe"],
      });
    } catch (error) {
      throw new Skipped(`--python has to have implicit and scikit-surprise: ${error.message}`);
    }
    const found = JSON.parse(readFileSync(join(folder, "found.json"), "utf8"));
    const idOf = (of, ids) => {
      const names = new Map(Array.from(ids, (id) => [of(id), id]));
      return (number) => names.get(number);
    };
    const [user, item] = [idOf(userOf, clicks.train.rowIds), idOf(itemOf, clicks.train.colIds)];
    const lists = found.implicit.lists.map((items, number) => ({
      user: user(number),
      items: items.map(item),
    }));
    return { ...found, implicit: { ...found.implicit, lists } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
