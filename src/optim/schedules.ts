// Learning rates that change over a run. A schedule is a function of the steps already taken.

import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger, checkNonNegative, checkPositive } from "../check/values.js";
import { cos } from "../linalg/elementary.js";

/** The learning rate of the step after `stepCount` steps; 0 for the first. */
export type Schedule = (stepCount: number) => number;

export interface DecayOptions {
  /** The greatest rate, reached at the end of the warm-up. */
  learningRate: number;
  /** Length of the whole run; from then on the rate is `final`. */
  steps: number;
  /** Steps of linear rise, the first at learningRate / warmup. @defaultValue 0 */
  warmup?: number;
  /** The rate after `steps` steps. @defaultValue 0 */
  final?: number;
}

const names: OptionNames<DecayOptions> = {
  ...{ learningRate: true, steps: true, warmup: true, final: true },
};

/**
 * The same rate at every step.
 *
 * @throws RangeError when it is not a finite number > 0.
 * @example
 * ```ts
 * [0, 1, 100].map(constantRate(0.1)); // [0.1, 0.1, 0.1]
 * ```
 */
export function constantRate(learningRate: number): Schedule {
  checkPositive("constantRate", "learningRate", learningRate);
  return () => learningRate;
}

/**
 * A linear rise over `warmup` steps, then a straight line from `learningRate` to `final`.
 *
 * @throws RangeError when an option is out of range.
 * @example
 * ```ts
 * const rate = linearDecay({ learningRate: 1, steps: 10, warmup: 2 });
 * [0, 1, 2, 6, 10].map(rate); // [0.5, 1, 1, 0.5, 0]
 * ```
 */
export function linearDecay(options: DecayOptions): Schedule {
  return decay("linearDecay", options, (length) => (step) => 1 - step / length);
}

/**
 * A linear rise over `warmup` steps, then half a cosine from `learningRate` to `final`
 * (Loshchilov and Hutter 2017, without restarts). The same bits on every engine.
 *
 * @throws RangeError when an option is out of range.
 * @example
 * ```ts
 * const rate = cosineDecay({ learningRate: 1, steps: 10, warmup: 2 });
 * [0, 1, 2, 6, 10].map(rate); // [0.5, 1, 1, 0.5, 0]
 * ```
 */
export function cosineDecay(options: DecayOptions): Schedule {
  return decay(
    "cosineDecay",
    options,
    (length) => (step) => (1 + cos((Math.PI * step) / length)) / 2,
  );
}

/** @deprecated Use {@link constantRate}. */
export const constant = constantRate;

/** @deprecated Use {@link cosineDecay}. */
export const cosine = cosineDecay;

/** Warm-up, then final + (learningRate - final) * share(steps after it), share from 1 to 0. */
function decay(
  name: string,
  options: DecayOptions,
  shareOver: (length: number) => (step: number) => number,
): Schedule {
  const read = readOptions(name, options, names, "an object with learningRate and steps");
  const { learningRate, steps, warmup = 0, final = 0 } = read;
  checkPositive(name, "learningRate", learningRate);
  checkInteger(name, "steps", steps, 1);
  checkInteger(name, "warmup", warmup, 0, steps);
  checkNonNegative(name, "final", final);
  const share = shareOver(steps - warmup);
  return (stepCount) => {
    if (stepCount < warmup) return (learningRate * (stepCount + 1)) / warmup;
    if (stepCount >= steps) return final;
    return final + (learningRate - final) * share(stepCount - warmup);
  };
}
