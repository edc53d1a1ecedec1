import { anything, integer } from "../../check/fields.js";
import { checkedOptions, type OptionChecks } from "../../check/options.js";
import { checkDType, checkInteger } from "../../check/values.js";
import { dominantSubspace } from "../../linalg/dominant-subspace.js";
import { Matrix } from "../../linalg/matrix.js";
import type { DType } from "../../wasm/index.js";
import { checkProblem, observedTarget, type Problem } from "../problems/problem.js";
import { factorScales, scaled } from "./deep-factorization.js";
import { DeepLinearNetwork } from "./deep-linear-network.js";

export interface SpectralCompressOptions {
  /** Rank of the target, or what one takes it for: never too small. */
  rank: number;
  /** Size between the factors. @defaultValue 2 * rank, at most min(rows, cols) */
  width?: number;
  /** Number of factors, at least 2. @defaultValue 3 */
  depth?: number;
  /** Initial scale of every factor, or one for each, W_1's first. @defaultValue 1e-3 */
  scale?: number | readonly number[];
  /** Element type of the factors. @defaultValue "f64" */
  dtype?: DType;
}

/**
 * A narrow deep network with spectral initialisation: W_1 = scale V', W_l = scale I, W_L = scale U,
 * where U and V hold the top singular vectors of the surrogate target A*(y).
 *
 * Parameters: (rows + cols) width + (depth - 2) width². Train it with the outer factors' rate a
 * few times the inner one (`outerLearningRateRatio`, the discrepant learning rate).
 *
 * @throws RangeError when an option is out of range. Source: Kwon et al. 2024 (arXiv 2311.05061).
 */
export function spectralCompress(
  problem: Problem,
  options: SpectralCompressOptions,
): DeepLinearNetwork {
  checkProblem("spectralCompress", problem);
  const checks: OptionChecks<SpectralCompressOptions> = {
    ...{ dtype: checkDType, depth: integer(2, 64) },
    ...{ rank: anything, width: anything, scale: anything },
  };
  const read = checkedOptions("spectralCompress", options, checks, "an object with rank");
  const { rows, cols } = problem;
  const { rank, depth = 3, scale = 1e-3, dtype = "f64" } = read;
  const smaller = Math.min(rows, cols);
  checkInteger("spectralCompress", "rank", rank, 1, smaller);
  const { width = Math.min(2 * rank, smaller) } = read;
  checkInteger("spectralCompress", "width", width, rank, smaller);
  const scales = factorScales("spectralCompress", scale, depth);
  const { U, V } = dominantSubspace(observedTarget(problem, dtype), {
    rank: width,
    seed: 0,
    dtype,
  });
  return new DeepLinearNetwork({
    rows,
    cols,
    dtype,
    widths: [cols, ...new Array<number>(depth - 1).fill(width), rows],
    exponents: scales.map(() => 1 / depth),
    scales,
    hasOuterFactors: true,
    initialize: () =>
      scales.map((scale, l) => {
        if (l === 0) return scaled(V.transpose(), scale);
        if (l === depth - 1) return scaled(U.copy(), scale);
        return scaled(Matrix.identity(width, width, { dtype }), scale);
      }),
  });
}
