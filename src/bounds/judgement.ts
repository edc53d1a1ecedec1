import { catoni } from "./catoni.js";
import { klInverse } from "./kl-inverse.js";
import { mcallester } from "./mcallester.js";
import { occam } from "./occam.js";

/** What is measured of every certified model, from its bytes and the samples alone. */
export interface Judgement {
  /** The share of the samples that the decoded model gets wrong. */
  readonly error: number;
  /** Samples that the bound is about: all, or those outside the split. */
  readonly samples: number;
  /** Code length of the model given its setting, choices included. */
  readonly bits: number;
  /**
   * With probability 1 - delta over the samples the model errs at most so often on new ones, provided
   * that its setting was fixed before they were seen, but for the choices it pays for: `klInverse` of
   * error, bits and samples.
   */
  readonly bound: number;
  /** The same evidence under each of the bounds. Each holds by itself, not the smallest of them. */
  readonly bounds: Readonly<Record<"catoni" | "klInverse" | "mcallester" | "occam", number>>;
  /** Bits of everything that the file says. */
  readonly fileBits: number;
  /** `klInverse` of the file's bits: whoever chose the setting, and however. */
  readonly fileBound: number;
}

/** The bounds of what was measured. */
export function judged(
  measured: Pick<Judgement, "error" | "samples" | "bits" | "fileBits">,
  delta: number,
): Judgement {
  const { error, samples, bits, fileBits } = measured;
  const evidence = { error, samples, nats: bits * Math.LN2, delta };
  const bounds = {
    catoni: catoni(evidence),
    klInverse: klInverse(evidence),
    mcallester: mcallester(evidence),
    occam: occam(evidence),
  };
  return {
    ...{ ...measured, bound: bounds.klInverse, bounds },
    fileBound: klInverse({ ...evidence, nats: fileBits * Math.LN2 }),
  };
}
