// A fit, and what it took.
import type { MatrixCompletion } from "./matrix-completion.js";
import type { CompletionProgress } from "./progress.js";

/** A fit, turn by turn. */
export type Steps<Progress, Model> = Generator<Progress, Model> | AsyncGenerator<Progress, Model>;

/** What a training took. */
export interface FitTimes {
  milliseconds: number;
  /** Mean time of one step on all ratings. */
  stepMilliseconds: number;
  /** The steps whose error was measured, and all of the final training. */
  curve: readonly CompletionProgress[];
}

/** A trained model and what the training took. */
export interface TimedFit extends FitTimes {
  model: MatrixCompletion;
}

/** The fit, turn by turn, while it is timed. */
export async function* timed(
  run: Steps<CompletionProgress, MatrixCompletion>,
): AsyncGenerator<CompletionProgress, TimedFit> {
  const start = performance.now();
  const search = { steps: 0, milliseconds: 0 };
  const refit = { ...search };
  const curve: CompletionProgress[] = [];
  for (let last = performance.now(); ; ) {
    const { done, value } = await run.next();
    const now = performance.now();
    if (done) {
      const { steps, milliseconds } = refit.steps > 0 ? refit : search;
      const stepMilliseconds = milliseconds / Math.max(1, steps);
      return { model: value, milliseconds: now - start, stepMilliseconds, curve };
    }
    const { phase, validationRmse } = value;
    // Fits on threads report several steps at once.
    const counted = phase === "search" ? search : phase === "refit" ? refit : undefined;
    if (counted) {
      counted.steps++;
      counted.milliseconds += now - last;
    }
    if (phase === "refit" || validationRmse !== undefined) curve.push(value);
    last = now;
    yield value;
  }
}
