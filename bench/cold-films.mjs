// Films that nobody has rated, ordered by their genres and titles: each fifth of the films is held out
// once. Part of bench/ranking.mjs; the titles' vectors are MiniLM's (bench/fetch-minilm.mjs).
import { readFileSync } from "node:fs";
import { Matrix, rankMatrix } from "../dist/index.js";
import { dataFile, Skipped } from "../lab/data.mjs";
import { loadMiniLm } from "../lab/minilm.mjs";
import { shuffled, uniform } from "../lab/random.mjs";
import { pick } from "../lab/ratings.mjs";

const clicks = ({ rowIds, colIds }) => ({ rowIds, colIds });
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** @param ratings - those of 4 stars and more. */
export function coldFilms(ratings) {
  const films = readFileSync(dataFile("ml-100k/u.item"), "latin1")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("|"));
  const ids = films.map(([id]) => id);
  const genres = Matrix.from(films.map((film) => film.slice(5).map(Number)));
  const { titles, missing } = titlesOf(films);
  const both = titles && Matrix.from(films.map((_, i) => [...genres.row(i), ...titles.row(i)]));
  const kinds = {
    genres,
    ...(titles && { "titles, by MiniLM": titles, "genres and titles": both }),
  };
  const orders = ["random", ...Object.keys(kinds), "popularity among those held out, unknown"];
  const scores = new Map(orders.map((name) => [name, { all: [], unmet: [] }]));
  const known = [...new Set(ratings.colIds)];
  const order = shuffled(known.length, uniform(11));
  for (let fold = 0; fold < 5; fold++) {
    const held = new Set(order.filter((_, i) => i % 5 === fold).map((i) => known[i]));
    const [unmet, met] = [true, false].map((wanted) =>
      pick(
        ratings,
        ratings.rowIds.flatMap((_, p) => (held.has(ratings.colIds[p]) === wanted ? [p] : [])),
      ),
    );
    const wanted = new Map();
    const counts = new Map();
    unmet.rowIds.forEach((id, p) => {
      if (!wanted.has(id)) wanted.set(id, new Set());
      wanted.get(id).add(unmet.colIds[p]);
      counts.set(unmet.colIds[p], (counts.get(unmet.colIds[p]) ?? 0) + 1);
    });
    const model = rankMatrix(clicks(met), { validationFraction: 0 });
    const only = [...held].sort();
    const next = uniform(fold);
    const popular = [...only].sort((a, b) => counts.get(b) - counts.get(a));
    const judge = (name, listOf) => {
      for (const [row, chosen] of wanted) {
        if (model.hasRow(row)) scores.get(name).unmet.push(ndcgOf(listOf(row), chosen, 10));
      }
    };
    judge("random", () => shuffled(only.length, next).map((i) => only[i]));
    judge(orders.at(-1), () => popular);
    for (const [name, features] of Object.entries(kinds)) {
      const described = model.withFeatures({ cols: { ids, features } });
      judge(name, (row) => described.recommend(row, 10, { only }).map(({ id }) => id));
      scores.get(name).all.push(described.evaluate(clicks(unmet)).ndcg100);
    }
  }
  return {
    title: "Films that nobody has rated",
    columns: ["order by", "NDCG@10 among them", "NDCG@100 among all films"],
    rows: [...scores].map(([name, { all, unmet }]) => [
      name,
      mean(unmet).toFixed(4),
      all.length > 0 ? mean(all).toFixed(4) : "",
    ]),
    remarks:
      "MovieLens 100K, 4 stars and more; each fifth of the films is left out of the training in turn, " +
      "and the users' ratings of these films are to be found. Popularity has nothing to go by there." +
      missing,
  };
}

/** The vectors of the titles, or why there are none. */
function titlesOf(films) {
  try {
    const titles = loadMiniLm().embed(films.map(([, title]) => ({ text: title })));
    return { titles, missing: "" };
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    return { titles: undefined, missing: ` ${error.message}.` };
  }
}

/** NDCG@k of a list of ids. */
function ndcgOf(list, wanted, k) {
  let [gain, best] = [0, 0];
  list.slice(0, k).forEach((id, place) => {
    if (wanted.has(id)) gain += 1 / Math.log2(2 + place);
  });
  for (let i = 0; i < Math.min(k, wanted.size); i++) best += 1 / Math.log2(2 + i);
  return gain / best;
}
