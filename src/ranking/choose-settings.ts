// Which settings order held-out cells best: those that hold on most data, or others where these are
// clearly better; and whether they do so better than plain popularity. On little data they do not, and
// the model is popularity then.
import { fitFactors, type KnownStart } from "../als/fit-factors.js";
import { heldCells } from "../als/held-cells.js";
import { type History, historyOf, unlessOnes } from "../als/history.js";
import { type Objective, objectiveOf } from "../als/objective.js";
import { popularityOf } from "../als/popularity.js";
import { RowSolver } from "../als/row-solver.js";
import { Scorer } from "../als/scorer.js";
import { largestRank } from "../als/settings.js";
import { solveByKernels } from "../als/solve-by-kernels.js";
import { workBefore } from "../als/work.js";
import { selectSlots } from "../completion/entries.js";
import { randomUniformArray } from "../linalg/random.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import * as streams from "../linalg/streams.js";
import { placesOf } from "../linalg/top-indices.js";
import { discountsOf, ndcgAt, recallAt } from "../metrics/ranking.js";
import { RunningMean } from "../metrics/running-mean.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import type { FreeSettings, RankingSettings } from "./options.js";
import type { RankingScores, RankingValidation } from "./ranking-state.js";

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

/** Where the structure ends at a rank far below that of the factors, the rest of them is noise. */
const strongerRegularization = 0.5;
/**
 * Share of the components above the noise from which on more of them are worth a try: it is 0.11 on
 * MovieLens 100K, where twice the rank gains nothing for certain, and 0.31 on Epinions, where it does.
 */
const manyComponents = 0.25;
/** Standard errors by which other settings must be better: where they are as good, the usual ones stay. */
const clearly = 2;

/** The settings to fit with, what was measured, and whether the factors are better than popularity. */
export interface Choice {
  readonly settings: RankingSettings;
  readonly validation: RankingValidation | undefined;
  readonly better: boolean;
}

/** How good an order is: a number for each of the rows judged. */
interface Judgement {
  readonly ndcg: number[];
  readonly recall: number[];
}

/** Settings that are tried, and how good their order is. */
interface Candidate extends Judgement {
  readonly settings: RankingSettings;
}

/** A row that is judged: what is kept of it, and the columns that are held out. */
interface JudgedRow {
  readonly history: History;
  readonly relevant: readonly number[];
}

/** The matrix without some of its cells, and the rows that these judge. */
interface Slice {
  readonly kept: SparseRows;
  /** Of the columns, in what is kept. */
  readonly popularity: Int32Array;
  readonly rows: readonly JudgedRow[];
  /** The same for all settings that are tried, but for the threshold; made for the first of them. */
  objective?: Objective;
  /** Of the first settings, which others with their rank share. */
  readonly start: KnownStart;
}

/**
 * Chooses by slices of held-out cells: an iterator with a turn after every start, sweep and judgement.
 * Where the usual settings are better than popularity, others are tried beside them, of those that are
 * free. The first question is not asked of the best of several: on little data one of them is lucky.
 */
export function* chooseSettings(
  weights: SparseRows,
  settings: RankingSettings,
  free: FreeSettings,
  blocks: RowBlocks,
): Sharded<Choice, undefined> {
  const slices = [...slicesOf(weights, settings)];
  const usual = candidateOf(settings);
  const aboveNoise = yield* judgeFits(usual, slices, blocks);
  const rows = usual.ndcg.length;
  if (rows < 2) return { settings, validation: undefined, better: false };
  const popular: Judgement = { ndcg: [], recall: [] };
  for (const slice of slices) {
    const scored = (rows: readonly JudgedRow[]) =>
      rows.map((item) => ({ item, scores: slice.popularity }));
    yield* judgeTogether(popular, slice, scored, settings.rank, blocks);
  }
  const { mean, standardError } = differenceOf(usual, popular);
  const better = mean > standardError;
  const others = better ? alternatives(settings, free, aboveNoise, weights).map(candidateOf) : [];
  for (const other of others) yield* judgeFits(other, slices, blocks);
  const best = clearlyBest(usual, others);
  return {
    settings: best.settings,
    validation: { ...scoresOf(best), popularity: scoresOf(popular), rows },
    better,
  };
}

/**
 * The other settings that are worth a try: a stronger regularization; and twice the rank where many
 * components are above the noise, so that there must be more of them below.
 */
function alternatives(
  settings: RankingSettings,
  free: FreeSettings,
  aboveNoise: number,
  { rows, cols }: SparseRows,
): RankingSettings[] {
  const rank = Math.min(2 * settings.rank, largestRank(rows, cols));
  const isRich = aboveNoise > manyComponents * settings.rank && rank > settings.rank;
  return [
    ...(free.regularization ? [{ ...settings, regularization: strongerRegularization }] : []),
    ...(free.rank && isRich ? [{ ...settings, rank }] : []),
  ];
}

/**
 * Fits what is kept of each slice and judges its rows. Returns how many components of the first one
 * are above the noise.
 */
function* judgeFits(
  candidate: Candidate,
  slices: readonly Slice[],
  blocks: RowBlocks,
): Sharded<number, undefined> {
  const { settings } = candidate;
  const { rank } = settings;
  let first: number | undefined;
  for (const slice of slices) {
    const { kept, popularity, start } = slice;
    const { cols } = kept;
    slice.objective ??= yield* objectiveOf(kept, settings, blocks);
    const { cellWeight, noise } = slice.objective;
    const threshold = settings.regularization * noise;
    const objective = { ...slice.objective, threshold };
    const fit = fitFactors(kept, objective, settings, sweeps, blocks, start);
    const { factors, aboveNoise } = yield* fit;
    const columns = { factors, cols, rank, cellWeight, threshold };
    const scorer = new Scorer(new RowSolver(columns, solveByKernels), popularity);
    yield* judgeTogether(candidate, slice, (rows) => scorer.scoresOfAll(rows), rank, blocks);
    first ??= aboveNoise;
    yield;
  }
  return first ?? 0;
}

type ScoredRows = Iterable<{ readonly item: JudgedRow; readonly scores: ArrayLike<number> }>;

/** Adds the rows of a slice to a judgement: every shard judges as large a part of them as it has of the work. */
function* judgeTogether(
  to: Judgement,
  { kept, rows }: Slice,
  scored: (rows: readonly JudgedRow[]) => ScoredRows,
  rank: number,
  blocks: RowBlocks,
): Sharded<void> {
  const work = (row: number) => workBefore(kept.rowStart, row, rank);
  const [from, end] = [blocks.firstRow, blocks.firstRow + blocks.rows].map((row) =>
    Math.round((rows.length * work(row)) / work(kept.rows)),
  );
  const own: Judgement = { ndcg: [], recall: [] };
  judge(own, scored(rows.slice(from, end)), kept.cols);
  const judged = new Float64Array(2 * rows.length);
  judged.set(own.ndcg, from);
  judged.set(own.recall, rows.length + from);
  yield* blocks.join(judged);
  to.ndcg.push(...judged.subarray(0, rows.length));
  to.recall.push(...judged.subarray(rows.length));
}

/** Adds the rows to a judgement. */
function judge({ ndcg, recall }: Judgement, scored: ScoredRows, cols: number): void {
  const discounts = discountsOf(ndcgPlaces);
  const seen = new Uint8Array(cols);
  for (const { item, scores } of scored) {
    const { history, relevant } = item;
    for (const col of history.colIndices) seen[col] = 1;
    const places = placesOf(scores, relevant, seen, ndcgPlaces);
    for (const col of history.colIndices) seen[col] = 0;
    ndcg.push(ndcgAt(places, ndcgPlaces, discounts));
    recall.push(recallAt(places, recallPlaces));
  }
}

/** The candidate that is better than the usual one by most, if any is clearly so. */
function clearlyBest(usual: Candidate, others: readonly Candidate[]): Candidate {
  let [best, gain] = [usual, 0];
  for (const other of others) {
    const { mean, standardError } = differenceOf(other, usual);
    if (mean > gain && mean > clearly * standardError) [best, gain] = [other, mean];
  }
  return best;
}

/** By how much one is better than the other, over the rows. */
function differenceOf(one: Judgement, other: Judgement): RunningMean {
  const difference = new RunningMean();
  one.ndcg.forEach((ndcg, row) => {
    difference.add(ndcg - other.ndcg[row]);
  });
  return difference;
}

function scoresOf({ ndcg, recall }: Judgement): RankingScores {
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  return { ndcg100: mean(ndcg), recall20: mean(recall) };
}

function candidateOf(settings: RankingSettings): Candidate {
  return { settings, ndcg: [], recall: [] };
}

/** The slices, as many as it takes to hold enough out. */
function* slicesOf(weights: SparseRows, settings: RankingSettings): Generator<Slice> {
  const { nonzeros, rowStart } = weights;
  const draws = randomUniformArray(nonzeros, settings.seed, streams.rankingValidation.first, "f64");
  const inDrawnOrder = (p: number, q: number) => draws[p] - draws[q] || p - q;
  let heldOut = 0;
  for (let slice = 0; slice < maximumSlices && heldOut < enoughCells; slice++) {
    const held = heldCells(rowStart, inDrawnOrder, {
      ...{ fraction: settings.validationFraction, slice, minimumCells },
    });
    const count = held.reduce((sum, mark) => sum + mark, 0);
    if (count === 0) return;
    heldOut += count;
    const kept = selectSlots(weights, held, 0);
    const rows = [...judgedRows(weights, kept, held)];
    yield { kept, popularity: popularityOf(kept), rows, start: {} };
  }
}

/** The rows of a slice that have liked something among what is held out. */
function* judgedRows(
  weights: SparseRows,
  kept: SparseRows,
  held: Uint8Array,
): Generator<JudgedRow> {
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
