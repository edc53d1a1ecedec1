import { Block } from "../../wasm/index.js";
import type { BoundProblem } from "../problems/problem.js";
import type { BoundNetwork } from "./bound-network.js";

/** Keeps the factors of a run at which the loss of held-out measurements was least. */
export interface ValidatedRun {
  /**
   * The held-out loss after `step` steps at the run's own `loss`; keeps the factors where it is the
   * least so far.
   */
  look(step: number, loss: number): number;
  /** Whether the patience is at its end. */
  exhausted(step: number): boolean;
  /** Puts the best factors back. */
  restoreBest(): void;
}

/** Steps that are waited at least. */
const minPatience = 200;
/**
 * Noise is being fitted when the run's own loss goes on falling and the held-out one does not. It
 * can fall by the network's share of degrees of freedom among the measurements; a loss that has
 * fallen by less than this part of it since the best step may still be before its next direction.
 */
const partOfFreedom = 0.75;

/**
 * Degrees of freedom of a rows x cols matrix whose rank is at most `rank`, over the measurements.
 */
export function shareOfFreedom(
  rows: number,
  cols: number,
  rank: number,
  measurements: number,
): number {
  return Math.min(1, (rank * (rows + cols - rank)) / measurements);
}

/**
 * Everything is allocated here; a look allocates nothing.
 *
 * @param freedom - from `shareOfFreedom`.
 */
export function validatedRun(
  { parameters, lossOf }: BoundNetwork,
  heldOut: BoundProblem,
  freedom: number,
  patience: number | undefined,
): ValidatedRun {
  // Whoever says how long to wait knows the plateaus.
  const fallen = patience === undefined ? 1 - partOfFreedom * freedom : 1;
  const heldOutLoss = lossOf(heldOut);
  const kept = parameters.map(({ job, dtype, rows, cols }) =>
    Block.allocate(job, dtype, rows, cols),
  );
  let bestLoss = Number.POSITIVE_INFINITY;
  let best = 0;
  let lossAtBest = 0;
  let ownLoss = 0;
  return {
    look(step, loss) {
      const heldOutNow = heldOutLoss();
      ownLoss = loss;
      if (heldOutNow < bestLoss) {
        bestLoss = heldOutNow;
        best = step;
        lossAtBest = loss;
        for (const [l, W] of parameters.entries()) W.copyTo(kept[l]);
      }
      return heldOutNow;
    },
    exhausted: (step) =>
      ownLoss < fallen * lossAtBest && step - best >= (patience ?? Math.max(minPatience, best)),
    restoreBest() {
      if (bestLoss === Number.POSITIVE_INFINITY) return;
      for (const [l, best] of kept.entries()) best.copyTo(parameters[l]);
    },
  };
}
