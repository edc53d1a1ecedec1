// Real ratings; their figures with the defaults are measured by `npm run bench`.
import { expect } from "vitest";
import { completeMatrix } from "../../src/index.js";
import { dataPath, missingData, readRatings } from "../helpers/data.js";
import { testWith } from "../helpers/needs.js";
import { shuffled } from "../helpers/random.js";
import { type Columns, pickEntries } from "../helpers/ratings.js";
import { expectBelow } from "../helpers/ratios.js";

const tweets = dataPath("movietweetings/ratings-10K.dat");
const movieLens = dataPath("ml-100k/u.data");

const read = (path: string): Columns => {
  const { rowIds, colIds, values } = readRatings(path);
  return { rowIds, colIds, values: Array.from(values) };
};

testWith(missingData("movietweetings/ratings-10K.dat"))(
  "MovieTweetings 10K, mostly single ratings, is not done worse than by biases",
  () => {
    const ratings = read(tweets as string);
    const order = shuffled(ratings.values.length, 3);
    const held = pickEntries(ratings, order.slice(0, 2000));
    const model = completeMatrix(pickEntries(ratings, order.slice(2000)), { steps: 30 });
    expectBelow(1.005, { ratio: model.rmse(held) / model.baselineRmse(held) });
    expect(model.baselineRmse(held)).toBeLessThan(1.75);
  },
);

testWith(missingData("ml-100k/u.data"))(
  "MovieLens 100K: new users are folded in as well as trained with",
  () => {
    const ratings = read(movieLens as string);
    const count = ratings.values.length;
    const byUser = new Map<string, number[]>();
    for (let p = 0; p < count; p++) {
      const list = byUser.get(ratings.rowIds[p]);
      if (list) list.push(p);
      else byUser.set(ratings.rowIds[p], [p]);
    }
    const users = [...byUser.keys()].filter((id) => (byUser.get(id) as number[]).length >= 60);
    const left = new Set(
      shuffled(users.length, 2)
        .slice(0, 60)
        .map((i) => users[i]),
    );
    // 20 ratings of each user who was left out are kept.
    const kept = new Map<string, number[]>();
    const unseen: number[] = [];
    for (const id of left) {
      const list = byUser.get(id) as number[];
      const order = shuffled(list.length, 5).map((i) => list[i]);
      kept.set(id, order.slice(0, 20));
      unseen.push(...order.slice(20));
    }
    const others = Array.from({ length: count }, (_, p) => p).filter(
      (p) => !left.has(ratings.rowIds[p]),
    );
    const options = { steps: 50 };
    const model = completeMatrix(pickEntries(ratings, others), options);
    const all = pickEntries(ratings, [...others, ...[...kept.values()].flat()]);
    const retrained = completeMatrix(all, options);

    const places = new Map(
      [...left].map((id) => [id, model.foldIn(pickEntries(ratings, kept.get(id) as number[]))]),
    );
    let squares = 0;
    for (const p of unseen) {
      const place = places.get(ratings.rowIds[p]);
      if (!place) throw new Error("a user was lost");
      const known = model.hasCol(ratings.colIds[p]);
      const prediction = known ? model.predict(place, ratings.colIds[p]) : 3.5;
      squares += (prediction - ratings.values[p]) ** 2;
    }
    const folded = Math.sqrt(squares / unseen.length);
    const test = pickEntries(ratings, unseen);
    expectBelow(1.01, { ratio: folded / retrained.rmse(test) });
    expectBelow(0.98, { gain: folded / retrained.baselineRmse(test) });
    expect(retrained.rank).toBe(48);
  },
);
