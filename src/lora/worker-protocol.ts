// What the threads that hold one model (replicas.ts) say to each other: one answer a message.
import type { ModelFiles } from "../formats/model-files.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import type { FloatArray } from "../wasm/index.js";
import type { Adaptation } from "./adaptation.js";
import type { Adapter } from "./adapter.js";
import type { Example, FinetuneOptions } from "./finetune-options.js";
import type { Outcome, TrialSettings } from "./rate-search.js";
import type { TextInput } from "./text-input.js";
import type { EmbedOptions } from "./text-model.js";

export interface PartOfStep {
  loss: number;
  gradients: FloatArray;
}

export interface Replica {
  options: Omit<FinetuneOptions, "method">;
  method: Pick<Adaptation, "name" | "learningRate" | "settings"> & { trainedTensors: string[] };
}

/** What a worker becomes. */
export interface Start {
  /** What `init` was given on the calling thread, if anything. */
  kernels: (WebAssembly.Module | BufferSource)[];
  files: ModelFiles;
  encoderOptions: EncoderOptions;
  /** A training run; or else a model that reads texts. */
  run?: { examples: readonly Example[]; replica: Replica };
  texts?: { adapter?: Adapter; maxTokens: number };
}

export interface Request {
  /** Only in the first message. */
  start?: Start;
  /** To become another run on the same examples. */
  replica?: Replica;
  /** Short runs to make. */
  trials?: readonly TrialSettings[];
  /** The sum of all parts of the step before, which is to be finished first. */
  finish?: FloatArray;
  /** Which parts of the next step to compute: from `first` on, up to but without `end`. */
  parts?: { first: number; end: number; of: number };
  /** Texts to score. */
  predict?: { texts: readonly TextInput[]; batchSize: number };
  /** Texts to turn into vectors. */
  embed?: { texts: readonly TextInput[]; options: EmbedOptions };
}

export interface Answer {
  error?: string;
  parts?: PartOfStep[];
  outcomes?: Outcome[];
  /** A row for each text that was asked for. */
  rows?: FloatArray;
  /** A text, of those that were asked for, whose numbers are not finite. */
  notFinite?: { text: number; reason: string };
  /** What the caller did wrong. */
  refused?: Error;
}
