import type { BoundOptimizer, RateSearch } from "../../optim/optimizer.js";
import type { DType, Handle, Job } from "../../wasm/index.js";
import type { NetworkDescription } from "../models/deep-linear-network.js";
import type { BoundNetwork } from "./bound-network.js";
import { gramScaling } from "./gram-scaling.js";

/** Steps of an optimizer on scaled gradients. */
export interface ScaledDescent {
  /** One step at this rate, or at the best one along its direction; returns the rate. */
  step(loss: number, rate: number | undefined): number;
}

/** No factor changes by more than this share of itself in a step: only then is X near linear. */
const greatestChange = 0.5;

/**
 * Binds an optimizer that asks for scaled gradients. The rate minimises the loss along the linear
 * change of the product, a parabola c - slope rate + curvature rate² / 2. It follows from its value
 * at one more place, chosen as rate = loss / slope: there it is curvature rate² / 2 alone, so
 * nothing cancels, and the minimum is never beyond twice that rate.
 */
export function scaledDescent(
  job: Job,
  dtype: DType,
  network: BoundNetwork,
  description: NetworkDescription,
  ratios: readonly number[],
  density: number,
  damping: number,
  optimizer: BoundOptimizer,
): ScaledDescent {
  const kernels = job.kernels(dtype);
  const { parameters } = network;
  // biome-ignore format: one list of arguments
  const scaling = gramScaling(job, dtype, network, description, ratios, density, damping);
  const lossAlong = network.linearChange(ratios);
  let current = 0;

  const search: RateSearch = (directions: readonly Handle[]) => {
    let slope = 0;
    let most = Number.POSITIVE_INFINITY;
    for (let l = 0; l < parameters.length; l++) {
      if (ratios[l] === 0) continue;
      const { handle, length } = parameters[l];
      slope += ratios[l] * kernels.dot(length, network.gradients[l], directions[l]);
      const change = ratios[l] * kernels.nrm2(length, directions[l]);
      if (change > 0)
        most = Math.min(most, (greatestChange * kernels.nrm2(length, handle)) / change);
    }
    if (!(slope > 0)) return 0;
    const trial = current / slope;
    const best = (trial * current) / (2 * lossAlong(directions, trial));
    return Math.min(best, most);
  };
  return {
    step(loss, rate) {
      current = loss;
      scaling.apply(loss);
      if (rate === undefined && optimizer.searchedStep) {
        return optimizer.searchedStep(scaling.gradients, search);
      }
      optimizer.step(scaling.gradients, rate ?? 0);
      return rate ?? 0;
    },
  };
}
