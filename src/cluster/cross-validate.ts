// A search for the options of a fit, on the workers of a queue.
import { describe } from "../check/describe.js";
import { seed as checkSeed, integer } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { index, split, withoutDuplicates } from "../completion/entries.js";
import { crossValidation } from "../completion/held-out.js";
import type { RatingTable } from "../completion/observations.js";
import {
  type CompletionOptions,
  readCompletionOptions,
  settingsFor,
} from "../completion/options.js";
import { type FitsRunOptions, runFits } from "./fits-run.js";
import { mostShards, runChecks } from "./run-options.js";
import type { Measures } from "./whole-fits.js";

export interface CrossValidationOptions extends FitsRunOptions {
  /** The options that are compared, `seed` among them: 1 or more, times the folds at most 4096. @defaultValue [{}] */
  settings?: readonly CompletionOptions[];
  /** Into how many parts the observations are split, each held out once, 2 .. 4096. @defaultValue 5 */
  folds?: number;
  /** Seed of the split: the same for all settings. @defaultValue 0 */
  seed?: number;
}

/** How the model of some options does on a fold that it has not seen. */
export interface MeasuredFit extends Measures {
  /** The number of the options among the settings, and of the fold, from 0. */
  readonly setting: number;
  readonly fold: number;
  readonly options: CompletionOptions;
  /** Milliseconds that the fit took its worker. */
  readonly milliseconds: number;
}

/** Means over the folds of some options. */
export interface MeasuredSetting extends Omit<Measures, "count"> {
  readonly options: CompletionOptions;
  readonly milliseconds: number;
}

const name = "crossValidate";

const checks = (): OptionChecks<CrossValidationOptions> => {
  const { shards: _, ...ofRun } = runChecks();
  return {
    ...ofRun,
    settings: (_, what, settings) => {
      if (Array.isArray(settings) && settings.length > 0) return;
      const given = Array.isArray(settings) ? "empty" : describe(settings);
      throw new TypeError(
        `${name}: ${what} is ${given}: it must be a list of one or more objects, each with options of completeMatrix`,
      );
    },
    folds: integer(2, mostShards),
    seed: checkSeed,
  };
};

/**
 * Measures options of `completeMatrix`, each by cross-validation, on the workers of a queue: every setting is fitted
 * once for each fold, on what the fold leaves, and judged on the fold. The fits need nothing of each other, so as many are
 * made at once as workers hold, and a worker's threads share one. What comes does not depend on the workers,
 * and a fit whose worker dies is made by another.
 *
 * An iterator over the measured fits, the folds of the first setting first, each as soon as it and those before it are
 * done; it returns the means of each setting. Leave the loop to stop the run; `resume` goes on with it, as after the
 * death of this process, and what was measured is not fitted again.
 *
 * The observations are sent through the Redis, once for all fits and once to each worker: 18 bytes for each, and their ids, at
 * most 256 MiB. Of several values at one place the last one is taken, before the split.
 *
 * @param observations - as for `completeMatrix`.
 * @throws (rejects with) as `completeMatrix`, for each of the settings; RangeError or TypeError for other options;
 * ClusterError where the packages `bullmq` and `ioredis` are missing, no Redis answers, the run is somebody
 * else's, there is too much to be sent, or a worker has failed.
 * @example
 * ```js
 * const settings = [8, 16, 32].map((rank) => ({ rank }));
 * const search = crossValidate(observations, { connection: "redis://localhost:6379", settings });
 * for (let next = await search.next(); ; next = await search.next()) {
 *   if (next.done) {
 *     const [best] = [...next.value].sort((a, b) => a.rmse - b.rmse);
 *     console.log(best.options, best.rmse);
 *     break;
 *   }
 *   console.log(next.value.options, next.value.fold, next.value.rmse);
 * }
 * ```
 */
export async function* crossValidate(
  observations: RatingTable,
  options: CrossValidationOptions,
): AsyncGenerator<MeasuredFit, MeasuredSetting[]> {
  const read = checkedOptions<CrossValidationOptions>(
    ...([name, options, checks(), undefined, "connection"] as const),
  );
  const { settings = [{}], folds = 5, seed = 0, ...run } = read;
  const dataset = withoutDuplicates(index(name, observations));
  const { length } = dataset.values;
  if (folds > length) {
    throw new RangeError(
      `${name}: folds is ${folds} and there are ${length} observations: it must be at most that`,
    );
  }
  const held = crossValidation(length, folds, seed);
  const shapes = held.map((marks) => split(dataset, marks).train);
  const known = settings.map((given) => {
    const checked = readCompletionOptions(name, given);
    for (const { rowIds, colIds } of shapes) {
      settingsFor(name, checked, rowIds.length, colIds.length);
    }
    return { ...given };
  });
  const parts = new Uint16Array(length);
  for (const [fold, marks] of held.entries()) {
    for (const [i, mark] of marks.entries()) parts[i] += mark * (fold + 1);
  }
  const fits = known.flatMap((_, setting) =>
    held.map((_, fold) => ({ setting, without: fold + 1 })),
  );
  const measured: MeasuredFit[] = [];
  const sent = { dataset, parts, settings: known, fits, wants: "measures" } as const;
  for await (const { measures, times } of runFits(name, sent, run)) {
    const { setting, without } = fits[measured.length];
    const { milliseconds } = times;
    const place = { setting, fold: without - 1, options: known[setting] };
    const one = { ...place, ...(measures as Measures), milliseconds };
    measured.push(one);
    yield one;
  }
  return known.map((options, setting) => ({
    options,
    ...meansOf(measured.slice(setting * folds, (setting + 1) * folds)),
  }));
}

function meansOf(fits: readonly MeasuredFit[]) {
  const mean = (of: "rmse" | "mae" | "baselineRmse" | "milliseconds") =>
    fits.reduce((sum, fit) => sum + fit[of], 0) / fits.length;
  return {
    rmse: mean("rmse"),
    mae: mean("mae"),
    baselineRmse: mean("baselineRmse"),
    milliseconds: mean("milliseconds"),
  };
}
