// The completion problem of Yaras et al. (2024): depth 3, rank 5, 20 % observed, scale 1e-3.
import { completion, deepFactorization } from "../../dist/index.js";
import { denseCompletion } from "./dense-completion.mjs";
import { drawMask, gaussianTarget, observe, seeds } from "./problems.mjs";

/**
 * Their step at d = 1000 is 5e3 for half the mean over all d² entries: 5e-3 for our sum. Other
 * sizes take the rate with the same S: singular values grow like sqrt(d) and S like rate s^(4/3).
 *
 * @param seed - number of the problem.
 * @param easier - another rank, share or scale, for quick runs.
 */
export function completionProblem(d, seed, easier = {}) {
  const { rank, share, depth, scale } = { rank: 5, share: 0.2, depth: 3, scale: 1e-3, ...easier };
  const learningRate = 5e-3 * (1000 / d) ** (2 / 3);
  const part = seeds(seed);
  const { target } = gaussianTarget(d, rank, part.target);
  const positions = drawMask(d, share, part.mask);
  const shape = { rows: d, cols: d };
  const options = { shape, depth, scale, seed: part.model, initialization: "haar" };
  return {
    setting: { d, rank, share, depth, scale, learningRate, seed },
    target,
    positions,
    problem: completion(observe(target, positions)),
    denseProblem: () => denseCompletion(observe(target, positions)),
    wide: () => deepFactorization(options),
    narrow: (width) => deepFactorization({ ...options, width }),
  };
}
