// What a shard of a fine-tuning run begins with. The coordinator writes it once, and later the state that the
// run has reached; the model is in a folder of each worker's own, and its hash says which it is.
import { createHash } from "node:crypto";
import { FormatError } from "../formats/errors.js";
import type { ModelFiles } from "../formats/model-files.js";
import type { Example } from "../lora/finetune-options.js";
import type { JointStart } from "../lora/joint-finetuning.js";
import type { TextModel } from "../lora/text-model.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { decodeJson, encodeJson } from "./json-and-bytes.js";

export interface FinetuneInput {
  readonly examples: readonly Example[];
  readonly encoderOptions: EncoderOptions;
  readonly start: JointStart;
  /** Of a step: more threads have nothing to do. */
  readonly pieces: number;
}

/** The saved run goes behind what is said of it. */
export function encodeInput({ examples, encoderOptions, start, pieces }: FinetuneInput) {
  const { replica, searched } = start;
  const { resume = new Uint8Array(0), ...options } = replica.options;
  const { method } = replica;
  return encodeJson({ examples, encoderOptions, options, method, searched, pieces }, resume);
}

/** @throws FormatError for what is not JSON; what it says is checked by who uses it. */
export function decodeInput(body: Uint8Array): FinetuneInput {
  const { json, bytes: resume } = decodeJson(body, "input of a fine-tuning run");
  const { examples, encoderOptions, options, method, searched, pieces } = json as unknown as Pick<
    FinetuneInput,
    "examples" | "encoderOptions" | "pieces"
  > &
    Pick<JointStart, "searched"> &
    JointStart["replica"];
  const replica = { options: { ...options, resume }, method };
  return { examples, encoderOptions, pieces, start: { replica, searched } };
}

/** The start of who joins in a later state, in which the rate is known. */
export function startAt(start: JointStart, state: Uint8Array | undefined): JointStart {
  if (state === undefined) return start;
  const { learningRate: _, ...options } = start.replica.options;
  return {
    replica: { ...start.replica, options: { ...options, resume: state } },
    searched: false,
  };
}

export function encoderOptionsOf({ encoder }: TextModel): EncoderOptions {
  const { dtype, recompute, parameters } = encoder;
  return { dtype, recompute, weightStorage: parameters.storage };
}

/** SHA-256 of all files of a model. */
export function identityOf({ config, tokenizer, weights, index, others }: ModelFiles): string {
  const files = new Map([...weights, ...(others ?? [])]);
  files.set("config.json", config);
  if (tokenizer) files.set("tokenizer.json", tokenizer);
  if (index) files.set("model.safetensors.index.json", index);
  const hash = createHash("sha256");
  for (const name of [...files.keys()].sort()) {
    const bytes = files.get(name) as Uint8Array;
    hash.update(`${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** @throws FormatError where the folder holds another model than the run's. */
export function checkIdentity(folder: string, files: ModelFiles, identity: string): void {
  if (identityOf(files) === identity) return;
  throw new FormatError(folder, "it is not the model that the run began with: its hash differs");
}
