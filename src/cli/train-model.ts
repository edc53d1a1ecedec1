import type { IndexedEntries } from "../completion/entries.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import type { CompletionOptions } from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { asUsageError } from "./errors.js";
import type { Fits, Steps } from "./fits.js";
import type { Progress } from "./progress.js";

/** A trained model and what the training took. */
export interface Fit {
  model: MatrixCompletion;
  milliseconds: number;
  /** Mean time of one step on all ratings. */
  stepMilliseconds: number;
  /** The steps whose error was measured, and all of the final training. */
  curve: readonly CompletionProgress[];
}

const doing: Record<CompletionProgress["phase"], string> = {
  biases: "biases",
  search: "choosing",
  refit: "training",
  ranking: "ranking",
};

/** Trains, and shows how far it is. @throws UsageError for options that do not fit the ratings. */
export function trainModel(
  ratings: IndexedEntries,
  options: CompletionOptions,
  fits: Fits,
  progress: Progress,
  label: string,
): Promise<Fit> {
  return follow(fits.ratings(ratings, options), progress, label);
}

/** Runs a fit to its end, and shows how far it is. @throws UsageError for options that do not fit the data. */
export async function follow(
  run: Steps<CompletionProgress, MatrixCompletion>,
  progress: Progress,
  label: string,
): Promise<Fit> {
  const start = performance.now();
  const search = { steps: 0, milliseconds: 0 };
  const refit = { ...search };
  const curve: CompletionProgress[] = [];
  try {
    let shownError = "";
    for (let last = performance.now(); ; ) {
      const { done, value } = await run.next();
      const now = performance.now();
      if (done) {
        const { steps, milliseconds } = refit.steps > 0 ? refit : search;
        const stepMilliseconds = milliseconds / Math.max(1, steps);
        return { model: value, milliseconds: now - start, stepMilliseconds, curve };
      }
      const { phase, step, totalSteps, loss, validationRmse } = value;
      // Fits on threads report several steps at once.
      const counted = phase === "search" ? search : phase === "refit" ? refit : undefined;
      if (counted) {
        counted.steps++;
        counted.milliseconds += now - last;
      }
      if (phase === "refit" || validationRmse !== undefined) curve.push(value);
      last = now;
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
