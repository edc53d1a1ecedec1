import { randomNormalArray } from "../../linalg/random.js";
import { streamAt } from "../../linalg/stream-at.js";
import * as streams from "../../linalg/streams.js";
import type { Stability } from "../../optim/optimizer.js";
import { Block, product } from "../../wasm/index.js";
import type { BoundNetwork } from "./bound-network.js";
import type { Density } from "./density.js";
import { usedShareOfLimit } from "./rates.js";

/** A factor changes by at most this share of itself over the time that the velocity remembers. */
const greatestChange = 0.5;

/** Rates stay far inside the range of the type that multiplies by them. */
const greatestRate = { f32: 2 ** 100, f64: 2 ** 1000 };

/**
 * The stability rule (stability.ts) at the present factors instead of the fitted ones: rate times
 * p sum_l ratio_l prod_{k != l} |W_k|² stays at `usable`. While the factors are small that allows
 * huge steps, so no factor may change by more than a share of its own norm either. The path is that
 * of gradient flow; only the time that a small initialisation costs is gone: escape from scale e
 * takes O(log 1/e) steps instead of O(1/e) at depth 3.
 *
 * Spectral norms come from one step of power iteration a training step, each starting where the
 * last one ended; O(parameters) operations.
 */
export function adaptiveRate(
  { parameters }: BoundNetwork,
  density: Density,
  { beta, limit }: Stability,
): () => number {
  const usable = usedShareOfLimit * limit;
  const probes = parameters.map(({ job, dtype, rows, cols }, l) => {
    const data = randomNormalArray(cols, 0, streamAt(streams.rateProbes, l), dtype);
    return {
      x: Block.put(job, { dtype, rows: cols, cols: 1, data }),
      y: Block.allocate(job, dtype, rows, 1),
    };
  });
  const norms = new Float64Array(parameters.length);
  /** Bounds on the velocities' norms. */
  const velocities = new Float64Array(parameters.length);

  return () => {
    let slowest = Number.POSITIVE_INFINITY;
    parameters.forEach((W, l) => {
      norms[l] = spectralNorm(W, probes[l].x, probes[l].y);
      if (W.rateScale === 0) return;
      velocities[l] = beta * velocities[l] + W.gradient.norm();
      const change = (W.rateScale * velocities[l]) / ((1 - beta) * greatestChange);
      if (change > 0) slowest = Math.min(slowest, W.norm() / change);
    });
    let sum = 0;
    let end = 0;
    parameters.forEach(({ rateScale }, l) => {
      let term = rateScale;
      for (let k = 0; k < norms.length; k++) if (k !== l) term *= norms[k] * norms[k];
      sum += term;
      if (l === 0 || l === norms.length - 1) end = Math.max(end, term);
    });
    const curvature = Math.max(density.top * sum, density.local * end);
    const rate = curvature > 0 ? Math.min(slowest, usable / curvature) : slowest;
    return Number.isFinite(rate) ? Math.min(rate, greatestRate[parameters[0].dtype]) : 0;
  };
}

/** Of W, one step of power iteration after the x of the last. */
function spectralNorm(W: Block, x: Block, y: Block): number {
  const length = x.norm();
  if (!(length > 0)) return 0;
  x.kernels.scal(x.length, 1 / length, x.handle);
  product(W, x, { to: y });
  product(W, y, { to: x, transposeA: true });
  return y.norm();
}
