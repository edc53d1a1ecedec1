// The defaults beside tuned alternating least squares: Python's `implicit`, and lowrank's own with its
// options searched in the same way. Part of bench/ranking.mjs.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rankMatrix, splitInteractions } from "../dist/index.js";
import { Skipped } from "../lab/data.mjs";
import { epinionsTrust, filmTrust } from "../lab/epinions.mjs";
import { coreOf, pick } from "../lab/ratings.mjs";
import { lowRankClicks } from "./low-rank-clicks.mjs";

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const clicksOf = ({ rowIds, colIds }) => ({ rowIds, colIds });
const likedFilms = () => {
  const ratings = filmTrust();
  const liked = ratings.values.flatMap((value, p) => (value >= 3 ? [p] : []));
  return coreOf(pick(ratings, liked), 5);
};

const data = {
  "Epinions, who trusts whom, five-core": () => coreOf(epinionsTrust(), 5),
  "FilmTrust, 3 and more, five-core": likedFilms,
  "2,000 x 1,000, 60 a user, rank 8": () =>
    lowRankClicks({ users: 2000, items: 1000, each: 60, rank: 8, seed: 100 }),
  "10,000 x 2,000, 12 a user, rank 16": () =>
    lowRankClicks({ users: 10_000, items: 2000, each: 12, rank: 16, strength: 2.5, seed: 200 }),
  "1,000 x 10,000, 100 a user, rank 30": () =>
    lowRankClicks({ users: 1000, items: 10_000, each: 100, rank: 30, strength: 3, seed: 300 }),
  "4,000 x 4,000, 30 a user, rank 4": () =>
    lowRankClicks({ users: 4000, items: 4000, each: 30, rank: 4, seed: 400 }),
};

/**
 * NDCG@100 of lowrank's own options, climbed as tuned_ials.py climbs: by factors of two, from the
 * defaults, until no neighbour is better on what is held out of the training part.
 */
function searched(inner, held) {
  const known = new Map();
  const heldOut = (options) => {
    const key = JSON.stringify(options);
    if (!known.has(key)) {
      const model = rankMatrix(inner, { ...options, validationFraction: 0 });
      known.set(key, model.evaluate(held).ndcg100);
    }
    return known.get(key);
  };
  const { rank } = rankMatrix(inner, { validationFraction: 0 });
  let here = { rank, unobservedWeight: 8, regularization: 0.35 };
  for (;;) {
    const neighbours = [0.5, 2].flatMap((factor) => [
      { ...here, rank: factor * here.rank },
      { ...here, unobservedWeight: factor * here.unobservedWeight },
      { ...here, regularization: factor * here.regularization },
    ]);
    const best = neighbours
      .filter((options) => options.rank >= 16 && options.rank <= 256)
      .reduce((first, other) => (heldOut(other) > heldOut(first) ? other : first));
    if (heldOut(best) <= heldOut(here)) break;
    here = best;
  }
  return { ...here, tried: known.size };
}

/** Numbers for ids, the same in every part, and the parts in files. */
function writeParts(folder, parts) {
  const [rowNumber, colNumber] = [new Map(), new Map()];
  const numbered = (numbers, id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return numbers.get(id);
  };
  for (const [name, { rowIds, colIds }] of Object.entries(parts)) {
    const rows = Int32Array.from(rowIds, (id) => numbered(rowNumber, id));
    writeFileSync(join(folder, `${name}-rows.i32`), rows);
    const cols = Int32Array.from(colIds, (id) => numbered(colNumber, id));
    writeFileSync(join(folder, `${name}-cols.i32`), cols);
  }
  return { rows: rowNumber.size, cols: colNumber.size };
}

/** What of the test the training part can know. */
function knownPart(train, test) {
  const [rows, cols] = [new Set(train.rowIds), new Set(train.colIds)];
  const known = ({ rowIds, colIds }, p) => rows.has(rowIds[p]) && cols.has(colIds[p]);
  const places = test.rowIds.flatMap((_, p) => (known(test, p) ? [p] : []));
  return {
    rowIds: places.map((p) => test.rowIds[p]),
    colIds: places.map((p) => test.colIds[p]),
  };
}

function compare(clicks, splitCount, python) {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-ials-"));
  try {
    const parts = {};
    const ours = Array.from({ length: splitCount }, (_, split) => {
      const outer = splitInteractions(clicks, { seed: 200 + split });
      const inner = splitInteractions(outer.train, { seed: 1 });
      const test = knownPart(outer.train, outer.test);
      const held = knownPart(inner.train, inner.test);
      Object.assign(parts, { [`train${split}`]: outer.train, [`test${split}`]: test });
      Object.assign(parts, { [`inner${split}`]: inner.train, [`held${split}`]: held });
      const model = rankMatrix(outer.train);
      const { ndcg100, popularity } = model.evaluate(test);
      const { tried, ...options } = searched(inner.train, held);
      const best = rankMatrix(outer.train, { ...options, validationFraction: 0 });
      const own = best.evaluate(test).ndcg100;
      console.error({ ndcg100, popular: popularity.ndcg100, own, tried, options });
      return { rank: model.rank, ndcg100, popular: popularity.ndcg100, own };
    });
    const shape = { ...writeParts(folder, parts), splits: splitCount };
    writeFileSync(join(folder, "shape.json"), JSON.stringify(shape));
    const script = fileURLToPath(new URL("tuned_ials.py", import.meta.url));
    const installed = spawnSync(python, ["-c", "import implicit"]).status === 0;
    const theirs = installed
      ? JSON.parse(execFileSync(python, [script, folder], { stdio: ["ignore", "pipe", "inherit"] }))
      : [];
    return { ours, theirs, cells: clicks.rowIds.length, ...shape };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param python - of an environment with `implicit`. */
export function tunedIals(python, splitCount, only = Object.keys(data)) {
  const rows = only.flatMap((name) => {
    let clicks;
    try {
      clicks = clicksOf(data[name]());
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      console.error(`${name}: ${error.message}`);
      return [];
    }
    const { ours, theirs, rows, cols, cells } = compare(clicks, splitCount, python);
    const of = (key) => mean(ours.map((run) => run[key]));
    const tuned = theirs.length > 0 ? mean(theirs.map(({ ndcg100 }) => ndcg100)) : undefined;
    console.error(name, of("ndcg100"), of("own"), tuned);
    const digits = (value, count = 4) => value?.toFixed(count) ?? "not installed";
    return [
      [
        name,
        `${rows} x ${cols}, ${cells}`,
        digits(of("ndcg100")),
        digits(of("popular")),
        digits(of("own")),
        digits(tuned),
        tuned === undefined ? "" : digits(of("ndcg100") / tuned, 3),
        digits(of("rank"), 0),
      ],
    ];
  });
  return {
    title: "The defaults beside tuned alternating least squares",
    columns: [
      ...["data", "rows x cols, cells", "NDCG@100, defaults", "popularity", "options searched"],
      ...["implicit, tuned", "defaults / tuned", "rank"],
    ],
    rows,
    remarks:
      `Means of ${splitCount} splits, a fifth of each row held out. The searches climb by factors of ` +
      "two until no neighbour is better on a fifth held out of the training part.",
  };
}
