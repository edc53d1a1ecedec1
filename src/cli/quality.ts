// How good the predictions of ratings held out are, beyond the error that the command prints.
import type { IndexedEntries } from "../completion/entries.js";
import type { Evaluation } from "../completion/evaluate.js";
import { type Calibration, calibration } from "../metrics/calibration.js";
import { mae } from "../metrics/mae.js";
import { quartiles } from "../metrics/quartiles.js";

/** Typical errors, in the unit of the ratings. */
interface TypicalErrors {
  /** Mean absolute errors: of the model, and of mean and biases alone. */
  mae: number;
  baselineMae: number;
}

/** Ratings of users who had rated about equally many items before. */
export interface ErrorGroup extends TypicalErrors {
  /** Ratings that those users had in the training. */
  smallest: number;
  largest: number;
  /** Ratings judged. */
  count: number;
}

/** How the predictions of ratings held out compare with these. */
export interface Quality extends TypicalErrors {
  calibration: Calibration;
  /** Prediction minus rating. */
  errors: readonly number[];
  /** From the newest users to those who have rated most. */
  groups: readonly ErrorGroup[];
}

/** Ratings that were judged, and what had been trained on. */
export interface Judged {
  evaluation: Evaluation;
  train: IndexedEntries;
}

/** All rounds together; undefined without any. */
export function qualityOf(rounds: readonly Judged[]): Quality | undefined {
  if (rounds.length === 0) return undefined;
  const column = (name: "ratings" | "predictions" | "baselines") =>
    rounds.flatMap(({ evaluation }) => Array.from(evaluation[name]));
  const [ratings, predictions, baselines] = (["ratings", "predictions", "baselines"] as const).map(
    column,
  );
  const histories = rounds.flatMap(historySizes);
  const bounds = quartiles(histories);
  const typical = (which: readonly number[]): TypicalErrors => {
    const truth = which.map((p) => ratings[p]);
    const errorOf = (values: readonly number[]) =>
      mae(
        truth,
        which.map((p) => values[p]),
      );
    return { mae: errorOf(predictions), baselineMae: errorOf(baselines) };
  };
  const groups = Array.from({ length: bounds.length + 1 }, (): number[] => []);
  for (const [p, size] of histories.entries()) {
    groups[bounds.filter((bound) => bound <= size).length].push(p);
  }
  return {
    ...typical([...ratings.keys()]),
    calibration: calibration(ratings, predictions),
    errors: predictions.map((value, i) => value - ratings[i]),
    groups: groups
      .filter((which) => which.length > 0)
      .map((which) => {
        const sizes = which.map((p) => histories[p]);
        const range = sizes.reduce(
          ({ smallest, largest }, size) => ({
            smallest: Math.min(smallest, size),
            largest: Math.max(largest, size),
          }),
          { smallest: Number.POSITIVE_INFINITY, largest: 0 },
        );
        return { ...range, count: which.length, ...typical(which) };
      }),
  };
}

/** How many ratings of the training each judged rating's user has. */
function historySizes({ evaluation, train }: Judged): number[] {
  const counts = new Map<string, number>();
  for (const row of train.rows) {
    const id = train.rowIds[row];
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return evaluation.users.map((id) => counts.get(id) ?? 0);
}
