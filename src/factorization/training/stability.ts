import { power } from "../../linalg/elementary.js";
import type { DeepLinearNetwork } from "../models/deep-linear-network.js";
import type { Problem } from "../problems/problem.js";
import type { Density } from "./density.js";

/**
 * The S of a run, per unit of its rate. Gradient descent is stable for S < 2.
 *
 * Along the top singular direction every factor pulls: p sum_l ratio_l prod_{k != l} m_k², m_k the
 * norm of factor k. Fitted and balanced that is s^share_k, s the target's largest singular value,
 * so a term is s^(2 - 2 share_l); a factor that starts larger stays so for long and counts as it
 * starts. Along a single row or column of the product only its own end of the chain pulls, but the
 * density there may be far above the average where the observations are few or skewed.
 */
export class StabilityRule {
  /** One per factor: prod_{k != l} m_k². */
  readonly #terms: readonly number[];
  /** What counts as density: the measured one, or the greatest. */
  readonly density: Density;

  /**
   * @param density - as measured along the target's top direction.
   * @param singularValue - the target's largest, s.
   */
  constructor(model: DeepLinearNetwork, problem: Problem, density: Density, singularValue: number) {
    const { exponents, scales } = model.description;
    const fitted = exponents.map((exponent) => power(singularValue, exponent));
    const norms = fitted.map((norm, l) => Math.max(norm, scales[l]));
    // A start above the target is an orthogonal product, not one of low rank: it moves in every
    // direction, also in those that the observations meet most.
    const large = fitted.some((norm, l) => scales[l] > norm * (1 + 1e-9));
    const greatest = large ? Math.max(density.local, problem.greatestDensity()) : 0;
    this.density = large ? { top: greatest, local: greatest } : density;
    this.#terms = norms.map((_, l) =>
      norms.reduce((product, norm, k) => (k === l ? product : product * norm * norm), 1),
    );
  }

  /** S at rate 1. */
  perRate(ratios: readonly number[]): number {
    const { top, local } = this.density;
    const pulls = this.#terms.map((term, l) => ratios[l] * term);
    const sum = pulls.reduce((total, pull) => total + pull, 0);
    return Math.max(top * sum, local * Math.max(pulls[0], pulls[pulls.length - 1]));
  }

  /** The greatest ratio of the outer factors whose S at rate 1 is not above `limit`, or 0. */
  greatestRatio(limit: number): number {
    const { top, local } = this.density;
    const [first, last] = [this.#terms[0], this.#terms[this.#terms.length - 1]];
    const inner = this.#terms.slice(1, -1).reduce((sum, term) => sum + term, 0);
    const along = (limit / top - inner) / (first + last);
    return Math.max(0, Math.min(along, limit / (local * Math.max(first, last))));
  }
}
