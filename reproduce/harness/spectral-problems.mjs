// The problems of Kwon et al. (2024): d = 100, depth 3, scale 1e-2, spectral initialisation of
// width 2 rank. Their loss is half the mean over the observed entries, so their step divided by
// the number of these is our rate.
import { completion, deepFactorization, gd, spectralCompress } from "../../dist/index.js";
import { drawMask, gaussianTarget, observe, seeds } from "./problems.mjs";

/** @param step - theirs. */
export function spectralCompletion({ d, rank, share, step, seed, depth = 3, scale = 1e-2 }) {
  const part = seeds(seed);
  const { target } = gaussianTarget(d, rank, part.target, "spread");
  const positions = drawMask(d, share, part.mask);
  const problem = completion(observe(target, positions));
  const shape = { rows: d, cols: d };
  return {
    ...{ target, positions, problem, observed: positions.length },
    optimizer: gd({ learningRate: step / positions.length }),
    wide: () =>
      deepFactorization({ shape, depth, scale, seed: part.model, initialization: "haar" }),
    compressed: () => spectralCompress(problem, { rank, depth, scale }),
  };
}
