// From scores to probabilities.
import { exp, log } from "../linalg/elementary.js";
import type { Matrix } from "../linalg/matrix.js";

/**
 * The sharpness at which the examples left out are likeliest: a golden section on its logarithm.
 */
export function sharpnessOf(scores: Matrix, classes: readonly number[]): number {
  const cost = (logSharpness: number) => {
    const sharpness = exp(logSharpness);
    return classes.reduce(
      (all, label, i) => all - log(Math.max(softmax(scores.row(i), sharpness)[label], 1e-300)),
      0,
    );
  };
  let [low, high] = [-3, 5];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 30; i++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (cost(left) <= cost(right)) high = right;
    else low = left;
  }
  return exp((low + high) / 2);
}

/** Of scores times the sharpness. */
export function softmax(scores: ArrayLike<number>, sharpness: number): number[] {
  const values = Array.from(scores);
  const largest = Math.max(...values);
  const powers = values.map((score) => exp(sharpness * (score - largest)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
