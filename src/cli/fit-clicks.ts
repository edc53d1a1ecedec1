// A model of clicks as `train` and `evaluate` make and judge it: what is held out, what is trained, and
// the figures. Nothing here reads or writes files, so the site runs it too.
import { splitInteractions } from "../ranking/evaluation/split-interactions.js";
import type { RankingProgress } from "../ranking/fit.js";
import type { Interactions } from "../ranking/interactions.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import type { RankingOptions } from "../ranking/options.js";
import type { Features } from "../ranking/with-features.js";
import { asUsageError, UsageError } from "./errors.js";
import type { Fits } from "./fits.js";
import { interactionsOf, type Likes, likesOf, trainedOn } from "./likes.js";
import type { Progress } from "./progress.js";
import { type Evaluation, judgedPlaces, rankingResult } from "./ranking-summary.js";
import type { ClicksRun } from "./report/click-sections.js";
import { sampleRows } from "./sample-rows.js";
import type { Titles } from "./titles.js";
import type { TrainingData, TrainOptions } from "./training-data.js";

const secondsPerDay = 86400;
/** Share of each user's clicks that is tested on. */
const defaultTestFraction = 0.2;

const doing: Record<RankingProgress["phase"], string> = {
  validation: "comparing with popularity",
  start: "starting",
  sweep: "training",
};

/** A trained model and what the training took. */
interface Fit {
  model: MatrixRanking;
  milliseconds: number;
}

/** A model with its figures, and what it was trained on. */
export interface FittedClicks {
  likes: Likes;
  final: Fit;
  evaluation: Evaluation | undefined;
}

type Data = Pick<TrainingData, "table" | "test" | "features">;

/**
 * Tests a model of clicks, and trains one on all of them.
 *
 * @param fits - where it is trained.
 * @param testOnly - no model is wanted, only how well one does.
 * @throws UsageError or FormatError
 */
export async function fitClicks(
  data: Data,
  options: TrainOptions,
  fits: Fits,
  progress: Progress,
  testOnly: boolean,
): Promise<FittedClicks> {
  const likes = likesOf(data.table, options.minValue, options.minRatings);
  checkLikes(likes, options);
  return { likes, ...(await fitAndTest(data, likes, options, fits, progress, testOnly)) };
}

/** What a report says of it. */
export function clicksRun(
  { likes, final, evaluation }: FittedClicks,
  source: string,
  titles: Titles,
): ClicksRun {
  const { model, milliseconds } = final;
  return {
    ...{ source, evaluation },
    result: rankingResult(likes.pairs, model, evaluation, milliseconds),
    model: { rank: model.rank },
    samples: sampleRows(likes.pairs, model, 6, 5, titles),
  };
}

function checkLikes({ table, lines, pairs }: Likes, options: TrainOptions): void {
  const { minValue, minRatings } = options;
  if (pairs.values.length > 0) return;
  if (minValue !== undefined && lines.values.length === 0 && minRatings === 1) {
    const largest = table.values.reduce((most, value) => Math.max(most, value), -Infinity);
    throw new UsageError(
      `--min-value is ${minValue} and the largest rating is ${largest}: it must be at most that`,
    );
  }
  throw new UsageError(`--min-ratings is ${minRatings}: no clicks are left, it must be less`);
}

/**
 * The model of all clicks, and how well the same does on clicks that are held out.
 *
 * @throws UsageError where a test was asked for that cannot be made.
 */
async function fitAndTest(
  data: Data,
  likes: Likes,
  options: TrainOptions,
  fits: Fits,
  progress: Progress,
  testOnly: boolean,
): Promise<Omit<FittedClicks, "likes">> {
  const { rank, seed, testFraction, halfLife } = options;
  const settings = {
    seed,
    ...(rank === undefined ? {} : { rank }),
    ...(halfLife === undefined ? {} : { halfLife: halfLife * secondsPerDay }),
  };
  const train = (interactions: Interactions, label: string) =>
    trainOn(interactions, settings, fits, progress, label);
  const fitAll = async () => described(await train(trainedOn(likes), ""), data.features);
  if (data.test !== undefined) {
    const final = await fitAll();
    const chosen = likesOf(data.test, options.minValue, 1);
    const test = interactionsOf(chosen.table, chosen.lines);
    return {
      final,
      evaluation: evaluate(final.model, test),
    };
  }
  if (testFraction === 0 && !testOnly) return { final: await fitAll(), evaluation: undefined };
  const asked = testOnly || options.testFraction !== undefined || options.split !== undefined;
  let tested: { final: Fit; evaluation: Evaluation } | undefined;
  try {
    const parts = orUsageError(() => split(likes, options));
    const final = await train(parts.train, testOnly ? "" : "to test, ");
    tested = { final, evaluation: evaluate(final.model, parts.test) };
  } catch (error) {
    // Little data leaves nothing to test on, which hinders no training.
    if (asked || !(error instanceof UsageError)) throw error;
  }
  if (testOnly && tested) return tested;
  return { final: await fitAll(), evaluation: tested?.evaluation };
}

/** The model with what features say of items that nobody has chosen. */
function described({ model, milliseconds }: Fit, features: Features | undefined): Fit {
  if (features === undefined) return { model, milliseconds };
  const start = performance.now();
  const more = orUsageError(() => model.withFeatures({ cols: features }));
  return { model: more, milliseconds: milliseconds + performance.now() - start };
}

/** What is trained on and what is held out, as --split says. */
function split(likes: Likes, { split: by = "random", testFraction, seed }: TrainOptions) {
  const interactions = interactionsOf(likes.table, likes.lines);
  return splitInteractions(interactions, {
    ...{ by, seed },
    ...(by === "last" ? {} : { fraction: testFraction ?? defaultTestFraction }),
  });
}

function evaluate(model: MatrixRanking, test: Interactions): Evaluation {
  return orUsageError(() => model.evaluate(test, { cutoffs: judgedPlaces }));
}

/** The library's complaints about its arguments are about what the user gave. */
function orUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUsageError(error, "evaluate", "splitInteractions", "withFeatures");
  }
}

/** Trains, and shows how far it is. */
async function trainOn(
  interactions: Interactions,
  options: RankingOptions,
  fits: Fits,
  progress: Progress,
  label: string,
): Promise<Fit> {
  const start = performance.now();
  try {
    const run = fits.clicks(interactions, options);
    for (;;) {
      const { done, value } = await run.next();
      if (done) return { model: value, milliseconds: performance.now() - start };
      progress.update(value.step, value.totalSteps, `${label}${doing[value.phase]}`);
    }
  } catch (error) {
    throw asUsageError(error, "fitRanking", "fitRankingParallel");
  }
}
