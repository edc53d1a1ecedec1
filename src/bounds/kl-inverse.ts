import { log } from "../linalg/elementary.js";
import { checkedEvidence, type Evidence } from "./evidence.js";

/**
 * The PAC-Bayes bound by the inverse of the binary divergence (Seeger 2002, Maurer 2004): with
 * probability 1 - delta
 *
 *     kl(error || R) <= (nats + ln(2 sqrt(samples) / delta)) / samples,
 *
 * solved for the largest R. The tightest of the bounds here in every case that we measured. About 60
 * evaluations of kl.
 *
 * @returns the bound, at most 1.
 * @throws as {@link occam}.
 * @example
 * ```ts
 * klInverse({ error: 0.05, nats: 200 * Math.LN2, samples: 10_000 }); // 0.096297
 * ```
 */
export function klInverse(evidence: Evidence): number {
  const { error, nats, samples, delta } = checkedEvidence("klInverse", evidence);
  const limit = (nats + log((2 * Math.sqrt(samples)) / delta)) / samples;
  let [inside, outside] = [error, 1];
  // kl grows from 0 at R = error; the end that is returned is outside, so rounding is on our side.
  for (;;) {
    const middle = (inside + outside) / 2;
    if (middle <= inside || middle >= outside) return outside;
    if (binaryKl(error, middle) <= limit) inside = middle;
    else outside = middle;
  }
}

/** kl(p || q) of coins, q in (0, 1): p ln(p / q) + (1 - p) ln((1 - p) / (1 - q)). */
function binaryKl(p: number, q: number): number {
  const heads = p === 0 ? 0 : p * log(p / q);
  const tails = p === 1 ? 0 : (1 - p) * log((1 - p) / (1 - q));
  return heads + tails;
}
