import { exp, expm1, log } from "../linalg/elementary.js";
import { capped, checkedEvidence, type Evidence } from "./evidence.js";

/** The grid over ln gamma is geometric with 1 + alpha: what its union costs is paid with it. */
const alpha = 1e-4;
const gridPoints = 400;
/** Of golden section: shrinks the bracket to 1e-9 of itself. */
const refinements = 44;

/**
 * Catoni's bound (2007) with a union over its parameter, as in Lotfi, Finzi et al. (2022): with
 * probability 1 - delta, for every gamma = e^g at once,
 *
 *     R <= (1 - exp(-gamma q / n)) / (1 - exp(-gamma / n)),
 *     q = error + (1 + alpha) / gamma (nats + ln 1/delta + 2 ln(2 + g / ln(1 + alpha))),
 *
 * with n = samples and alpha = 1e-4. The smallest over g in [0, 4 + ln n] is returned: 400 points and
 * golden section around the best. Every g gives a valid bound, so the search can only lose tightness.
 *
 * @returns the bound, at most 1.
 * @throws as {@link occam}.
 * @example
 * ```ts
 * catoni({ error: 0.05, nats: 200 * Math.LN2, samples: 10_000 }); // 0.099526
 * ```
 */
export function catoni(evidence: Evidence): number {
  const { error, nats, samples, delta } = checkedEvidence("catoni", evidence);
  const cost = nats - log(delta);
  const step = log(1 + alpha);
  const at = (g: number) => {
    const gamma = exp(g);
    const q = error + ((1 + alpha) / gamma) * (cost + 2 * log(2 + g / step));
    return expm1((-gamma * q) / samples) / expm1(-gamma / samples);
  };
  const width = (4 + log(samples)) / (gridPoints - 1);
  const grid = Array.from({ length: gridPoints }, (_, i) => at(i * width));
  const best = grid.indexOf(Math.min(...grid));
  const low = Math.max(best - 1, 0) * width;
  const high = Math.min(best + 1, gridPoints - 1) * width;
  return capped(Math.min(grid[best], smallest(at, low, high)));
}

/** The smallest value that golden section meets in [low, high]. */
function smallest(f: (x: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [x, y] = [b - golden * (b - a), a + golden * (b - a)];
  let [fx, fy] = [f(x), f(y)];
  for (let i = 0; i < refinements; i++) {
    if (fx < fy) {
      [b, y, fy] = [y, x, fx];
      x = b - golden * (b - a);
      fx = f(x);
    } else {
      [a, x, fx] = [x, y, fy];
      y = a + golden * (b - a);
      fy = f(y);
    }
  }
  return Math.min(fx, fy);
}
