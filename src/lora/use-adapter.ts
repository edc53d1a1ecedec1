// Adapters on an encoder, one after the other, without loading the encoder again.
import { FormatError } from "../io/errors.js";
import { pathIn, readWeights, weightsName } from "../io/model-files.js";
import { toFiniteFloat32 } from "../io/stored-tensor.js";
import { checkInteger } from "../linalg/check-option.js";
import type { Matrix } from "../linalg/matrix.js";
import type { NamedTensor } from "../transformer/config.js";
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
   * One row of scores a text: of the classes, the predicted number, or the similarity of a pair.
   *
   * @throws RangeError for a text without a pair, where pairs are compared; TypeError for what is no
   * text.
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
  const head = taskHead(encoder, adapter.task, { weights: adapter.head });
  return {
    adapter,
    predict: (texts, batchSize = 32) => scoreTexts(model, head, texts, batchSize, maxTokens),
  };
}

/**
 * A model that was fine-tuned whole or merged, with the head and the labels of its own files.
 *
 * @throws FormatError when the files hold no head, or labels that do not fit it.
 */
export function useOwnHead(model: TextModel, maxTokens = 128): AdaptedModel {
  checkModel("useOwnHead", model);
  const { encoder, config, files } = model;
  const { family } = encoder.config;
  const source = pathIn(files, weightsName);
  const head = new Map<string, NamedTensor>();
  for (const [name, tensor] of readWeights(files)) {
    if (!/^(pre_)?classifier\./.test(name)) continue;
    head.set(name, { shape: tensor.shape, data: toFiniteFloat32(tensor, name, source) });
  }
  const last = head.get("classifier.weight") ?? head.get("classifier.out_proj.weight");
  if (!last) throw new FormatError(source, "it holds no classifier: name an adapter");
  const count = last.shape[0];
  const names = Object(config.id2label) as Record<string, unknown>;
  const labels = Array.from({ length: count }, (_, i) => String(names[i] ?? `LABEL_${i}`));
  const regression = config.problem_type === "regression" || count === 1;
  const task = regression
    ? ({ kind: "regression" } as const)
    : { kind: "classification" as const, labels };
  return useAdapter(
    model,
    { ...{ method: "head", task, family, layers: [] }, head, tensors: new Map() },
    maxTokens,
  );
}
