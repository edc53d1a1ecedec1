/** A training run left every bound: the step is too large for the target. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  constructor(
    /** Steps done when it was noticed. */
    readonly step: number,
    /** Loss at that step. */
    readonly loss: number,
    /** Rate that was used. */
    readonly learningRate: number,
    /** S of the run; undefined for optimizers without a stability rule. */
    readonly stability: number | undefined,
    /** A rate that would hold; undefined where there is no rule. */
    readonly suggestedLearningRate: number | undefined,
  ) {
    super(
      `train: the loss is ${loss} after ${step} steps at learning rate ${learningRate}: ` +
        (suggestedLearningRate === undefined
          ? "take a smaller learning rate"
          : `S = ${stability?.toPrecision(4)} is too large for this optimizer; ` +
            `learning rate ${suggestedLearningRate.toPrecision(3)} would hold`),
    );
  }
}
