// Everything about a certified model except its coefficients: what the decoder must know, and what was
// fixed before the samples were seen or is paid for.
import type { Range } from "../maps/gaussian.js";
import { projectorKinds } from "../maps/projector.js";

/** By name; places in the lists are what files keep, so they never change. */
export const updateKinds = ["full", "lora"] as const;
export const mapKinds = [...projectorKinds, "cores"] as const;
export const basesKinds = ["random", "split", "paid"] as const;

export type UpdateKind = (typeof updateKinds)[number];
export type MapKind = (typeof mapKinds)[number];

export interface CertificateSetting {
  /** Numbers of inputs, hidden units and classes. */
  readonly sizes: readonly number[];
  readonly biases: boolean;
  /** What moves: all parameters, or low-rank additions to the weights (LoRA). */
  readonly update: UpdateKind;
  /** From coefficients to what moves. */
  readonly map: MapKind;
  /** Of LoRA, or of the cores; 0 where there are neither. */
  readonly rank: number;
  /** Coefficients. */
  readonly dimension: number;
  /** Of the film kinds. */
  readonly ranges: readonly Range[];
  readonly seed: number;
  /**
   * Where the frames of cores come from: the seed; a gradient on the samples of the split, of which
   * the bound says nothing; or a gradient on all samples, in which case they are in the file and paid.
   */
  readonly bases: (typeof basesKinds)[number];
  /** Samples that the bound is not computed on: the first of a random order. */
  readonly splitSamples: number;
  /** All samples, where there is a split; else 0. */
  readonly samples: number;
  /** CRC-32 of given parameters that the training started from; 0 where the seed gave them. */
  readonly startChecksum: number;
  /** Levels of the codebook. */
  readonly levels: number;
  /** How many settings were looked at, of which this one was kept: log2 of it is paid. */
  readonly choices: number;
}
