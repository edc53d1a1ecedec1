import type { BoundOptimizer } from "../../optim/optimizer.js";
import type { NetworkDescription } from "../models/deep-linear-network.js";
import type { BoundNetwork } from "./bound-network.js";

/** A training run, as the ways to take its steps see it. */
export interface Run {
  readonly network: BoundNetwork;
  readonly description: NetworkDescription;
  /** The problem's p. */
  readonly density: number;
}

/** A way to take the steps of a run. */
export interface Stepper {
  readonly optimizer: BoundOptimizer;
  /**
   * One step from the gradients of the last `backward`; returns its rate.
   *
   * @param loss - before the step.
   * @param scheduled - the rate, where the run has a schedule.
   * @param last - the rate of the run so far.
   */
  step(loss: number, scheduled: number | undefined, last: number): number;
}
