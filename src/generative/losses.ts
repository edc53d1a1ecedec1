// What a recovery makes small. Each loss is of the size of half the sum of squares, or of the sum of
// absolute values, over all measurements: so a learning rate means the same for all of them.
import { describe } from "../check/describe.js";
import { integer, word } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";

/** `squares()`, `absolute()` or `medianOfMeans({ blocks })`: give it to `recover`. Immutable. */
export interface RecoveryLoss {
  readonly name: string;
  /** What a measurement adds. */
  readonly term: "squares" | "absolute";
  /** Into how many blocks the measurements are dealt, at each step anew; the loss is their median. */
  readonly blocks: number;
  /** Whether two latent vectors play against each other. */
  readonly form: "min" | "min-max";
}

export interface MedianOfMeansOptions {
  /**
   * How many blocks; it must divide the number of measurements. Fewer than half of the blocks may
   * hold wrong measurements: take four times as many blocks as there may be wrong ones, or more.
   */
  blocks: number;
  /**
   * `"min-max"`: z descends on the median block of l(z) - l(z'), and so does a second vector z' on its
   * own loss (Jalal et al. 2020, algorithm 1). `"min"`: z descends on the median block of l(z), in
   * half the time. @defaultValue "min-max"
   */
  form?: "min" | "min-max";
}

const checks: OptionChecks<MedianOfMeansOptions> = {
  blocks: integer(1),
  form: word(["min", "min-max"]),
};

const plain = (name: "squares" | "absolute"): RecoveryLoss =>
  Object.freeze({ name, term: name, blocks: 1, form: "min" });

/**
 * Half the sum of squared residuals: right for measurements whose errors are small and of one size.
 * One wrong measurement can spoil it.
 */
export function squares(): RecoveryLoss {
  return plain("squares");
}

/**
 * The sum of the absolute residuals: as good as the median of means against wrong measurements, as
 * long as the rows of the operator that belong to them are not larger than the others.
 */
export function absolute(): RecoveryLoss {
  return plain("absolute");
}

/**
 * The median over blocks of measurements of the mean squared residual: wrong measurements in fewer
 * than half of the blocks do not matter, however wrong, and however large their rows of the operator.
 *
 * @throws RangeError when an option is out of range; TypeError for an unknown one.
 * @example
 * ```ts
 * medianOfMeans({ blocks: 50 }).form; // "min-max"
 * ```
 */
export function medianOfMeans(options: MedianOfMeansOptions): RecoveryLoss {
  const wanted = "an object with blocks";
  const read = checkedOptions("medianOfMeans", options, checks, wanted, "blocks");
  const { blocks, form = "min-max" } = read;
  return Object.freeze<RecoveryLoss>({ name: "medianOfMeans", term: "squares", blocks, form });
}

/** @throws TypeError when it is not what the functions above give. */
export function checkLoss(name: string, what: string, loss: RecoveryLoss): void {
  const { term, blocks, form } = Object(loss) as RecoveryLoss;
  const works =
    (term === "squares" || term === "absolute") &&
    Number.isSafeInteger(blocks) &&
    blocks >= 1 &&
    (form === "min" || form === "min-max");
  if (works) return;
  throw new TypeError(
    `${name}: ${what} is ${describe(loss)}: squares, absolute or medianOfMeans must give it`,
  );
}

/**
 * Where the upper median of some numbers is, which is that of index floor(n / 2) among them in order:
 * the first place that has it.
 */
export function upperMedian(values: ArrayLike<number>): number {
  if (values.length === 1) return 0;
  const sorted = Float64Array.from(values).sort();
  const median = sorted[Math.floor(sorted.length / 2)];
  return Array.prototype.findIndex.call(values, (value) => Object.is(value, median));
}
