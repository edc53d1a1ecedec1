// SubLoRA's bound for a loss that is not an error rate (Lotfi, Finzi, Kuang et al. 2024): a mean over
// documents of smoothed bits a token, say, which is in a known range.
import { finite, integer, share } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkNonNegative, checkPositive } from "../check/values.js";
import { log } from "../linalg/elementary.js";

/** What was measured of a model by a loss in a bounded range. */
export interface RangeEvidence {
  /** The mean loss over the samples, or over those that were evaluated. */
  loss: number;
  /** The largest loss that a sample can have minus the smallest. 1 for error rates. */
  range: number;
  /** ln 1/P(h): the code length in bits times ln 2. */
  nats: number;
  /** Independent samples that the model was trained on. For texts these are documents, not tokens. */
  samples: number;
  /**
   * How many of the samples, drawn at random after the training, the loss was measured on. Left out:
   * all of them.
   */
  evaluated?: number;
  /** The probability that the bound is wrong. @defaultValue 0.05 */
  delta?: number;
}

const checks: OptionChecks<RangeEvidence> = {
  loss: finite,
  range: checkPositive,
  nats: checkNonNegative,
  samples: integer(1),
  evaluated: integer(1),
  delta: share,
};

/**
 * A bound on the expected loss: with probability 1 - delta, m = samples,
 *
 *     R <= loss + range sqrt((nats + ln 1/delta) / (2 m)),
 *
 * and where the loss was measured on n = evaluated of them only, with s = n / (n + m),
 *
 *     R <= loss + range (sqrt((nats - ln(s delta)) / (2 m)) + sqrt(-ln((1 - s) delta) / (2 n))).
 *
 * The second pays for what was not measured, and makes a check of a large model hundreds of times
 * cheaper. O(1).
 *
 * @returns the bound in the units of the loss; it may be beyond the range, and says nothing then.
 * @throws RangeError when a number is out of range, as when more are evaluated than there are.
 * @example
 * ```ts
 * const model = { loss: 7.5, range: smoothedRange(50257, 0.1), nats: 50_000 * Math.LN2 };
 * boundedRange({ ...model, samples: 9_000_000, evaluated: 10_000 }); // 8.55445
 * ```
 */
export function boundedRange(evidence: RangeEvidence): number {
  const read = checkedOptions(
    "boundedRange",
    evidence,
    checks,
    "an object with loss, range, nats and samples",
    ...(["loss", "range", "nats", "samples"] as const),
  );
  const { loss, range, nats, samples, evaluated, delta = 0.05 } = read;
  if (evaluated === undefined) {
    return loss + range * Math.sqrt((nats - log(delta)) / (2 * samples));
  }
  if (evaluated > samples) {
    throw new RangeError(
      `boundedRange: evaluated is ${evaluated} and samples is ${samples}: ` +
        "no more can be evaluated than there are",
    );
  }
  const share = evaluated / (evaluated + samples);
  const training = (nats - log(share * delta)) / (2 * samples);
  const drawing = -log((1 - share) * delta) / (2 * evaluated);
  return loss + range * (Math.sqrt(training) + Math.sqrt(drawing));
}

/**
 * The range of -log2 of smoothed probabilities p_alpha(y) = (1 - alpha) p(y) + alpha / vocabulary, in
 * bits: log2(1 + (1 - alpha) vocabulary / alpha).
 *
 * @param vocabulary - how many tokens there are, at least 1.
 * @param alpha - the share of the uniform distribution, between 0 and 1.
 * @throws RangeError when one of them is out of range.
 * @example
 * ```ts
 * smoothedRange(50257, 0.1); // 18.786965
 * ```
 */
export function smoothedRange(vocabulary: number, alpha: number): number {
  integer(1)("smoothedRange", "vocabulary", vocabulary);
  share("smoothedRange", "alpha", alpha);
  return log(1 + ((1 - alpha) * vocabulary) / alpha) / Math.LN2;
}
