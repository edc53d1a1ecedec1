// Weights that fall with age: half as much for every half-life before the latest interaction.
import { exp, log } from "../linalg/elementary.js";
import type { Interactions } from "./interactions.js";

/** How weights fall: to a half within `halfLife`, counted back from `latest`. */
export interface Decay {
  /** In the unit of the times; infinite where weights do not fall. */
  readonly halfLife: number;
  /** The latest time of the fit: there a weight is what it is given as. */
  readonly latest: number;
}

/** No weight is raised further, by an interaction after the fit: sums must stay in range. */
const mostHalfLives = 40;

/** The latest of the times, where weights fall. @throws TypeError where there are no times. */
export function latestOf(name: string, { times }: Interactions, halfLife: number): number {
  if (halfLife === Number.POSITIVE_INFINITY) return 0;
  const given = requireTimes(name, times);
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < given.length; i++) latest = Math.max(latest, given[i]);
  return given.length > 0 ? latest : 0;
}

/**
 * The interactions with the weights that they have at the latest time, the oldest line first, so that
 * the last line of a cell is the latest one.
 *
 * @throws TypeError where weights fall and there are no times; RangeError for a time too long after the
 *   fit.
 */
export function decayed(name: string, interactions: Interactions, decay: Decay): Interactions {
  if (decay.halfLife === Number.POSITIVE_INFINITY) return interactions;
  const { rowIds, colIds, weights } = interactions;
  const times = requireTimes(name, interactions.times);
  const order = Array.from({ length: times.length }, (_, i) => i).sort(
    (i, j) => times[i] - times[j] || i - j,
  );
  const factors = decayFactors(name, times, decay);
  return {
    rowIds: order.map((i) => rowIds[i]),
    colIds: order.map((i) => colIds[i]),
    weights: Float64Array.from(order, (i) => (weights?.[i] ?? 1) * factors[i]),
  };
}

/** What weights are multiplied by: 2^((time - latest) / halfLife). */
function decayFactors(
  name: string,
  times: ArrayLike<number>,
  { halfLife, latest }: Decay,
): Float64Array {
  const rate = log(2) / halfLife;
  return Float64Array.from(times, (time, i) => {
    const halfLives = (time - latest) / halfLife;
    if (halfLives <= mostHalfLives) return exp(rate * (time - latest));
    throw new RangeError(
      `${name}: times[${i}] is ${time}, more than ${mostHalfLives} half-lives after ${latest}, the ` +
        "latest time of the fit: fit the model anew",
    );
  });
}

function requireTimes(name: string, times: ArrayLike<number> | undefined): ArrayLike<number> {
  if (times !== undefined) return times;
  throw new TypeError(
    `${name}: weights fall with age (halfLife) and the interactions have no times: give a time for ` +
      "each of them",
  );
}
