import type { IndexedEntries } from "../completion/entries.js";
import { fitEntries } from "../completion/fit.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import type { CompletionOptions } from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import { median } from "../metrics/median.js";
import { asUsageError } from "./errors.js";
import type { Progress } from "./progress.js";

/** A trained model and what the training took. */
export interface Fit {
  model: MatrixCompletion;
  milliseconds: number;
  /** Median time of one step on all ratings. */
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
  progress: Progress,
  label = "",
): Fit {
  const start = performance.now();
  const searchTimes: number[] = [];
  const refitTimes: number[] = [];
  const curve: CompletionProgress[] = [];
  try {
    const run = fitEntries(ratings, options);
    let shownError = "";
    for (let last = performance.now(); ; ) {
      const { done, value } = run.next();
      const now = performance.now();
      if (done) {
        const times = refitTimes.length > 0 ? refitTimes : searchTimes;
        const milliseconds = now - start;
        return { model: value, milliseconds, stepMilliseconds: median(times), curve };
      }
      const { phase, step, totalSteps, loss, validationRmse } = value;
      if (phase === "search") searchTimes.push(now - last);
      if (phase === "refit") refitTimes.push(now - last);
      if (phase === "refit" || validationRmse !== undefined) curve.push(value);
      last = now;
      // Measured now and then; in between the last one stands.
      if (validationRmse !== undefined) shownError = `, RMSE ${validationRmse.toFixed(4)}`;
      else if (phase === "refit") shownError = "";
      const text = `${label}${doing[phase]}: loss ${loss.toPrecision(5)}${shownError}`;
      progress.update(step, totalSteps, text);
    }
  } catch (error) {
    throw asUsageError(error, "fitCompletion");
  }
}
