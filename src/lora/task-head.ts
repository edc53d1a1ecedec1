// What a task puts on an encoder, and how its texts go in.

import type { TokenSequence } from "../transformer/batch.js";
import type { Weights } from "../transformer/config.js";
import { Head, SimilarityHead, type TextHead } from "../transformer/head.js";
import { sentenceVectors } from "../transformer/sentence.js";
import type { Task } from "./adapter.js";
import type { TextInput } from "./text-input.js";
import type { TextModel } from "./text-model.js";

interface HeadSettings {
  maxTokens: number;
  seed?: number;
  weights?: Weights;
  /** Of an example in training, where vectors are compared. @defaultValue 2 */
  textsPerRow?: TextHead["textsPerRow"];
}

/** The task's head, its tensors from `weights` or new. They are not trained yet. */
export function taskHead(
  model: TextModel,
  task: Task,
  { maxTokens, seed = 0, weights, textsPerRow }: HeadSettings,
): TextHead {
  const { encoder } = model;
  if (task.kind === "similarity") {
    const { modules } = model.sentence;
    const promptTokens = model.promptTokens(maxTokens);
    return new SimilarityHead(
      (tape, batch) => sentenceVectors(modules, tape, encoder, batch, promptTokens),
      textsPerRow === 3 ? 3 : 2,
    );
  }
  const outputs = task.kind === "regression" ? 1 : task.labels.length;
  return new Head(encoder, { outputs, trained: false, seed, ...(weights ? { weights } : {}) });
}

/** The tokens of one of `encodedTexts`. */
export function tokensOf(
  model: TextModel,
  { textsPerRow }: TextHead,
  text: TextInput,
  maxTokens: number,
): TokenSequence {
  // What is compared are the texts' vectors, as `embed` makes them.
  return textsPerRow > 1 ? model.tokenizeSentence(text, maxTokens) : model.tokens(text, maxTokens);
}

/**
 * The texts that the encoder sees of each input: a pair as one, or its two texts apart where they
 * are compared, and in training what it is not like.
 *
 * @param what - what messages call an input.
 * @throws RangeError for one without a pair where there must be one.
 */
export function encodedTexts(
  name: string,
  { textsPerRow }: Pick<TextHead, "textsPerRow">,
  inputs: readonly (TextInput & { readonly negative?: string | undefined })[],
  what = "text",
): TextInput[][] {
  return inputs.map(({ text, pair, negative = "" }, i) => {
    if (textsPerRow === 1) return [{ text, pair }];
    const third = textsPerRow === 3 ? [{ text: negative }] : [];
    if (pair !== undefined) return [{ text }, { text: pair }, ...third];
    throw new RangeError(`${name}: ${what} ${i} has no pair: a similarity compares two texts`);
  });
}
