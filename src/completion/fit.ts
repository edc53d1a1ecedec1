import { exponentOf } from "../linalg/in-job/scaling.js";
import { SparseRows } from "../linalg/sparse-rows.js";
import { alone, Exchange, lettingGo, type Sharded } from "../shards/exchange.js";
import { Journal, startedBefore } from "../shards/journal.js";
import { RowBlocks } from "../shards/row-blocks.js";
import {
  gather,
  ownRows,
  type ReadRows,
  type StoredShard,
  shardOf,
  stored,
} from "../shards/shard.js";
import { assembleModel, type CompletionTable, type FittedShard, predictorOf } from "./assemble.js";
import { type IndexedEntries, index, settle, sortIds } from "./entries.js";
import {
  fitRankingHead,
  type HeadChoice,
  headTurns,
  type JudgedSlice,
} from "./fit-ranking-head.js";
import { MatrixCompletion } from "./matrix-completion.js";
import type { RatingTable } from "./observations.js";
import {
  type CompletionOptions,
  type ReadOptions,
  readCompletionOptions,
  type Settings,
  settingsFor,
} from "./options.js";
import { outliersBeside, type Screened, screen } from "./outliers.js";
import { overUnit } from "./over-unit.js";
import type { CompletionProgress } from "./progress.js";
import { rangeOver } from "./range.js";
import { cyclePeak, cycleSteps, learnedAt, StepPlan } from "./search.js";
import { stepsOfSweep } from "./sweeps/sweep-network.js";
import { type Conditions, Training } from "./training.js";
import { chooseOnSlices, judgedSlices } from "./validation.js";

/**
 * Completes a matrix from some of its entries, step by step: an iterator over the progress, which
 * returns the model. Leave the loop to stop.
 *
 * Mean, row and column biases, and a deep factorization with implicit terms (docs/reference/completion.md).
 * Regularization follows from the data; what is left is chosen on entries held out, then everything
 * is trained again on all entries. Where the factorization does not clearly beat the biases, the
 * model is the biases. The order of the observations does not matter (except to `duplicates:
 * "last"`): the same entries, options and seed give the same bits on every engine. A step costs
 * 8 to 14 rank operations per entry, and there are some hundreds.
 *
 * @param observations - columns `rowIds`, `colIds`, `values` of equal length, not empty.
 * @throws RangeError or TypeError for observations or options that are out of range or unknown,
 * named.
 * @throws OutOfMemoryError when the factors do not fit into 4 GiB.
 */
export function fitCompletion(
  observations: RatingTable,
  options: CompletionOptions = {},
): Generator<CompletionProgress, MatrixCompletion> {
  const name = "fitCompletion";
  const read = readCompletionOptions(name, options);
  return fitAlone(settled(name, index(name, observations), read));
}

/** `fitCompletion` of entries that are checked and numbered. @internal */
export function fitEntries(
  entries: IndexedEntries,
  options: CompletionOptions,
): Generator<CompletionProgress, MatrixCompletion> {
  const read = readCompletionOptions("fitCompletion", options);
  return fitAlone(settled("fitCompletion", entries, read));
}

/**
 * Completes a matrix from some of its entries: `fitCompletion`, run to its end.
 *
 * @example
 * ```ts
 * const model = completeMatrix({
 *   rowIds: ["ann", "ann", "bob", "bob", "cas"],
 *   colIds: ["Alien", "Brazil", "Alien", "Casablanca", "Brazil"],
 *   values: [5, 4, 4, 1, 5],
 * });
 * model.recommend("cas", 1)[0].id; // "Alien"
 * ```
 */
export function completeMatrix(
  observations: RatingTable,
  options: CompletionOptions = {},
): MatrixCompletion {
  const name = "completeMatrix";
  const read = readCompletionOptions(name, options);
  const steps = fitAlone(settled(name, index(name, observations), read));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** One value for each place, and the settings: what is wrong is refused before the first step. */
export function settled(
  name: string,
  given: IndexedEntries,
  options: ReadOptions,
): CompletionTable {
  const entries = sortIds(given);
  const { rowStart, colIndices, values } = settle(name, entries, options.duplicates);
  if (values.length === 0) {
    throw new RangeError(`${name}: there are no observations: there must be at least one`);
  }
  const { rowIds, colIds } = entries;
  const settings = settingsFor(name, options, rowIds.length, colIds.length);
  const matrix = SparseRows.fromSorted(colIds.length, rowStart, colIndices, values);
  return { rowIds, colIds, matrix, settings, duplicates: given.values.length - values.length };
}

/** What a shard trains on. */
interface Prepared extends Conditions {
  /** With the values of its rows without gross errors, divided by `unit`. */
  shard: StoredShard;
  unit: number;
  /** The values as they were given, where gross errors were found among them. */
  screened: Screened | undefined;
}

/** Gives the rows of some blocks of a shard, their values over a unit (over-unit.ts). */
export type ReadOverUnit = (unit: number, blocks: RowBlocks) => SparseRows;

/** The rows of blocks of a matrix that is the whole. */
export const overUnitOf =
  (matrix: SparseRows): ReadOverUnit =>
  (unit, blocks) =>
    overUnit(ownRows(matrix, blocks), unit);

/**
 * Looks at the values of a shard, and at what unit they have.
 */
function* prepare(
  read: ReadOverUnit,
  settings: Settings,
  blocks: RowBlocks,
  journal: Journal,
): Sharded<Prepared> {
  const shard = yield* shardOf(read(1, blocks), blocks, journal);
  const screened = settings.outliers === "keep" ? undefined : yield* screen(shard, journal);
  const { matrix: own } = shard;
  const kept = screened?.values ?? own.values;
  const [low, high] = yield* journal.numbers(2, function* () {
    const range = yield* rangeOver(blocks, own.rowStart, kept);
    return [range.low, range.high];
  });
  // A power of two such that of the values over it neither squares nor sums overflow.
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const unit = largest > 0 ? 2 ** exponentOf(largest) : 1;
  const range = settings.clip
    ? { low: low / unit, high: high / unit }
    : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const robust = screened !== undefined;
  const conditions = { settings, unit, range, screened, robust, jobs: [] };
  if (!screened) return { ...conditions, shard: stored(shard, inUnit(read, unit, blocks)) };
  const matrix = overUnit(own.withValues(kept), unit);
  return { ...conditions, shard: stored({ ...shard, matrix }) };
}

/** In a frame of its own: a function made beside matrices keeps them. */
const inUnit =
  (read: ReadOverUnit, unit: number, blocks: RowBlocks): ReadRows =>
  (part = blocks) =>
    read(unit, part);

/** The fit where one shard is all there is. */
function* fitAlone(table: CompletionTable): Generator<CompletionProgress, MatrixCompletion> {
  const { matrix, settings } = table;
  const fitted = yield* alone(fitShard(overUnitOf(matrix), settings, RowBlocks.of(matrix)));
  return new MatrixCompletion(assembleModel(table, fitted));
}

/**
 * The fit of a shard: the same turns in all shards.
 *
 * @param read - is asked for rows of these blocks whenever they are needed; they are not held meanwhile, unless there
 * are gross errors among them.
 * @param journal - of who keeps the fit at the ends of its sweeps, or takes it up there. Sweeps only.
 */
export function* fitShard(
  read: ReadOverUnit,
  settings: Settings,
  blocks: RowBlocks,
  journal = new Journal(),
): Sharded<FittedShard, CompletionProgress> {
  const data = yield* lettingGo(() => prepare(read, settings, blocks, journal));
  const { unit, range, screened } = data;
  const fitted = { ...(yield* train(data, blocks, journal)), unit, range };
  if (!screened) return { ...fitted, outliers: undefined };
  const shard = yield* shardOf(screened.given, blocks);
  const outliers = yield* outliersBeside(predictorOf(fitted), screened, shard);
  return { ...fitted, outliers };
}

/** What a shard makes of its values. */
function* train(
  data: Prepared,
  blocks: RowBlocks,
  journal: Journal,
): Sharded<Omit<FittedShard, "outliers" | "unit" | "range">, CompletionProgress> {
  const { settings, shard, unit } = data;
  const history: CompletionProgress[] = [];
  const plan = new StepPlan();
  plan.expect(5 * cycleSteps(settings, 0));

  /** Losses and errors in the unit of the observations. */
  const report = (
    phase: CompletionProgress["phase"],
    loss: number,
    validationRmse: number | undefined,
    regularization?: number,
  ): CompletionProgress => {
    const progress = {
      phase,
      step: plan.done,
      totalSteps: plan.total,
      loss: loss * unit * unit,
      validationRmse: validationRmse === undefined ? undefined : validationRmse * unit,
    };
    if (phase !== "search" || validationRmse !== undefined) history.push(progress);
    return regularization === undefined ? progress : { ...progress, regularization };
  };

  const training = yield* lettingGo(() => Training.of(shard, data, journal));
  yield report("biases", training.biases.loss, undefined);
  const search = lettingGo(() => chooseOnSlices(shard, training, data, plan, journal));
  let next = search.next();
  for (; !next.done; next = search.next()) {
    const { value: turn } = next;
    if (turn instanceof Exchange) yield turn;
    else {
      const { loss, validationRmse, regularization } = turn;
      yield report("search", loss, validationRmse, regularization);
    }
  }
  const validated = next.value;
  const { choice, slices } = validated;
  const { levels, implicit, lastSteps } = choice;
  if (levels.length > 0) {
    const lengths = levels.map((_, q) =>
      q < levels.length - 1 ? cycleSteps(settings, q, implicit) : lastSteps,
    );
    plan.expect(lengths.reduce((sum, length) => sum + length, 0));
    if (!journal.replays) training.start(implicit);
    for (const [q, regularization] of levels.entries()) {
      const steps = cycleSteps(settings, q, implicit);
      const begin = () => training.beginCycle({ regularization, steps, peak: cyclePeak(q) });
      if (!journal.replays) begin();
      const start = () => {
        training.start(implicit);
        begin();
      };
      for (let step = 1; step <= lengths[q]; step++) {
        const loss = yield* journal.number(() => training.step());
        plan.advance();
        yield report("refit", loss, undefined, regularization);
        if (step % stepsOfSweep > 0) continue;
        const learned = learnedAt(choice.point, slices.length);
        journal.place([startedBefore(training, start), ...learned]);
      }
    }
  }
  const steps = plan.done;
  const last = { ...history[history.length - 1], step: steps };
  const head = yield* rank(data, judgedSlices(validated), last, blocks);
  const factorized = levels.length > 0;
  const learned = yield* training.learned(factorized);
  const parameterCount = factorized ? training.network?.parameterCount : undefined;
  const factorRidge = factorized ? training.rowRidge(levels[levels.length - 1]) : 0;
  const { biases, scale, baselineRowBias, baselineColBias } = training;
  return {
    ...{ implicit: choice.implicit, factorized, steps, parameterCount, history, ...head },
    ...{ mean: biases.mean, scale, biasRidge: biases.rowRidge, factorRidge },
    ...{ learned, baselineRowBias, baselineColBias },
  };
}

/** The ranking head, after all steps of the training. */
function* rank(
  { settings, shard }: Prepared,
  judged: ReturnType<typeof judgedSlices>,
  last: CompletionProgress,
  blocks: RowBlocks,
): Sharded<HeadChoice, CompletionProgress> {
  if (!settings.ranking) return { comparison: undefined, head: undefined };
  // It improves columns by all of their entries, wherever these are.
  const whole = yield* gather(shard.read(), blocks);
  const slices: JudgedSlice[] = [];
  for (const { kept, heldOut, predictor } of judged) {
    slices.push({
      kept: yield* gather(kept(), blocks),
      heldOut: yield* gather(heldOut, blocks),
      predictor,
    });
  }
  const turns = fitRankingHead(whole, slices, settings.seed, blocks);
  const totalSteps = last.step + headTurns(judged.length);
  let next = turns.next();
  for (let step = last.step + 1; !next.done; next = turns.next()) {
    if (next.value instanceof Exchange) yield next.value;
    else yield { ...last, phase: "ranking", step: step++, totalSteps, validationRmse: undefined };
  }
  return next.value;
}
