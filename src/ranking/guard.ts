// Whether the factors order cells that were held out better than plain popularity does. On little
// data they do not, and the model is popularity then.
import { fitFactors } from "../als/fit-factors.js";
import { historyOf, unlessOnes } from "../als/history.js";
import { objectiveOf } from "../als/objective.js";
import { popularityOf } from "../als/popularity.js";
import { Scorer } from "../als/scorer.js";
import { selectSlots } from "../completion/entries.js";
import { randomUniformArray } from "../linalg/random.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { streams } from "../linalg/streams.js";
import { placesOf } from "../linalg/top-indices.js";
import { discountsOf, ndcgAt, recallAt } from "../metrics/ranking.js";
import type { RankingSettings } from "./options.js";
import type { RankingValidation } from "./ranking-state.js";

/** Rows need this many cells to give one away. */
const minimumCells = 3;
/** Slices are added until this many cells are held out, at most `maximumSlices`. */
const enoughCells = 5000;
const maximumSlices = 4;
/** Rows that are judged, evenly spread over all of them. */
const maximumRows = 5000;
const sweeps = 2;
const [ndcgPlaces, recallPlaces] = [100, 20];

/** What was measured, and whether the factors are clearly better. */
export interface Comparison {
  readonly validation: RankingValidation | undefined;
  readonly better: boolean;
}

/** Compares on slices of held-out cells: an iterator with a turn per start, sweep and slice. */
export function* compareWithPopularity(
  weights: SparseMatrix,
  settings: RankingSettings,
): Generator<undefined, Comparison> {
  const draws = randomUniformArray(
    weights.nonzeros,
    settings.seed,
    streams.rankingValidation.first,
    "f64",
  );
  const discounts = discountsOf(ndcgPlaces);
  const sums = { ndcg: 0, recall: 0, popularNdcg: 0, popularRecall: 0, squares: 0, rows: 0 };
  let heldOut = 0;
  for (let slice = 0; slice < maximumSlices && heldOut < enoughCells; slice++) {
    const held = heldCells(weights, draws, settings.validationFraction, slice);
    const count = held.reduce((sum, mark) => sum + mark, 0);
    if (count === 0) break;
    heldOut += count;
    const kept = selectSlots(weights, held, 0);
    const objective = objectiveOf(kept, settings);
    const factors = yield* fitFactors(kept, objective, settings, sweeps);
    const { cols } = weights;
    const { cellWeight, threshold } = objective;
    const popularity = popularityOf(kept);
    const scorer = new Scorer(
      { factors, cols, rank: settings.rank, cellWeight, threshold },
      popularity,
    );
    const seen = new Uint8Array(cols);
    for (const { item, scores } of scorer.scoresOfAll(judgedRows(weights, kept, held))) {
      const { history, relevant } = item;
      for (const col of history.colIndices) seen[col] = 1;
      const places = placesOf(scores, relevant, seen);
      const popular = placesOf(popularity, relevant, seen);
      for (const col of history.colIndices) seen[col] = 0;
      const ndcg = ndcgAt(places, ndcgPlaces, discounts);
      const popularNdcg = ndcgAt(popular, ndcgPlaces, discounts);
      sums.ndcg += ndcg;
      sums.popularNdcg += popularNdcg;
      sums.squares += (ndcg - popularNdcg) * (ndcg - popularNdcg);
      sums.recall += recallAt(places, recallPlaces);
      sums.popularRecall += recallAt(popular, recallPlaces);
      sums.rows++;
    }
    yield;
  }
  const { rows } = sums;
  if (rows < 2) return { validation: undefined, better: false };
  const difference = (sums.ndcg - sums.popularNdcg) / rows;
  const variance = (sums.squares - rows * difference * difference) / (rows - 1);
  const standardError = Math.sqrt(Math.max(variance, 0) / rows);
  return {
    validation: {
      ndcg100: sums.ndcg / rows,
      recall20: sums.recall / rows,
      popularity: { ndcg100: sums.popularNdcg / rows, recall20: sums.popularRecall / rows },
      rows,
    },
    better: difference > standardError,
  };
}

/** The rows that are judged: what is kept of them, and the columns that are held out. */
function* judgedRows(weights: SparseMatrix, kept: SparseMatrix, held: Uint8Array) {
  const { rows, rowStart, colIndices, values } = weights;
  const histories = {
    rowStart: kept.rowStart,
    colIndices: kept.colIndices,
    weights: unlessOnes(kept.values),
  };
  const step = Math.ceil(rows / maximumRows);
  for (let u = 0; u < rows; u += step) {
    const relevant: number[] = [];
    for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
      if (held[p] !== 0 && values[p] > 0) relevant.push(colIndices[p]);
    }
    if (relevant.length > 0) yield { history: historyOf(histories, u), relevant };
  }
}

/** Marks of the cells that slice q holds out: of each row its next ones in the order of the draws. */
function heldCells(
  { rows, rowStart, nonzeros }: SparseMatrix,
  draws: ArrayLike<number>,
  fraction: number,
  slice: number,
): Uint8Array {
  const held = new Uint8Array(nonzeros);
  for (let u = 0; u < rows; u++) {
    const count = rowStart[u + 1] - rowStart[u];
    if (count < minimumCells) continue;
    const size = Math.max(1, Math.round(fraction * count));
    const cells = Int32Array.from({ length: count }, (_, p) => rowStart[u] + p);
    cells.sort((p, q) => draws[p] - draws[q] || p - q);
    for (const p of cells.subarray(slice * size, (slice + 1) * size)) held[p] = 1;
  }
  return held;
}
