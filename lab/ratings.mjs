// Real ratings: read, cored, split.
import { readFileSync } from "node:fs";
import { dataFile } from "./data.mjs";
import { shuffled, uniform } from "./random.mjs";

/**
 * Columns of a file with one rating a line; the last of several ratings of a pair stays. With `times`
 * there is a column of these too.
 */
export function readRatings(name, separator, { times = false } = {}) {
  const pairs = new Map();
  for (const line of readFileSync(dataFile(name), "utf8").split("\n")) {
    if (line === "") continue;
    const [rowId, colId, value, time] = line.split(separator);
    pairs.set(`${rowId} ${colId}`, { rowId, colId, value: Number(value), time: Number(time) });
  }
  const list = [...pairs.values()];
  return times ? { ...columns(list), times: list.map(({ time }) => time) } : columns(list);
}

/** The part in which every row has at least `least` ratings, and every column `leastOfColumn`. */
export function coreOf(ratings, least, leastOfColumn = least) {
  let places = ratings.values.map((_, p) => p);
  for (;;) {
    const counts = new Map();
    const count = (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const p of places) {
      count(`row ${ratings.rowIds[p]}`);
      count(`col ${ratings.colIds[p]}`);
    }
    const enough = places.filter(
      (p) =>
        counts.get(`row ${ratings.rowIds[p]}`) >= least &&
        counts.get(`col ${ratings.colIds[p]}`) >= leastOfColumn,
    );
    if (enough.length === places.length) return pick(ratings, places);
    places = enough;
  }
}

export const movieLens = () => readRatings("ml-100k/u.data", "\t");
export const tenCore = () => coreOf(readRatings("movietweetings/ratings-100K.dat", "::"), 10);

/** The ratings at these places. */
export function pick({ rowIds, colIds, values, times }, places) {
  return {
    rowIds: places.map((p) => rowIds[p]),
    colIds: places.map((p) => colIds[p]),
    values: places.map((p) => values[p]),
    ...(times && { times: places.map((p) => times[p]) }),
  };
}

/** Splits into { train, test }: each place is in one test set. */
export function splits(ratings, folds) {
  return folds.map((test) => {
    const held = new Set(test);
    const train = ratings.values.flatMap((_, p) => (held.has(p) ? [] : [p]));
    return { train: pick(ratings, train), test: pick(ratings, test) };
  });
}

/** `count` random folds. */
export function randomFolds(n, count, seed) {
  const order = shuffled(n, uniform(seed));
  return Array.from({ length: count }, (_, fold) => order.filter((_, i) => i % count === fold));
}

/** Consecutive blocks of `size` lines. */
export function blocks(n, size) {
  return Array.from({ length: n / size }, (_, b) =>
    Array.from({ length: size }, (_, i) => b * size + i),
  );
}

function columns(list) {
  return {
    rowIds: list.map(({ rowId }) => rowId),
    colIds: list.map(({ colId }) => colId),
    values: list.map(({ value }) => value),
  };
}
