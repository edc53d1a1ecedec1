// What the threads that hold one model (replicas.ts) say to each other: one answer a message.
import type { ModelFiles } from "../formats/model-files.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import type { FloatArray } from "../wasm/index.js";
import type { Adapter } from "./adapter.js";
import type { Example } from "./finetune-options.js";
import type { JointStart, Work } from "./joint-finetuning.js";
import type { Sharer } from "./parts.js";
import type { TextInput } from "./text-input.js";
import type { EmbedOptions } from "./text-model.js";

/** What a worker becomes. */
export interface Start {
  /** What `init` was given on the calling thread, if anything. */
  kernels: (WebAssembly.Module | BufferSource)[];
  files: ModelFiles;
  encoderOptions: EncoderOptions;
  /** A training run; or else a model that reads texts. */
  run?: { examples: readonly Example[]; start: JointStart };
  texts?: { adapter?: Adapter; maxTokens: number };
}

export interface Request {
  /** Only in the first message. */
  start?: Start;
  /** What came of the round before, which is to be finished first. */
  goOn?: Work;
  /** Whose share of the next round to do. */
  share?: Sharer;
  /** Texts to score. */
  predict?: { texts: readonly TextInput[]; batchSize: number };
  /** Texts to turn into vectors. */
  embed?: { texts: readonly TextInput[]; options: EmbedOptions };
}

export interface Answer {
  error?: string;
  work?: Work;
  /** A row for each text that was asked for. */
  rows?: FloatArray;
  /** A text, of those that were asked for, whose numbers are not finite. */
  notFinite?: { text: number; reason: string };
  /** What the caller did wrong. */
  refused?: Error;
}
