// Adapters on an encoder, one after the other, without loading the encoder again.
import { checkInteger } from "../linalg/check-option.js";
import type { Matrix } from "../linalg/matrix.js";
import { attach } from "./adaptation.js";
import type { Adapter } from "./adapter.js";
import { checkAdapter, checkModel } from "./check.js";
import { scoreTexts } from "./finetune.js";
import { taskHead } from "./task-head.js";
import type { TextInput, TextModel } from "./text-model.js";

/** A model with an adapter on it, ready to judge texts. */
export interface AdaptedModel {
  readonly adapter: Adapter;
  /**
   * One row of scores a text: of the classes, the labels' probabilities, the predicted number, or the
   * similarity of a pair.
   *
   * @throws RangeError for a text without a pair, where pairs are compared, or whose scores are not
   * finite numbers; TypeError for what is not a text.
   */
  predict(texts: readonly TextInput[], batchSize?: number): Matrix;
}

/**
 * Puts an adapter on a model, in the place of the one before. Costs the copy of the adapter: the
 * model's own weights stay where they are.
 *
 * @throws RangeError when the adapter's layers or shapes are not the model's, or it is none ("full");
 * TypeError when one of them is something else.
 */
export function useAdapter(model: TextModel, adapter: Adapter, maxTokens = 128): AdaptedModel {
  checkModel("useAdapter", model);
  checkAdapter("useAdapter", adapter);
  checkInteger("useAdapter", "maxTokens", maxTokens, 1);
  const { encoder } = model;
  if (adapter.tensors.size > 0) {
    throw new RangeError(
      `useAdapter: the method ${adapter.method} trained the model itself: mergeAdapter writes it`,
    );
  }
  encoder.reset();
  attach(
    encoder,
    adapter.layers.map(({ name, factors, scale }) => ({
      name,
      scale,
      factors: factors.map((matrix) => ({ matrix, rateScale: 0 })),
    })),
  );
  const head = taskHead(model, adapter.task, { maxTokens, weights: adapter.head });
  return {
    adapter,
    predict: (texts, batchSize = 32) =>
      scoreTexts(model, head, adapter.task, texts, batchSize, maxTokens),
  };
}
