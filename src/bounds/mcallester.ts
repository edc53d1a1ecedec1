import { log } from "../linalg/elementary.js";
import { capped, checkedEvidence, type Evidence } from "./evidence.js";

/**
 * McAllester's PAC-Bayes bound (1999): with probability 1 - delta
 *
 *     R <= error + sqrt((nats + ln(samples / delta)) / (2 samples - 1)).
 *
 * It holds for randomized models too, whose `nats` are a divergence and whose error is a mean. O(1).
 *
 * @returns the bound, at most 1.
 * @throws as {@link occam}.
 * @example
 * ```ts
 * mcallester({ error: 0.05, nats: 200 * Math.LN2, samples: 10_000 }); // 0.13685
 * ```
 */
export function mcallester(evidence: Evidence): number {
  const { error, nats, samples, delta } = checkedEvidence("mcallester", evidence);
  return capped(error + Math.sqrt((nats - log(delta) + log(samples)) / (2 * samples - 1)));
}
