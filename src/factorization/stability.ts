import { power } from "../linalg/elementary.js";
import type { DeepLinearNetwork } from "./network.js";

/** Curvatures of the loss along the top singular direction of a balanced, fitted network. */
export interface Curvature {
  /** Sum over the inner factors (all of them in a wide network). */
  inner: number;
  /** Sum over the two outer factors; 0 where the network has none. */
  outer: number;
}

/**
 * What a step of size 1 moves the largest singular value s by, per unit of its error:
 * p sum_l s^(2 - 2 a_l), a_l the share of s that factor l carries. With rate and ratio it gives
 * S = rate (inner + ratio outer), and plain gradient descent is stable for S < 2.
 *
 * @param density - the problem's p. @param singularValue - the target's largest, s.
 */
export function curvature(
  model: DeepLinearNetwork,
  density: number,
  singularValue: number,
): Curvature {
  const { shares, hasOuterFactors } = model.description;
  const last = shares.length - 1;
  let inner = 0;
  let outer = 0;
  shares.forEach((share, l) => {
    const [term] = power(Float64Array.of(singularValue), 2 - 2 * share);
    if (hasOuterFactors && (l === 0 || l === last)) outer += density * term;
    else inner += density * term;
  });
  return { inner, outer };
}
