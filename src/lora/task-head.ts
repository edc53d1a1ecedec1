// What a task puts on an encoder, and how its texts go in.
import type { Weights } from "../transformer/config.js";
import type { Encoder } from "../transformer/encoder.js";
import { Head, SimilarityHead, type TextHead } from "../transformer/head.js";
import type { Task } from "./adapter.js";
import { checkTexts } from "./check.js";
import type { TextInput } from "./text-model.js";

/** The task's head, its tensors from `weights` or new. They are not trained yet. */
export function taskHead(
  encoder: Encoder,
  task: Task,
  { seed = 0, weights }: { seed?: number; weights?: Weights } = {},
): TextHead {
  if (task.kind === "similarity") return new SimilarityHead();
  const outputs = task.kind === "regression" ? 1 : task.labels.length;
  return new Head(encoder, { outputs, trained: false, seed, ...(weights ? { weights } : {}) });
}

/**
 * The texts that the encoder sees of each input: a pair as one, or its two texts apart where they are
 * compared.
 *
 * @param what - what messages call an input.
 * @throws TypeError for one that is no text; RangeError for one without a pair where there must be one.
 */
export function encodedTexts(
  name: string,
  { textsPerRow }: TextHead,
  inputs: readonly TextInput[],
  what = "text",
): TextInput[][] {
  checkTexts(name, what, inputs);
  return inputs.map(({ text, pair }, i) => {
    if (textsPerRow === 1) return [{ text, pair }];
    if (pair !== undefined) return [{ text }, { text: pair }];
    throw new RangeError(`${name}: ${what} ${i} has no pair: a similarity compares two texts`);
  });
}
