import { randomNormalArray } from "../../linalg/random.js";
import { streamAt, streams } from "../../linalg/streams.js";
import type { DType, Handle, Job } from "../../wasm/index.js";
import type { BoundNetwork } from "./bound-network.js";
import type { Density } from "./density.js";

/** A factor changes by at most this share of itself over the time that the velocity remembers. */
const greatestChange = 0.5;

/** Rates stay far inside the range of the type that multiplies by them. */
const greatestRate = { f32: 2 ** 100, f64: 2 ** 1000 };

/** Chooses the rate of every step from the factors and gradients as they are. */
export interface AdaptiveRate {
  next(): number;
}

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
  job: Job,
  dtype: DType,
  network: BoundNetwork,
  ratios: readonly number[],
  density: Density,
  usable: number,
  beta: number,
): AdaptiveRate {
  const kernels = job.kernels(dtype);
  const { parameters, gradients } = network;
  const count = parameters.length;
  const vectors = parameters.map(({ rows, cols }, l) => ({
    x: job.put(randomNormalArray(cols, 0, streamAt(streams.rateProbes, l), dtype)),
    y: job.allocate(dtype, rows),
  }));
  const norms = new Float64Array(count);
  /** Bounds on the velocities' norms. */
  const velocities = new Float64Array(count);

  function spectralNorm(W: Handle, rows: number, cols: number, x: Handle, y: Handle): number {
    const length = kernels.nrm2(cols, x);
    if (!(length > 0)) return 0;
    kernels.scal(cols, 1 / length, x);
    kernels.gemm(0, 0, rows, 1, cols, 1, W, cols, x, 1, 0, y, 1);
    kernels.gemm(1, 0, cols, 1, rows, 1, W, cols, y, 1, 0, x, 1);
    return kernels.nrm2(rows, y);
  }

  return {
    next() {
      let slowest = Number.POSITIVE_INFINITY;
      for (let l = 0; l < count; l++) {
        const { handle, length, rows, cols } = parameters[l];
        norms[l] = spectralNorm(handle, rows, cols, vectors[l].x, vectors[l].y);
        if (ratios[l] === 0) continue;
        velocities[l] = beta * velocities[l] + kernels.nrm2(length, gradients[l]);
        const change = (ratios[l] * velocities[l]) / ((1 - beta) * greatestChange);
        if (change > 0) slowest = Math.min(slowest, kernels.nrm2(length, handle) / change);
      }
      let sum = 0;
      let end = 0;
      for (let l = 0; l < count; l++) {
        let term = ratios[l];
        for (let k = 0; k < count; k++) if (k !== l) term *= norms[k] * norms[k];
        sum += term;
        if (l === 0 || l === count - 1) end = Math.max(end, term);
      }
      const curvature = Math.max(density.top * sum, density.local * end);
      const rate = curvature > 0 ? Math.min(slowest, usable / curvature) : slowest;
      return Number.isFinite(rate) ? Math.min(rate, greatestRate[dtype]) : 0;
    },
  };
}
