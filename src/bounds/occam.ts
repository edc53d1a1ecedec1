import { log } from "../linalg/elementary.js";
import { capped, checkedEvidence, type Evidence } from "./evidence.js";

/**
 * Occam's bound, for the true error rate of a model with a code: with probability 1 - delta
 *
 *     R <= error + sqrt((nats + ln 1/delta) / (2 samples)).
 *
 * Hoeffding's inequality and a union over all codes; the loosest and the plainest. O(1).
 *
 * @returns the bound, at most 1.
 * @throws RangeError when error is not in [0, 1], nats is negative, samples is not a positive integer
 *   or delta is not between 0 and 1.
 * @example
 * ```ts
 * occam({ error: 0.05, nats: 200 * Math.LN2, samples: 10_000 }); // 0.13415
 * ```
 */
export function occam(evidence: Evidence): number {
  const { error, nats, samples, delta } = checkedEvidence("occam", evidence);
  return capped(error + Math.sqrt((nats - log(delta)) / (2 * samples)));
}
