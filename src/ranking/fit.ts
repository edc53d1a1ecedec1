import { fitFactors } from "../als/fit-factors.js";
import { unlessOnes } from "../als/history.js";
import { objectiveOf } from "../als/objective.js";
import { popularityOf } from "../als/popularity.js";
import { exponentOf } from "../linalg/in-job/scaling.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import { alone, Exchange, type Sharded } from "../shards/exchange.js";
import { RowBlocks } from "../shards/row-blocks.js";
import type { FloatArray } from "../wasm/index.js";
import { type Choice, chooseSettings } from "./choose-settings.js";
import { decayed, latestOf } from "./decay.js";
import {
  type IndexedInteractions,
  type InteractionTable,
  indexInteractions,
  readInteractions,
} from "./interactions.js";
import { MatrixRanking } from "./matrix-ranking.js";
import {
  type FreeSettings,
  freeSettings,
  type RankingOptions,
  type RankingSettings,
  rankingSettings,
  readRankingOptions,
} from "./options.js";
import type { RankingState } from "./ranking-state.js";

/** How far a fit is. */
export interface RankingProgress {
  /** Comparison with popularity on held-out cells; the spectral start; sweeps over all cells. */
  phase: "validation" | "start" | "sweep";
  /** Turns taken, all phases together. */
  step: number;
  /** Turns that there will be, as far as is known: the comparison may add some. */
  totalSteps: number;
}

/** After the second sweep the order hardly changes any more. */
const sweeps = 3;
const fitTurns = 1 + sweeps;
/** Two starts, each with two sweeps and a judgement; small data has more slices. */
const slicesTurns = 8;

/**
 * Learns from interactions (clicks, plays, purchases, likes) which columns each row would choose next,
 * turn by turn: an iterator over the progress, which returns the model. Leave the loop to stop.
 *
 * Weighted least squares over all cells of the matrix, observed or not (Hu, Koren and Volinsky 2008;
 * Rendle et al. 2021), by a spectral start and three sweeps of conjugate gradients. Nothing is to be
 * tuned: the regularization follows from the strength of pure noise on the same pattern
 * (docs/reference/ranking.md), and where that is clearly better on held-out cells, a stronger one or twice the
 * rank is taken. Where the factors do not order these cells clearly better than popularity does, which
 * happens on little data, the model is popularity.
 *
 * The order of the interactions does not matter: the same interactions, options and seed give the
 * same bits on every engine. A sweep costs 32 rank operations per interaction and 8 rank^2 per row
 * and column; memory is 16 bytes per interaction and about 20 rank bytes per row and column.
 *
 * @param interactions - columns `rowIds`, `colIds` and perhaps `weights` of equal length, not empty.
 * @throws RangeError or TypeError for interactions or options that are out of range or unknown, named.
 * @throws OutOfMemoryError when the factors do not fit into 4 GiB.
 */
export function fitRanking(
  interactions: InteractionTable,
  options: RankingOptions = {},
): Generator<RankingProgress, MatrixRanking> {
  return fitAlone(prepareRanking("fitRanking", interactions, options));
}

/**
 * Learns from interactions which columns each row would choose next: `fitRanking`, run to its end.
 *
 * @example
 * ```ts
 * const model = rankMatrix({
 *   rowIds: ["ann", "ann", "bob", "bob", "cas", "cas", "dan"],
 *   colIds: ["tea", "milk", "tea", "milk", "rum", "cola", "rum"],
 * }, { rank: 2, validationFraction: 0 });
 * model.recommend("dan", 1)[0].id; // "cola"
 * ```
 */
export function rankMatrix(
  interactions: InteractionTable,
  options: RankingOptions = {},
): MatrixRanking {
  const turns = fitAlone(prepareRanking("rankMatrix", interactions, options));
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/** Checked input: what is wrong is refused before the first turn. */
export interface PreparedRanking {
  settings: RankingSettings;
  /** Settings that were not given, of those that the fit may choose. */
  free: FreeSettings;
  latest: number;
  indexed: IndexedInteractions;
}

export function prepareRanking(
  name: string,
  interactions: InteractionTable,
  given: RankingOptions,
): PreparedRanking {
  const options = readRankingOptions(name, given);
  const { halfLife } = options;
  const table = readInteractions(name, interactions);
  const latest = latestOf(name, table, halfLife);
  const aged = decayed(name, table, { halfLife, latest });
  const indexed = indexInteractions(name, aged, options.duplicates);
  const { matrix } = indexed;
  if (matrix.nonzeros === 0) {
    throw new RangeError(`${name}: there are no interactions: there must be at least one`);
  }
  if (!matrix.values.some((weight: number) => weight > 0)) {
    throw new RangeError(`${name}: no weight is positive: at least one must be`);
  }
  const settings = rankingSettings(name, options, matrix.rows, matrix.cols);
  return { settings, free: freeSettings(options), latest, indexed };
}

/** The fit where one shard is all there is. */
function* fitAlone(prepared: PreparedRanking): Generator<RankingProgress, MatrixRanking> {
  const blocks = RowBlocks.of(prepared.indexed.matrix);
  return new MatrixRanking(yield* alone(rankShard(prepared, blocks)));
}

/** The blocks of each of at most so many shards, which have as much to do. */
export function rankingShares(
  { settings: { rank }, indexed: { matrix } }: PreparedRanking,
  shards: number,
): RowBlocks[] {
  const blocks = RowBlocks.of(matrix);
  return blocks.shares(shards, (block) => matrix.rowStart[blocks.starts[block]], rank / 2);
}

/** What a shard makes of the interactions: the same in all shards, which have all of them. */
export function* rankShard(
  { settings: first, free, latest, indexed }: PreparedRanking,
  blocks: RowBlocks,
): Sharded<RankingState, RankingProgress> {
  const { rowIds, colIds, matrix, duplicates } = indexed;
  const { weights, unit } = normalize(matrix);
  const compares = first.rank > 0 && first.validationFraction > 0;
  let step = 0;
  let totalSteps = (compares ? slicesTurns : 0) + fitTurns;
  const report = (phase: RankingProgress["phase"]): RankingProgress => {
    step++;
    totalSteps = Math.max(totalSteps, step + (phase === "validation" ? fitTurns : 0));
    return { phase, step, totalSteps };
  };

  let choice: Choice = { settings: first, validation: undefined, better: first.rank > 0 };
  if (compares) {
    choice = yield* reported(chooseSettings(weights, first, free, blocks), () =>
      report("validation"),
    );
  }
  const { settings, validation, better } = choice;
  const rank = better ? settings.rank : 0;
  const objective = yield* objectiveOf(weights, settings, blocks);
  let factors = new Float32Array(0);
  if (rank > 0) {
    let phase: RankingProgress["phase"] = "start";
    const steps = fitFactors(weights, objective, settings, sweeps, blocks);
    const fitted = yield* reported(steps, () => {
      const progress = report(phase);
      phase = "sweep";
      return progress;
    });
    factors = fitted.factors;
  }
  return {
    settings,
    rowIds,
    colIds,
    rowStart: weights.rowStart,
    colIndices: weights.colIndices,
    weights: unlessOnes(weights.values),
    unit,
    latest,
    rowCount: weights.rows,
    popularity: popularityOf(weights),
    duplicates,
    validation,
    cold: new Int32Array(0),
    described: new Int32Array(0),
    priors: new Float32Array(0),
    rowMap: undefined,
    factors,
    cols: weights.cols,
    rank,
    cellWeight: objective.cellWeight,
    threshold: objective.threshold,
  };
}

/** The same computation with a report in place of each of its turns. */
function* reported<Result>(
  steps: Sharded<Result, undefined>,
  report: () => RankingProgress,
): Sharded<Result, RankingProgress> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield value instanceof Exchange ? value : report();
  }
}

/**
 * The weights over a power of two, exactly: about 1, so that neither their sums nor f32 overflow. The
 * minimum does not depend on the unit.
 */
function normalize(matrix: SparseRows): { weights: SparseRows; unit: number } {
  const { values } = matrix;
  let sum = 0;
  for (const weight of values) sum += Math.abs(weight);
  const unit = 2 ** exponentOf(sum / values.length);
  if (unit === 1) return { weights: matrix, unit };
  const scaled = values.map((weight: number) => weight / unit) as FloatArray;
  return { weights: matrix.withValues(scaled), unit };
}
