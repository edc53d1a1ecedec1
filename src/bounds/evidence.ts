// What every PAC-Bayes bound is computed from, and its checks.
import { integer, share } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkNonNegative, checkUnit } from "../check/values.js";

/** What was measured of a model whose prior did not depend on the samples. */
export interface Evidence {
  /** The share of the samples that the model gets wrong, in [0, 1]. */
  error: number;
  /**
   * ln 1/P(h), P the prior probability of the model: its code length in bits times ln 2. For a
   * distribution over models, the divergence from the prior.
   */
  nats: number;
  /** Independent samples that the error was measured on, at least 1. */
  samples: number;
  /** The probability, over the draw of the samples, that the bound is wrong. @defaultValue 0.05 */
  delta?: number;
}

const checks: OptionChecks<Evidence> = {
  error: checkUnit,
  nats: checkNonNegative,
  samples: integer(1),
  delta: share,
};

/** The evidence as it is now. @throws RangeError or TypeError when a field is not what it says. */
export function checkedEvidence(name: string, evidence: Evidence): Required<Evidence> {
  const wanted = "an object with error, nats and samples";
  const read = checkedOptions(name, evidence, checks, wanted, "error", "nats", "samples");
  return { ...read, delta: read.delta ?? 0.05 };
}

/** A bound as an error rate: more than 1 says no more than 1. */
export function capped(bound: number): number {
  return Math.min(1, bound);
}
