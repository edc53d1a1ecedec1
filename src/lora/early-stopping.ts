import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import type { Adapter } from "./adapter.js";
import { refuse } from "./check.js";

export interface EarlyStoppingOptions {
  /** A run stops after this many judgements in a row without a better one. @defaultValue 3 */
  patience?: number;
}

/** The best judgement of a run so far. */
export interface BestJudgement {
  readonly value: number;
  readonly adapter: Adapter;
}

const names: OptionNames<EarlyStoppingOptions> = { patience: true };

/**
 * Keeps the best adapter of a run that is judged on the way, and says when to stop. Judge by examples
 * that the run does not train on.
 *
 * @example
 * ```js
 * const run = new Finetuning(model, examples, { method, task, steps: 300 });
 * const stopping = new EarlyStopping({ patience: 3 });
 * while (run.stepCount < 300) {
 *   const { step } = run.step();
 *   if (step % 20 === 0 && stopping.add(-run.lossOf(others), () => run.adapter())) break;
 * }
 * const files = saveAdapter(stopping.best?.adapter ?? run.adapter());
 * ```
 */
export class EarlyStopping {
  readonly patience: number;
  #best: BestJudgement | undefined;
  #misses = 0;

  /** @throws RangeError when `patience` is not an integer > 0; TypeError for unknown options. */
  constructor(options: EarlyStoppingOptions = {}) {
    const { patience = 3 } = readOptions("EarlyStopping", options, names);
    checkInteger("EarlyStopping", "patience", patience, 1);
    this.patience = patience;
  }

  /** The best value so far and the adapter that had it; of equal ones the first. */
  get best(): BestJudgement | undefined {
    return this.#best;
  }

  /**
   * Takes the next judgement.
   *
   * @param value - the greater, the better; NaN is worse than every number.
   * @param adapter - gives the adapter as it is now, such as `() => run.adapter()`; called when the
   * value is the best.
   * @returns whether it is time to stop.
   * @throws TypeError when the value is not a number, or `adapter` not a function.
   */
  add(value: number, adapter: () => Adapter): boolean {
    if (typeof value !== "number") refuse("EarlyStopping.add", "value", value, "a number");
    if (typeof adapter !== "function") {
      refuse("EarlyStopping.add", "adapter", adapter, "a function that gives an adapter");
    }
    const bar = this.#best?.value ?? Number.NaN;
    if (this.#best === undefined || value > bar || (Number.isNaN(bar) && !Number.isNaN(value))) {
      this.#best = { value, adapter: adapter() };
      this.#misses = 0;
    } else {
      this.#misses += 1;
    }
    return this.#misses >= this.patience;
  }
}
