// What an evaluation reports, and the sums that it is made of.
import {
  averagePrecisionAt,
  hitRateAt,
  ndcgAt,
  type Places,
  precisionAt,
  recallAt,
  reciprocalRankAt,
} from "../../metrics/ranking.js";
import { RunningMean } from "../../metrics/running-mean.js";

/** Where lists are cut unless the caller says otherwise. */
export const defaultCutoffs = [10, 20, 50, 100] as const;
export type DefaultCutoff = (typeof defaultCutoffs)[number];

/** Metrics that every row has, by name. */
const rowMetrics = {
  ndcg: ndcgAt,
  recall: recallAt,
  precision: precisionAt,
  hitRate: hitRateAt,
  mrr: reciprocalRankAt,
  map: averagePrecisionAt,
} satisfies Record<string, (places: Places, k: number, discounts: Float64Array) => number>;
/** Written out: a call at this place would be bundled by everybody. */
const names = ["ndcg", "recall", "precision", "hitRate", "mrr", "map"] as const;

/**
 * A number per metric and cutoff, such as `ndcg10`. Of the first k places of a row's list:
 * - `ndcg`: normalized discounted cumulative gain, gains 0 and 1, discount 1 / log2(1 + place), over
 *   that of the best order (Järvelin and Kekäläinen 2002);
 * - `recall`: share of the chosen columns that are there, of k where there are more than k;
 * - `precision`: share of the k places that hold a chosen column;
 * - `hitRate`: 1 where there is a chosen column, otherwise 0;
 * - `mrr`: 1 / place of the first chosen column, 0 where there is none;
 * - `map`: mean of the precision at each chosen column, over min(k, chosen columns).
 */
export type RowMetrics<K extends number = DefaultCutoff> = {
  [Name in `${"ndcg" | "recall" | "precision" | "hitRate" | "mrr" | "map"}${K}`]: number;
};

/**
 * Means over the rows of `RowMetrics`, and of all lists together:
 * - `coverage`: share of the columns that are among the first k of some row;
 * - `novelty`: mean of -log2(share of the rows trained on that have the column) over the first k of
 *   every row, in bits; NaN where all lists are empty.
 */
export type RankingMetrics<K extends number = DefaultCutoff> = RowMetrics<K> & {
  [Name in `${"coverage" | "novelty"}${K}`]: number;
};

/** The order of the columns for a row, as far as it is judged. */
export interface Order {
  /** Places of the relevant columns, from 0 on, increasing; infinite for those that are not listed. */
  readonly places: Places;
  /** The columns of the first places; -1 where there is something that is not a candidate. */
  readonly top: ArrayLike<number>;
}

/** What tallies have in common. */
export interface Yardstick {
  readonly cutoffs: readonly number[];
  /** As `discountsOf` gives them, for the largest cutoff. */
  readonly discounts: Float64Array;
  /** -log2 of the share of rows that have each column. */
  readonly surprises: Float64Array;
}

/** Sums the metrics of row after row. */
export class Tally {
  readonly #yardstick: Yardstick;
  /** Of every metric, cutoff after cutoff. */
  readonly #means: RunningMean[];
  /** Of every cutoff. */
  readonly #covered: Uint8Array[];
  readonly #novelty: RunningMean[];

  constructor(yardstick: Yardstick) {
    const { cutoffs, surprises } = yardstick;
    this.#yardstick = yardstick;
    this.#means = means(yardstick);
    this.#covered = cutoffs.map(() => new Uint8Array(surprises.length));
    this.#novelty = cutoffs.map(() => new RunningMean());
  }

  /** @param values - of the order, by `valuesOf`. */
  add(values: readonly number[], { top }: Order): void {
    addEach(this.#means, values);
    this.#yardstick.cutoffs.forEach((k, c) => {
      for (let place = 0; place < Math.min(k, top.length); place++) {
        if (top[place] < 0) continue;
        this.#covered[c][top[place]] = 1;
        this.#novelty[c].add(this.#yardstick.surprises[top[place]]);
      }
    });
  }

  metrics(): RankingMetrics<number> {
    const metrics: Record<string, number> = named(this.#yardstick, this.#means, "mean");
    this.#yardstick.cutoffs.forEach((k, c) => {
      const covered = this.#covered[c].reduce((sum, mark) => sum + mark, 0);
      metrics[`coverage${k}`] = covered / this.#covered[c].length;
      metrics[`novelty${k}`] = this.#novelty[c].mean;
    });
    return metrics;
  }

  standardErrors(): RowMetrics<number> {
    return named(this.#yardstick, this.#means, "standardError");
  }
}

/** A running mean for every metric and cutoff. */
export function means({ cutoffs }: Yardstick): RunningMean[] {
  return cutoffs.flatMap(() => names.map(() => new RunningMean()));
}

/** The metrics of one order, in the order of `means`. */
export function valuesOf({ cutoffs, discounts }: Yardstick, { places }: Order): number[] {
  return cutoffs.flatMap((k) => names.map((name) => rowMetrics[name](places, k, discounts)));
}

export function addEach(sums: readonly RunningMean[], values: readonly number[]): void {
  for (let m = 0; m < sums.length; m++) sums[m].add(values[m]);
}

/** One number of each mean, by the name of its metric and cutoff. */
export function named(
  { cutoffs }: Yardstick,
  sums: readonly RunningMean[],
  what: "mean" | "standardError",
): RowMetrics<number> {
  const keys = cutoffs.flatMap((k) => names.map((name) => `${name}${k}`));
  return Object.fromEntries(keys.map((key, m) => [key, sums[m][what]]));
}
