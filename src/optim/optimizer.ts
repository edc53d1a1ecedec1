// An optimizer is an immutable description; bound to parameters that live in a job it has state.

import { describe, invalidValue } from "../check/describe.js";
import { checkPositive } from "../check/values.js";
import { Block, type FloatArray } from "../wasm/index.js";

/**
 * A fixed step size, for the loss as a sum over entries, or `"adaptive"`: in every step as large as
 * the curvature at the present factors allows, so that a small initialisation costs no time.
 */
export type LearningRate = number | "adaptive";

/** Which rates an optimizer can take. */
export interface Stability {
  /** The share of the velocity that is kept. */
  readonly beta: number;
  /** The product of rate and curvature at which a run is on the brink. */
  readonly limit: number;
}

/** `gd`, `momentum`, `adam`, `scaledGd` ... with their options: give it to `train`. Immutable. */
export interface Optimizer {
  readonly name: string;
  /** The rate; undefined or "adaptive" lets the trainer choose (see {@link LearningRate}). */
  readonly learningRate: LearningRate | undefined;
  /** What the trainer's choice rests on. Undefined where there is no such rule. */
  readonly stability: Stability | undefined;
  /** Binds to parameters; allocates the state, zeros, once. @internal */
  bind(parameters: readonly Parameter[]): BoundOptimizer;
}

/** A block that an optimizer updates in place, with its gradient. @internal */
export class Parameter extends Block {
  constructor(
    { job, dtype, rows, cols, handle }: Block,
    readonly gradient: Block,
    /**
     * Multiplies the update, also Adam's, never the gradient; 0 leaves the entries bit by bit. A
     * parameter that is bound with 0 has no state: it must stay 0.
     */
    public rateScale = 1,
    /**
     * For Adam, instead of its own weight decay: n numbers are those of n equal parts of the
     * entries, end to end. One is that of all, one per row are the rows'.
     */
    readonly ridges?: Block,
    /** For Adam, instead of its own epsilon. */
    readonly epsilon?: number,
  ) {
    super(job, dtype, rows, cols, handle);
  }
}

/** An optimizer at work. */
export interface BoundOptimizer {
  /** Steps taken, those before `restore` included. */
  readonly stepCount: number;
  /** One update of every parameter from its gradient. Allocates nothing. */
  step(learningRate: number): void;
  /** Forgets all steps: the state is zeros again. */
  reset(): void;
  /** Copies of the state's buffers, for a checkpoint. Frozen parameters have none. */
  state(): FloatArray[];
  /** Continues where `state` was taken, after `stepCount` steps, to the same bits. */
  restore(state: readonly FloatArray[], stepCount: number): void;
}

/** @throws TypeError when it is not an optimizer, or a field of it is not what its type says. */
export function checkOptimizer(name: string, optimizer: Optimizer): void {
  const { bind, stability, learningRate } = Object(optimizer) as Optimizer;
  const isNumber = (value: unknown) => typeof value === "number";
  const works =
    typeof bind === "function" &&
    typeof optimizer.name === "string" &&
    (stability === undefined || [stability?.beta, stability?.limit].every(isNumber));
  if (!works) {
    const makers = "gd, momentum, adam, adamw or scaledGd";
    throw new TypeError(`${name}: optimizer is ${describe(optimizer)}: ${makers} must give it`);
  }
  checkLearningRate(name, "learningRate", learningRate);
}

/**
 * The optimizer at work.
 *
 * @throws TypeError when what its `bind` gives is not a bound optimizer. @internal
 */
export function bindOptimizer<Bound extends BoundOptimizer>(
  optimizer: { bind(parameters: readonly Parameter[]): Bound },
  parameters: readonly Parameter[],
): Bound {
  const bound = optimizer.bind(parameters);
  const { step, state, restore } = Object(bound) as BoundOptimizer;
  if ([step, state, restore].every((method) => typeof method === "function")) return bound;
  throw new TypeError(`optimizer: bind gives ${describe(bound)}: it must be a BoundOptimizer`);
}

/**
 * The optimizer under another name, with other gradients.
 *
 * @param bindChange - given the parameters, what rewrites their gradients in place before each step.
 * @internal
 */
export function withGradients(
  name: string,
  optimizer: Optimizer,
  bindChange: (parameters: readonly Parameter[]) => () => void,
): Optimizer {
  return Object.freeze<Optimizer>({
    ...optimizer,
    name,
    bind(parameters) {
      const inner = bindOptimizer(optimizer, parameters);
      const change = bindChange(parameters);
      return {
        get stepCount() {
          return inner.stepCount;
        },
        step(learningRate) {
          change();
          inner.step(learningRate);
        },
        reset: () => inner.reset(),
        state: () => inner.state(),
        restore: (state, stepCount) => inner.restore(state, stepCount),
      };
    },
  });
}

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
  update(x: Parameter, rate: number, state: readonly Block[]): void;
}

/** The bookkeeping that every optimizer shares, around its rule. @internal */
export function bindRule(
  parameters: readonly Parameter[],
  rule: UpdateRule,
): BoundOptimizer & { readonly buffers: readonly (readonly Block[])[] } {
  const buffers = parameters.map(({ job, dtype, rows, cols, rateScale }) =>
    Array.from({ length: rateScale === 0 ? 0 : rule.buffers }, () =>
      Block.zeros(job, dtype, rows, cols),
    ),
  );
  const slots = buffers.flat();
  let stepCount = 0;
  return {
    buffers,
    get stepCount() {
      return stepCount;
    },
    step(learningRate) {
      stepCount += 1;
      rule.startStep?.(stepCount);
      for (let i = 0; i < parameters.length; i++) {
        const x = parameters[i];
        // A frozen one is left alone: even x - 0 g changes bits, where x is -0 or g is not finite.
        if (x.rateScale !== 0) rule.update(x, learningRate * x.rateScale, buffers[i]);
      }
    },
    reset() {
      for (const slot of slots) slot.view().fill(0);
      stepCount = 0;
    },
    state: () => slots.map((slot) => slot.read()),
    restore(state, count) {
      const fits =
        state.length === slots.length && state.every((s, i) => s.length === slots[i].length);
      if (!fits) {
        throw new RangeError(
          `restore: the state has buffers of ${state.map((s) => s.length).join(", ")} entries: ` +
            `they must have ${slots.map((s) => s.length).join(", ")}`,
        );
      }
      for (const [i, slot] of slots.entries()) slot.view().set(state[i]);
      for (let t = 1; t <= count && rule.startStep?.(t); t++);
      stepCount = count;
    },
  };
}

/** A decay factor such as beta: 1 would never forget. @internal */
export function checkDecayFactor(name: string, what: string, value: number): void {
  if (Number.isFinite(value) && value >= 0 && value < 1) return;
  throw invalidValue(name, what, value, "a number in [0, 1)");
}

/** @internal */
export function checkLearningRate(
  name: string,
  what: string,
  rate: LearningRate | undefined,
): void {
  if (rate !== undefined && rate !== "adaptive") checkPositive(name, what, rate);
}
