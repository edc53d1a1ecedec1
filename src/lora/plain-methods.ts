// The two ways without an adapter, which adapters are compared with.
import { readOptions } from "../check/options.js";
import type { Encoder } from "../transformer/encoder.js";
import type { Adaptation, Method, PlannedLayer } from "./adaptation.js";

/** Trains every tensor of the encoder. */
export class FullFineTuning implements Adaptation {
  readonly name = "full";
  readonly learningRate = 3e-5;

  /** @param options - there are none: rates and steps are those of `finetune`. */
  constructor(options: Record<string, never> = {}) {
    readOptions("FullFineTuning", options, {});
  }

  plan(): PlannedLayer[] {
    return [];
  }

  trainedTensors(encoder: Encoder): string[] {
    return encoder.parameters.names;
  }
}

export const fullMethod: Method = {
  className: "FullFineTuning",
  make: () => new FullFineTuning(),
  trainsModel: true,
};

/** Trains the head on the frozen encoder. */
export class HeadOnly implements Adaptation {
  readonly name = "head";
  readonly learningRate = 1e-3;

  /** @param options - there are none: rates and steps are those of `finetune`. */
  constructor(options: Record<string, never> = {}) {
    readOptions("HeadOnly", options, {});
  }

  plan(): PlannedLayer[] {
    return [];
  }

  trainedTensors(): string[] {
    return [];
  }
}

export const headMethod: Method = { className: "HeadOnly", make: () => new HeadOnly() };
