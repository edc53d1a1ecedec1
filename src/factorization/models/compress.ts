import { describe } from "../../check/describe.js";
import { type OptionNames, readOptions } from "../../check/options.js";
import { checkBoolean, checkInteger } from "../../check/values.js";
import { beside } from "../../linalg/columns.js";
import { dominantSubspace } from "../../linalg/dominant-subspace.js";
import { matmul } from "../../linalg/matmul.js";
import { Matrix } from "../../linalg/matrix.js";
import { qr } from "../../linalg/qr.js";
import { checkSameShape, observedTarget, type Problem } from "../problems/problem.js";
import { DeepFactorization, scaled } from "./deep-factorization.js";
import { DeepLinearNetwork } from "./deep-linear-network.js";

export interface CompressOptions {
  /** Rank of the target, or what one takes it for: never too small. */
  rank: number;
  /** Size of the cores: even, twice the number of singular vectors used. @defaultValue 2 * rank */
  width?: number;
  /**
   * For targets that are not square: three blocks instead of two, so that the compressed run
   * follows the wide one to rounding. Square targets are exact either way. @defaultValue false
   */
  exact?: boolean;
}

const names: OptionNames<CompressOptions> = { rank: true, width: true, exact: true };

/**
 * Compresses a wide network before its first step: gradient descent on the result follows the wide
 * trajectory, because the wide one never leaves the subspace that the first gradient spans.
 *
 * The network becomes U W_L ... W_1 V', L small cores W_l = scale_l I between an orthonormal frame
 * V of the subspace and its image U. With Q the orthogonal map of the wide network at the start and
 * U_r, V_r the top singular vectors of the observed target: V = orth[V_r, Q'U_r] and U = Q V where
 * rows ≤ cols, and U = orth[U_r, Q V_r], V = Q'U where rows > cols. The wide factors are never
 * formed: O(observed rank + (rows + cols) rank²) operations.
 *
 * For masked problems train U and V as well, slowly (`outerLearningRateRatio`): the subspace of the
 * first gradient is then only near the target's.
 *
 * @param model - a wide network that was not trained yet, width ≥ max(rows, cols).
 * @throws RangeError when shapes differ, the width is odd or smaller than 2 rank, or the model
 * is narrow. Source: Yaras et al. 2024 (arXiv 2406.04112), Theorem and section on compression.
 */
export function compress(
  model: DeepFactorization,
  problem: Problem,
  options: CompressOptions,
): DeepLinearNetwork {
  if (!(model instanceof DeepFactorization)) {
    throw new TypeError(`compress: model is ${describe(model)}: deepFactorization must give it`);
  }
  checkSameShape("compress", model, problem);
  const read = readOptions("compress", options, names, "an object with rank");
  const { rows, cols, dtype, maps, scales, depth } = model;
  const { rank, exact = false } = read;
  checkBoolean("compress", "exact", exact);
  const full = Math.max(rows, cols);
  if (Math.min(...model.widths.slice(1, -1)) < full) {
    throw new RangeError(
      `compress: the model's width is ${model.widths[1]}: ` +
        `it must be at least ${full}, the larger dimension`,
    );
  }
  checkInteger("compress", "rank", rank, 1, Math.min(rows, cols));
  const { width = 2 * rank } = read;
  checkInteger("compress", "width", width, 2 * rank, 2 * full);
  if (width % 2 !== 0) {
    throw new RangeError(
      `compress: width is ${width}: it must be even, half of it singular vectors`,
    );
  }
  const vectors = Math.min(width / 2, rows, cols);
  const { U: Ur, V: Vr } = dominantSubspace(observedTarget(problem, dtype), {
    rank: vectors,
    seed: 0,
    dtype,
  });

  const apply = (X: Matrix) => maps.reduce((Y, map) => map.apply(Y), X);
  const applyTransposed = (X: Matrix) => maps.reduceRight((Y, map) => map.applyTransposed(Y), X);
  const wide = rows <= cols;
  const [forward, backward] = wide ? [apply, applyTransposed] : [applyTransposed, apply];
  // On the larger side lives the frame; the smaller side's is its image.
  const [large, small] = wide ? [Vr, Ur] : [Ur, Vr];
  const image = forward(large);
  const threeBlocks = exact && rows !== cols;
  const frame = orthonormalBasis(
    threeBlocks ? [large, backward(small), backward(image)] : [large, backward(small)],
  );
  const partner = threeBlocks ? orthonormalBasis([small, image]) : forward(frame);
  const [U, V] = wide ? [partner, frame] : [frame, partner];

  const core = frame.cols;
  const cores = scales.map((scale) => scaled(Matrix.identity(core, core, { dtype }), scale));
  if (threeBlocks) {
    // The one rectangular core: where the wide network meets the smaller side.
    const bridge = scaled(
      matmul(U, apply(V), { transposeA: true }),
      wide ? scales[depth - 1] : scales[0],
    );
    cores[wide ? depth - 1 : 0] = bridge;
  }
  const factors = [V.transpose(), ...cores, U];
  return new DeepLinearNetwork({
    rows,
    cols,
    dtype,
    widths: [cols, ...factors.map((factor) => factor.rows)],
    exponents: [0, ...scales.map(() => 1 / depth), 0],
    scales: [1, ...scales, 1],
    hasOuterFactors: true,
    initialize: () => factors,
  });
}

/**
 * An orthonormal basis that contains the columns of all blocks, as many columns as they have
 * together, at most as many as rows. Where they are dependent, Householder's Q fills up with
 * other orthonormal vectors, which the theorem allows.
 */
function orthonormalBasis(blocks: Matrix[]): Matrix {
  return qr(beside(...blocks)).Q;
}
