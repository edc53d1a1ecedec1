import type { IndexedEntries } from "../completion/entries.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import type { CompletionOptions } from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { type Steps, type TimedFit, timed } from "../completion/timed-fit.js";
import { asUsageError } from "./errors.js";
import type { Progress } from "./progress.js";

/** Ratings to train on and ratings to test on; several such rounds make a cross-validation. */
export interface Round {
  label: string;
  /** What of the data is held out, marked by 1; undefined where all of it is trained on. */
  held: Uint8Array | undefined;
  train: IndexedEntries;
  test: IndexedEntries | undefined;
}

/** The trainings of some rounds of the same data. */
export interface Trainings {
  readonly dataset: IndexedEntries;
  readonly rounds: readonly Round[];
  readonly options: CompletionOptions;
}

/** The model of each round, in their order. */
export type Trainer = (trainings: Trainings, progress: Progress) => AsyncIterable<TimedFit>;

const doing: Record<CompletionProgress["phase"], string> = {
  biases: "biases",
  search: "choosing",
  refit: "training",
  ranking: "ranking",
};

/** Trains a round after the other, and shows how far it is. */
export function inTurn(
  begin: (
    entries: IndexedEntries,
    options: CompletionOptions,
  ) => Steps<CompletionProgress, MatrixCompletion>,
): Trainer {
  return async function* ({ rounds, options }, progress) {
    for (const { train, label } of rounds) yield follow(begin(train, options), progress, label);
  };
}

/** Runs a fit to its end, and shows how far it is. @throws UsageError for options that do not fit the data. */
export async function follow(
  steps: Steps<CompletionProgress, MatrixCompletion>,
  progress: Progress,
  label: string,
): Promise<TimedFit> {
  const run = timed(steps);
  let shownError = "";
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) return value;
      const { phase, step, totalSteps, loss, validationRmse } = value;
      // Measured now and then; in between the last one stands.
      if (validationRmse !== undefined) shownError = `, RMSE ${validationRmse.toFixed(4)}`;
      else if (phase === "refit") shownError = "";
      const text = `${label}${doing[phase]}: loss ${loss.toPrecision(5)}${shownError}`;
      progress.update(step, totalSteps, text);
    }
  } catch (error) {
    throw asUsageError(error, "fitCompletion", "fitShardFolder");
  }
}
