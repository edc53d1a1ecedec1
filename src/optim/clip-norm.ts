import { checkPositive } from "../check/values.js";
import { checkOptimizer, type Optimizer, withGradients } from "./optimizer.js";

/**
 * An optimizer that sees clipped gradients: where the norm of all gradients together, frozen ones
 * left out, is above `maxNorm`, every gradient is first multiplied by maxNorm / norm. Directions
 * stay as they are (Pascanu, Mikolov, Bengio 2013). Weight decay is not part of the gradient that
 * is clipped: the optimizer adds it afterwards.
 *
 * @param optimizer - the one to wrap; its rate and its stability rule stay valid, for clipping only
 * shortens steps.
 * @throws RangeError when maxNorm is not a finite number > 0, TypeError when the optimizer
 * searches for its rate.
 * @example
 * ```ts
 * clipNorm(gd({ learningRate: 0.01 }), 1).name; // "clipNorm(gd)"
 * ```
 */
export function clipNorm(optimizer: Optimizer, maxNorm: number): Optimizer {
  checkOptimizer("clipNorm", optimizer);
  checkPositive("clipNorm", "maxNorm", maxNorm);
  // Without a rule to choose it by, only the optimizer itself can.
  if (optimizer.learningRate === undefined && !optimizer.stability) {
    throw new TypeError(
      `clipNorm: ${optimizer.name} searches for its rate, and clipped directions have another one: ` +
        "it must be given a learningRate",
    );
  }
  return withGradients(`clipNorm(${optimizer.name})`, optimizer, (parameters) => {
    const norms = new Float64Array(parameters.length);
    return () => {
      let largest = 0;
      parameters.forEach(({ rateScale, gradient }, i) => {
        norms[i] = rateScale === 0 ? 0 : gradient.norm();
        largest = Math.max(largest, norms[i]);
      });
      // Divided by the largest, no square can overflow.
      let squares = 0;
      for (const norm of norms) if (norm > 0) squares += (norm / largest) * (norm / largest);
      const factor = maxNorm / (largest * Math.sqrt(squares));
      if (factor < 1) {
        parameters.forEach(({ kernels, length, gradient }, i) => {
          if (norms[i] > 0) kernels.scal(length, factor, gradient.handle);
        });
      }
    };
  });
}
