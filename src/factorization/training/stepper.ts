import { bindOptimizer, type Optimizer } from "../../optim/optimizer.js";
import { adaptiveRate } from "./adaptive-rate.js";
import type { Rates } from "./rates.js";
import type { Run, Stepper } from "./run.js";
import { scaledDescent } from "./scaled-descent.js";
import { isScaled } from "./scaled-gd.js";

/** Binds the optimizer to the run. @param rates - chosen for it. */
export function stepperOf(run: Run, optimizer: Optimizer, { density }: Rates): Stepper {
  if (isScaled(optimizer)) return scaledDescent(run, optimizer);
  const bound = bindOptimizer(optimizer, run.network.parameters);
  const { stability } = optimizer;
  const adaptive =
    optimizer.learningRate === "adaptive" && stability && density
      ? adaptiveRate(run.network, density, stability)
      : undefined;
  return {
    optimizer: bound,
    step(_, scheduled, last) {
      const rate = scheduled ?? adaptive?.() ?? last;
      bound.step(rate);
      return rate;
    },
  };
}
