// An optimizer is an immutable description; bound to parameters that live in a job it has state.

import { describe } from "../check/describe.js";
import { checkPositive } from "../check/values.js";
import type { DType, FloatArray, Handle, Job } from "../wasm/index.js";

/**
 * A fixed step size, for the loss as a sum over entries, or `"adaptive"`: in every step as large as
 * the curvature at the present factors allows, so that a small initialisation costs no time.
 */
export type LearningRate = number | "adaptive";

/** `gd`, `momentum`, `adam`, `scaledGd` ... with their options: give it to `train`. Immutable. */
export interface Optimizer {
  readonly name: string;
  /** The rate; undefined or "adaptive" lets the trainer choose (see {@link LearningRate}). */
  readonly learningRate: LearningRate | undefined;
  /**
   * What the trainer's choice rests on: the share of the velocity that is kept, and the product of
   * rate and curvature at which a run is on the brink. Undefined where there is no such rule.
   */
  readonly stability: { readonly beta: number; readonly limit: number } | undefined;
  /** Set where gradients are to be scaled by the Gram matrices of the other factors. */
  readonly scaling?: { readonly damping: number };
  /** Binds to parameters that live in `job`; allocates the state, zeros, once. @internal */
  bind(job: Job, dtype: DType, parameters: readonly Parameter[]): BoundOptimizer;
}

/** Entries in a job that an optimizer updates in place. @internal */
export interface Parameter {
  readonly handle: Handle;
  readonly length: number;
  /** Multiplies the update, also Adam's, never the gradient; 0 leaves the entries bit by bit. */
  readonly rateScale: number;
}

/** An optimizer at work. */
export interface BoundOptimizer {
  /** Steps taken, those before `restore` included. */
  readonly stepCount: number;
  /** One update of every parameter from its gradient, in their order. Allocates nothing. */
  step(gradients: readonly Handle[], learningRate: number): void;
  /** The same with a rate that is chosen when the directions are known; returns the rate. */
  searchedStep?(gradients: readonly Handle[], search: RateSearch): number;
  /** Copies of the state's buffers, for a checkpoint. Frozen parameters have none. */
  state(): FloatArray[];
  /** Continues where `state` was taken, after `stepCount` steps, to the same bits. */
  restore(state: readonly FloatArray[], stepCount: number): void;
}

/**
 * The rate for a step against these directions, one for each parameter, before its rate scale; not
 * above 0 where they lead uphill. Those of frozen parameters are not to be read.
 */
export type RateSearch = (directions: readonly Handle[]) => number;

/** What tells one optimizer from another. @internal */
export interface UpdateRule {
  /** Buffers that it keeps for each parameter, each as long as the parameter. */
  readonly buffers: number;
  /**
   * Called before step t = 1, 2, ... updates anything.
   *
   * @returns whether something of the rule's own changed with t: if not, nothing ever will.
   */
  startStep?(t: number): boolean;
  /** One parameter's update. */
  update(length: number, rate: number, gradient: Handle, state: readonly Handle[], x: Handle): void;
}

/** The bookkeeping that every optimizer shares, around its rule. @internal */
export function bindRule(
  job: Job,
  dtype: DType,
  parameters: readonly Parameter[],
  rule: UpdateRule,
): BoundOptimizer & { readonly buffers: readonly (readonly Handle[])[] } {
  // A frozen parameter is left alone: even x - 0 g changes bits, where x is -0 or g is not finite.
  const trained = parameters.map(({ rateScale }) => rateScale !== 0);
  const buffers = parameters.map(({ length }, i) =>
    Array.from({ length: trained[i] ? rule.buffers : 0 }, () => job.allocateZeros(dtype, length)),
  );
  const slots = buffers.flatMap((handles, i) =>
    handles.map((handle) => ({ handle, length: parameters[i].length })),
  );
  let stepCount = 0;
  return {
    buffers,
    get stepCount() {
      return stepCount;
    },
    step(gradients, learningRate) {
      stepCount += 1;
      rule.startStep?.(stepCount);
      for (let i = 0; i < parameters.length; i++) {
        if (!trained[i]) continue;
        const { handle, length, rateScale } = parameters[i];
        rule.update(length, learningRate * rateScale, gradients[i], buffers[i], handle);
      }
    },
    state: () => slots.map(({ handle, length }) => job.read(dtype, handle, length)),
    restore(state, count) {
      const fits =
        state.length === slots.length && state.every((s, i) => s.length === slots[i].length);
      if (!fits) {
        throw new RangeError(
          `restore: the state has buffers of ${state.map((s) => s.length).join(", ")} entries: ` +
            `they must have ${slots.map((s) => s.length).join(", ")}`,
        );
      }
      slots.forEach(({ handle, length }, i) => {
        job.view(dtype, handle, length).set(state[i]);
      });
      for (let t = 1; t <= count && rule.startStep?.(t); t++);
      stepCount = count;
    },
  };
}

/** A decay factor such as beta: 1 would never forget. @internal */
export function checkDecayFactor(name: string, what: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0 && value < 1)) {
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be a number in [0, 1)`);
  }
}

/** @internal */
export function checkLearningRate(name: string, rate: LearningRate | undefined): void {
  if (rate === undefined || rate === "adaptive") return;
  checkPositive(name, "learningRate", rate);
}
