// Whether the factors order cells that were held out better than plain popularity does. On little
// data they do not, and the model is popularity then.
import { fitFactors } from "../als/fit-factors.js";
import { heldCells } from "../als/held-cells.js";
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
import { RunningMean } from "../metrics/running-mean.js";
import type { RankingSettings } from "./options.js";
import type { RankingValidation } from "./ranking-state.js";

/** Rows need this many cells to give one away. */
const minimumCells = 3;
/** Slices are added until this many cells are held out, at most `maximumSlices`. */
const enoughCells = 5000;
const maximumSlices = 4;
/**
 * Rows that are judged, evenly spread over all of them: fewer where there are so many columns that
 * their scores would take longer than the fit.
 */
const maximumRows = 5000;
const maximumScores = 1e8;
const enoughRows = 200;
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
  const inDrawnOrder = (p: number, q: number) => draws[p] - draws[q] || p - q;
  const discounts = discountsOf(ndcgPlaces);
  const [ndcg, recall, popularNdcg, popularRecall, difference] = Array.from(
    { length: 5 },
    () => new RunningMean(),
  );
  let heldOut = 0;
  for (let slice = 0; slice < maximumSlices && heldOut < enoughCells; slice++) {
    const held = heldCells(weights.rowStart, inDrawnOrder, {
      ...{ fraction: settings.validationFraction, slice, minimumCells },
    });
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
      const places = placesOf(scores, relevant, seen, ndcgPlaces);
      const popular = placesOf(popularity, relevant, seen, ndcgPlaces);
      for (const col of history.colIndices) seen[col] = 0;
      const [own, others] = [places, popular].map((p) => ndcgAt(p, ndcgPlaces, discounts));
      ndcg.add(own);
      popularNdcg.add(others);
      difference.add(own - others);
      recall.add(recallAt(places, recallPlaces));
      popularRecall.add(recallAt(popular, recallPlaces));
    }
    yield;
  }
  const rows = difference.count;
  if (rows < 2) return { validation: undefined, better: false };
  return {
    validation: {
      ndcg100: ndcg.mean,
      recall20: recall.mean,
      popularity: { ndcg100: popularNdcg.mean, recall20: popularRecall.mean },
      rows,
    },
    better: difference.mean > difference.standardError,
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
  const affordable = Math.max(enoughRows, Math.floor(maximumScores / weights.cols));
  const step = Math.ceil(rows / Math.min(maximumRows, affordable));
  for (let u = 0; u < rows; u += step) {
    const relevant: number[] = [];
    for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
      if (held[p] !== 0 && values[p] > 0) relevant.push(colIndices[p]);
    }
    if (relevant.length > 0) yield { history: historyOf(histories, u), relevant };
  }
}
