import type { DeepLinearNetwork } from "../factorization/models/deep-linear-network.js";
import type { Problem } from "../factorization/problems/problem.js";
import { type TrainOptions, train } from "../factorization/training/train.js";
import type { Matrix } from "../linalg/matrix.js";

/** Trains to the end; the losses, the first one before any step. */
export function lossesOf(
  model: DeepLinearNetwork,
  problem: Problem,
  options: TrainOptions,
): number[] {
  return Array.from(train(model, problem, options), ({ loss }) => loss);
}

/** Trains from factors of one's own instead of the model's; the factors at the end. */
export function trainFrom(
  factors: readonly Matrix[],
  model: DeepLinearNetwork,
  problem: Problem,
  options: TrainOptions,
): Matrix[] {
  // The state of an optimizer that has not stepped yet fits any factors of these shapes.
  const { state } = train(model, problem, options).checkpoint();
  const checkpoint = { step: 0, factors: [...factors], state };
  for (const _ of train(model, problem, { ...options, checkpoint }));
  return model.factors();
}
