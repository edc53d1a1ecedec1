import * as check from "../check/fields.js";
import { product } from "./plain.js";
import type { Rule } from "./rule.js";
import { checkRule } from "./rule.js";

/** The scalars that the passive blocks are multiples of the identity by, W_1's first. */
export interface PassiveState {
  readonly rho: readonly number[];
  readonly velocity: readonly number[];
}

/** The scalars at the start are the factors' scales. */
export function passiveStart(scales: readonly number[]): PassiveState {
  return { rho: scales, velocity: scales.map(() => 0) };
}

/**
 * One step of the scalar recursion. With d_l = clip ρ_l Π_{k≠l} ρ_k² + λ ρ_l and v_l <- β v_l + d_l
 * the scalar moves like any parameter: ρ_l <- ρ_l - η_l v_l, or η_l (d_l + β v_l) for Nesterov.
 * Without momentum: ρ_l <- ρ_l (1 - η_l λ - η_l Π_{k≠l} ρ_k²).
 *
 * @param clip - what the data term is multiplied by in this step.
 */
export function passiveStep({ rho, velocity }: PassiveState, rule: Rule, clip = 1): PassiveState {
  const { learningRate, ratios, beta = 0, nesterov = false, weightDecay = 0 } = rule;
  const gradient = passiveGradient(rho);
  const d = rho.map((value, l) => clip * gradient[l] + weightDecay * value);
  const next = velocity.map((v, l) => beta * v + d[l]);
  return {
    velocity: next,
    rho: rho.map((value, l) => {
      const direction = nesterov ? d[l] + beta * next[l] : next[l];
      return value - learningRate * (ratios?.[l] ?? 1) * direction;
    }),
  };
}

/** ρ_l Π_{k≠l} ρ_k²: the data gradient of every passive direction. */
export function passiveGradient(rho: readonly number[]): number[] {
  return rho.map((value, l) => {
    const others = product(rho, l);
    return value * others * others;
  });
}

/** ρ(0), ρ(1), .. ρ(steps). */
export type PassiveRecursion = (
  scales: readonly number[],
  rule: Rule,
  steps: number,
) => readonly (readonly number[])[];

/** Factors of the deepest network: a step costs their number squared. */
const maxFactors = 64;

/** The recursion of the theorem, from the scales on. No clipping: that depends on the rest. */
export const passiveScalars: PassiveRecursion = (scales, rule, steps) => {
  check.finiteNumbers("passiveScalars", "scales", scales);
  if (scales.length > maxFactors) {
    throw new RangeError(
      `passiveScalars: scales has ${scales.length} entries, one per factor: ` +
        `there must be at most ${maxFactors}`,
    );
  }
  checkRule("passiveScalars", "rule", rule);
  check.integer(0)("passiveScalars", "steps", steps);
  let state = passiveStart(scales);
  const path = [state.rho];
  for (let t = 0; t < steps; t++) {
    state = passiveStep(state, rule);
    path.push(state.rho);
  }
  return path;
};
