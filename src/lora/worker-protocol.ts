// What a ParallelFinetuning and its workers say to each other: one answer a message.
import type { ModelFiles } from "../formats/model-files.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import type { FloatArray } from "../wasm/index.js";
import type { Adaptation } from "./adaptation.js";
import type { Example, FinetuneOptions } from "./finetune-options.js";
import type { TextInput } from "./text-input.js";

export interface PartOfStep {
  loss: number;
  gradients: FloatArray;
}

export interface Replica {
  options: Omit<FinetuneOptions, "method">;
  method: Pick<Adaptation, "name" | "learningRate" | "settings"> & { trainedTensors: string[] };
}

export interface Request {
  /** Only in the first message: what to become. */
  start?: {
    /** What `init` was given on the calling thread, if anything. */
    kernels: (WebAssembly.Module | BufferSource)[];
    files: ModelFiles;
    encoderOptions: EncoderOptions;
    examples: readonly Example[];
    replica: Replica;
  };
  /** The sum of all parts of the step before, which is to be finished first. */
  finish?: FloatArray;
  /** Which parts of the next step to compute: from `first` on, up to but without `end`. */
  parts?: { first: number; end: number; of: number };
  /** Texts to score. */
  predict?: { texts: readonly TextInput[]; batchSize: number };
}

export interface Answer {
  error?: string;
  parts?: PartOfStep[];
  scores?: FloatArray;
  /** A text, of those that were asked for, whose scores are not finite. */
  notFinite?: { text: number; reason: string };
}
