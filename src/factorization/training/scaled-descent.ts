import { checkNonNegative } from "../../check/values.js";
import { bindOptimizer } from "../../optim/optimizer.js";
import type { Block } from "../../wasm/index.js";
import { gramScaling } from "./gram-scaling.js";
import type { Run, Stepper } from "./run.js";
import type { ScaledOptimizer } from "./scaled-gd.js";

/** No factor changes by more than this share of itself in a step: only then is X near linear. */
const greatestChange = 0.5;

/**
 * Steps of an optimizer that asks for scaled gradients. Unless the rate is given, it minimises the
 * loss along the linear change of the product, a parabola c - slope rate + curvature rate² / 2. It
 * follows from its value at one more place, chosen as rate = loss / slope: there it is
 * curvature rate² / 2 alone, so nothing cancels, and the minimum is never beyond twice that rate.
 */
export function scaledDescent(run: Run, optimizer: ScaledOptimizer): Stepper {
  const { damping } = Object(optimizer.scaling) as ScaledOptimizer["scaling"];
  checkNonNegative("train", "the optimizer's damping", damping);
  const scaling = gramScaling(run, damping);
  const bound = bindOptimizer(optimizer, scaling.parameters);
  const factors = run.network.parameters;
  const lossAlong = run.network.linearChange();
  const given = optimizer.learningRate as number | undefined;

  function bestRate(loss: number, directions: readonly Block[]): number {
    let slope = 0;
    let limit = Number.POSITIVE_INFINITY;
    factors.forEach((W, l) => {
      if (W.rateScale === 0) return;
      const direction = directions[l];
      slope += W.rateScale * W.kernels.dot(W.length, W.gradient.handle, direction.handle);
      const change = W.rateScale * direction.norm();
      if (change > 0) limit = Math.min(limit, (greatestChange * W.norm()) / change);
    });
    if (!(slope > 0)) return 0;
    const trial = loss / slope;
    const best = (trial * loss) / (2 * lossAlong(directions, trial));
    return Math.min(best, limit);
  }
  return {
    optimizer: bound,
    step(loss, scheduled) {
      scaling.apply(loss);
      const rate = scheduled ?? given;
      if (rate === undefined && bound.searchedStep) {
        return bound.searchedStep((directions) => bestRate(loss, directions));
      }
      bound.step(rate ?? 0);
      return rate ?? 0;
    },
  };
}
