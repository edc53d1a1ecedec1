/** A training run left every bound: the step is too large. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  constructor(
    name: string,
    /** Steps done when it was noticed. */
    readonly step: number,
    /** Loss at that step. */
    readonly loss: number,
    /** Rate that was used. */
    readonly learningRate: number,
    /** S of the run; undefined for optimizers without a stability rule. */
    readonly stability?: number,
    /** A rate that would hold; undefined where there is no rule. */
    readonly suggestedLearningRate?: number,
  ) {
    super(
      `${name}: the loss is ${loss} after ${step} steps at learning rate ${learningRate}: ` +
        (suggestedLearningRate === undefined
          ? "take a smaller learning rate"
          : `S = ${stability?.toPrecision(4)} is too large for this optimizer; ` +
            `learning rate ${suggestedLearningRate.toPrecision(3)} would hold`),
    );
  }
}
