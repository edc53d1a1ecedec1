// A model of ratings as `train` and `evaluate` make and judge it: what is held out, what is trained, and
// the figures. Nothing here reads or writes files, so the site runs it too.
import { core, type IndexedEntries, split, withoutDuplicates } from "../completion/entries.js";
import { type Evaluation, evaluate } from "../completion/evaluate.js";
import { crossValidation, holdOut } from "../completion/held-out.js";
import { type CompletionOptions, defaults } from "../completion/options.js";
import { rangeOf } from "../completion/range.js";
import type { TimedFit } from "../completion/timed-fit.js";
import { FormatError } from "../formats/errors.js";
import { doubtOfPairs } from "../formats/rating-checks.js";
import { checkWide, wideStepMilliseconds } from "./compare-wide.js";
import { UsageError } from "./errors.js";
import type { Fits } from "./fits.js";
import { judgeLists } from "./judge-lists.js";
import { allOutliers } from "./outliers.js";
import type { Progress } from "./progress.js";
import { qualityOf } from "./quality.js";
import type { RatingsRun } from "./report/rating-sections.js";
import { sampleRows } from "./sample-rows.js";
import type { CompleteResult } from "./summary.js";
import type { Titles } from "./titles.js";
import type { Round } from "./train-model.js";
import type { TrainingData, TrainOptions } from "./training-data.js";
import { wideParameters } from "./wide-size.js";

/** Share of the ratings that are tested on. */
const defaultTestFraction = 0.1;

/** What a round gave. */
interface Outcome {
  round: Round;
  fit: TimedFit;
  trainRmse: number;
  evaluation: Evaluation | null;
}

/** A model with its figures, and what they were measured on. */
export interface FittedRatings {
  dataset: IndexedEntries;
  result: CompleteResult;
  quality: ReturnType<typeof qualityOf>;
  outliers: ReturnType<typeof allOutliers>;
  /** The last round; of a cross-validation whose model is wanted, a training on all ratings. */
  fit: TimedFit;
  /** What the last test was made with. */
  last: { round: Round; fit: TimedFit };
}

type Data = Pick<TrainingData, "source" | "table" | "test">;

/**
 * Trains a model of ratings and tests it.
 *
 * @param fits - where it is trained.
 * @param keepsModel - the model is wanted, not only how well it does.
 * @throws UsageError or FormatError
 */
export async function fitRatings(
  data: Data,
  options: TrainOptions,
  fits: Fits,
  progress: Progress,
  keepsModel: boolean,
): Promise<FittedRatings> {
  const dataset = datasetOf(data, options);
  checkOptions(dataset, options);
  const settings = completionOptions(options);
  const tests = roundsOf(dataset, data.test, options);
  const needsAll = options.folds !== undefined && keepsModel;
  const all = { label: "", held: undefined, train: dataset, test: undefined };
  const rounds = needsAll ? [...tests, all] : tests;
  if (rounds.some(({ train }) => train.values.length === 0)) {
    throw new UsageError("no ratings are left to train on");
  }
  const trained: Outcome[] = [];
  for await (const fit of fits.ratings({ dataset, rounds, options: settings }, progress)) {
    trained.push(outcomeOf(rounds[trained.length], fit));
  }
  const outcomes = trained.slice(0, tests.length);
  const last = outcomes[outcomes.length - 1];
  const final = trained[trained.length - 1];
  const judged = outcomes.flatMap(({ evaluation, round: { train } }) =>
    evaluation ? { evaluation, train } : [],
  );
  return {
    dataset,
    result: summarize(dataset, outcomes, options),
    quality: qualityOf(judged),
    outliers: allOutliers(final.fit.model.outliers, final.evaluation?.outliers),
    fit: final.fit,
    last,
  };
}

/** What a report says of it. */
export function ratingsRun(
  { dataset, result, quality, outliers, fit, last }: FittedRatings,
  source: string,
  titles: Titles,
): RatingsRun {
  const { model, curve } = fit;
  const { train, test } = last.round;
  return {
    ...{ source, result, quality, outliers, curve },
    rank: model.rank,
    singularValues: model.singularValues(),
    lists: test && judgeLists(last.fit.model, train, test),
    scale: rangeOf(dataset.values),
    samples: sampleRows(dataset, model, 6, 5, titles),
  };
}

/** What is trained on: each pair once, users and items of few ratings dropped. */
function datasetOf({ source, table }: Data, options: TrainOptions): IndexedEntries {
  const unique = withoutDuplicates(table);
  const doubt = options.columns
    ? undefined
    : doubtOfPairs(unique.values.length, table.values.length, table.values);
  if (doubt !== undefined) throw new FormatError(source, doubt);
  return core(unique, options.minRatings);
}

export function completionOptions(options: TrainOptions): CompletionOptions {
  const { rank, depth, implicit, ranking, seed, keepOutliers, compareWide } = options;
  return {
    implicit,
    ...(ranking === undefined ? {} : { ranking }),
    seed,
    // The wide model is compared with the one that has its cores, step by step.
    ...(compareWide ? { solver: "adam" as const } : {}),
    ...(keepOutliers ? { outliers: "keep" as const } : {}),
    ...(rank === undefined ? {} : { rank }),
    ...(depth === undefined ? {} : { depth }),
  };
}

/** What only the ratings can tell. */
function checkOptions({ rowIds, colIds, values }: IndexedEntries, options: TrainOptions): void {
  const { minRatings, folds, rank, depth = defaults.depth, compareWide } = options;
  if (values.length === 0) {
    throw new UsageError(`--min-ratings is ${minRatings}: no ratings are left, it must be less`);
  }
  if (folds !== undefined && folds > values.length) {
    throw new UsageError(
      `--folds is ${folds} and there are ${values.length} ratings: it must be at most that`,
    );
  }
  if (options.dense && values.length === rowIds.length * colIds.length) {
    throw new UsageError(
      "every cell of the table is known: --missing says what stands for unknown ones, as 99 or 0",
    );
  }
  const side = Math.min(rowIds.length, colIds.length);
  if (rank !== undefined && rank > side) {
    throw new UsageError(
      `--rank is ${rank} and the matrix is ${rowIds.length} x ${colIds.length}: ` +
        `the rank must be at most ${side}`,
    );
  }
  if (compareWide) checkWide(rowIds.length, colIds.length, depth);
}

function roundsOf(
  dataset: IndexedEntries,
  test: IndexedEntries | undefined,
  { folds, testFraction = defaultTestFraction, seed }: TrainOptions,
): Round[] {
  const count = dataset.values.length;
  if (test) return [{ label: "", held: undefined, train: dataset, test }];
  if (folds === undefined) {
    const held = holdOut(count, testFraction, seed);
    return [{ label: "", held, ...split(dataset, held) }];
  }
  return crossValidation(count, folds, seed).map((held, i) => ({
    label: `fold ${i + 1} of ${folds}, `,
    held,
    ...split(dataset, held),
  }));
}

function outcomeOf(round: Round, fit: TimedFit): Outcome {
  const { train, test } = round;
  const trainRmse = evaluate(fit.model, train).rmse;
  const evaluation = test && test.values.length > 0 ? evaluate(fit.model, test) : null;
  return { round, fit, trainRmse, evaluation };
}

/** Figures of one round, or means over the folds. */
function summarize(
  dataset: IndexedEntries,
  outcomes: Outcome[],
  options: TrainOptions,
): CompleteResult {
  const rows = dataset.rowIds.length;
  const cols = dataset.colIds.length;
  const mean = (figure: (outcome: Outcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + figure(outcome), 0) / outcomes.length;
  const tested = outcomes.every(({ evaluation }) => evaluation !== null);
  const { model } = outcomes[0].fit;
  const { depth } = model.settings;
  const result: CompleteResult = {
    rows,
    cols,
    observed: dataset.values.length,
    trainRmse: mean(({ trainRmse }) => trainRmse),
    testRmse: tested ? mean(({ evaluation }) => evaluation!.rmse) : null,
    baselineRmse: tested ? mean(({ evaluation }) => evaluation!.baselineRmse) : null,
    steps: Math.round(mean(({ fit }) => fit.model.steps)),
    milliseconds: mean(({ fit }) => fit.milliseconds),
    stepMilliseconds: mean(({ fit }) => fit.stepMilliseconds),
    parameters: Math.round(mean(({ fit }) => fit.model.parameterCount)),
    wideParameters: wideParameters(rows, cols, depth),
    recommendsBy: outcomes.at(-1)!.fit.model.recommendsBy,
    heldOutNdcg10: outcomes.at(-1)!.fit.model.orders?.ndcg10 ?? null,
  };
  const found = outcomes.map(({ fit, evaluation }) => ({
    training: fit.model.outliers.length,
    test: evaluation?.outliers.length ?? 0,
  }));
  if (found.some(({ training }) => training > 0)) {
    const test = found.reduce((sum, one) => sum + one.test, 0);
    result.outliers = { training: found[found.length - 1].training, test };
  }
  if (options.compareWide) {
    result.wideStepMilliseconds = wideStepMilliseconds(dataset, depth);
    result.speedup = result.wideStepMilliseconds / result.stepMilliseconds;
  }
  if (options.folds !== undefined) {
    result.folds = outcomes.map(({ fit, evaluation }) => ({
      testRmse: evaluation!.rmse,
      baselineRmse: evaluation!.baselineRmse,
      milliseconds: fit.milliseconds,
    }));
  }
  return result;
}
