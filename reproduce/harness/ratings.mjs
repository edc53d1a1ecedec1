// MovieLens-100K beside the repository: LOWRANK_DATA, or ../shared/data. Not ours to redistribute.
import { readFileSync } from "node:fs";
import { Matrix } from "../../dist/index.js";
import { dataFile } from "../../lab/data.mjs";

/**
 * The ratings, split at random, as triplets with rows for users and columns for movies.
 *
 * @param most - keeps the users and movies of the first numbers only, for quick runs.
 * @throws Skipped where the file is not there.
 */
export function loadMovieLens(seed, testShare, most = Number.POSITIVE_INFINITY) {
  const ratings = readFileSync(dataFile("ml-100k/u.data"), "utf8").trim().split("\n");
  const cells = ratings
    .map((line) => line.split("\t").map(Number))
    .filter(([user, movie]) => user <= most && movie <= most);
  const [rows, cols] = [0, 1].map((column) => Math.max(...cells.map((cell) => cell[column])));
  const draw = Matrix.randomNormal(1, cells.length, { seed }).data;
  const threshold = draw.slice().sort()[Math.floor(testShare * cells.length)];
  const triplets = (chosen) => ({
    ...{ rows, cols },
    rowIndices: Int32Array.from(chosen, ([user]) => user - 1),
    colIndices: Int32Array.from(chosen, ([, movie]) => movie - 1),
    values: Float64Array.from(chosen, ([, , rating]) => rating),
  });
  return {
    training: triplets(cells.filter((_, i) => draw[i] >= threshold)),
    test: triplets(cells.filter((_, i) => draw[i] < threshold)),
  };
}

/** Half the mean square of X - value over the triplets, X = left right'. */
export function halfMeanSquare({ left, right }, { rowIndices, colIndices, values }) {
  let sum = 0;
  for (let p = 0; p < values.length; p++) {
    const [x, y] = [left.row(rowIndices[p]), right.row(colIndices[p])];
    let product = 0;
    for (let k = 0; k < x.length; k++) product += x[k] * y[k];
    sum += (product - values[p]) ** 2;
  }
  return sum / (2 * values.length);
}
