// Labelled texts as a training step takes them.
import { packBatch, type TokenSequence } from "../transformer/batch.js";
import type { EncoderConfig } from "../transformer/config.js";
import type { TextHead } from "../transformer/head.js";
import type { Task } from "./adapter.js";
import type { Example } from "./finetune-options.js";
import { encodedTexts, tokensOf } from "./task-head.js";
import { targetsOf } from "./task-labels.js";
import type { TextModel } from "./text-model.js";

export interface EncodedExample {
  /** What the encoder sees: one sequence, or two that are compared. */
  readonly texts: readonly TokenSequence[];
  /** What the loss is taken against: one number, or one for each label. */
  readonly targets: readonly number[];
}

/** @throws RangeError for an example without a pair where there must be one. */
export function encodeExamples(
  name: string,
  model: TextModel,
  head: TextHead,
  examples: readonly Example[],
  { task, maxTokens }: { task: Task; maxTokens: number },
): EncodedExample[] {
  return encodedTexts(name, head, examples, "example").map((texts, i) => ({
    texts: texts.map((text) => tokensOf(model, head, text, maxTokens)),
    targets: targetsOf(task, examples[i].label),
  }));
}

/** Examples side by side: a batch and its labels. */
export function packExamples(config: EncoderConfig, examples: readonly EncodedExample[]) {
  return {
    batch: packBatch(
      config,
      examples.flatMap(({ texts }) => texts),
    ),
    labels: examples.flatMap(({ targets }) => targets),
  };
}
