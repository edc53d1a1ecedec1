// Adapters on an encoder, one after the other, without loading the encoder again.
import { describe } from "../check/describe.js";
import { checkInteger } from "../check/values.js";
import type { Matrix } from "../linalg/matrix.js";
import type { Encoder } from "../transformer/encoder.js";
import type { TextHead } from "../transformer/head.js";
import { poolerName } from "../transformer/names.js";
import { attach } from "./adaptation.js";
import type { Adapter } from "./adapter.js";
import { checkAdapter, defaultBatchSize } from "./check.js";
import { checkLeavesAdapter } from "./methods.js";
import { completed, headBeside, ownHead } from "./own-head.js";
import { readPredict, scoreTexts } from "./score-texts.js";
import { taskHead } from "./task-head.js";
import type { GivenTexts } from "./text-input.js";
import { checkModel, type TextModel } from "./text-model.js";

/** A model with an adapter on it, ready to judge texts. */
export interface AdaptedModel {
  readonly adapter: Adapter;
  /**
   * One row of scores a text: of the classes, the labels' probabilities, the predicted number, or the
   * similarity of a pair.
   *
   * @throws RangeError for a text without a pair, where pairs are compared, or whose scores are not
   * finite numbers; when there is no head; TypeError for what is not a text.
   */
  predict(texts: GivenTexts, batchSize?: number): Matrix;
}

/**
 * Puts an adapter on a model, instead of the one before. Costs the copy of the adapter: the
 * model's own weights stay where they are. An adapter of PEFT's without a head takes the model's.
 *
 * @throws RangeError when the adapter's layers or shapes are not the model's, or its method is "full":
 * the model is then without an adapter. TypeError when one of them is something else.
 */
export function useAdapter(model: TextModel, adapter: Adapter, maxTokens = 128): AdaptedModel {
  checkModel("useAdapter", model);
  checkAdapter("useAdapter", adapter);
  checkInteger("useAdapter", "maxTokens", maxTokens, 1);
  const { encoder } = model;
  checkLeavesAdapter("useAdapter", adapter.method);
  encoder.reset();
  try {
    const whole = completed(model, adapter);
    const head = place(model, whole, maxTokens);
    return {
      adapter: whole,
      predict: (texts, batchSize = defaultBatchSize) => {
        if (!head) {
          throw new RangeError(
            "predict: neither the adapter nor the model has a head: texts can be embedded only",
          );
        }
        const given = readPredict(texts, batchSize);
        return scoreTexts(model, head, whole.task, given, batchSize, maxTokens);
      },
    };
  } catch (error) {
    encoder.reset();
    throw error;
  }
}

/** Puts everything that an adapter holds where the encoder computes with it. */
function place(model: TextModel, adapter: Adapter, maxTokens: number): TextHead | undefined {
  const { encoder } = model;
  checkFits(encoder, adapter);
  const { parameters, linearNames } = encoder;
  const { layers, head, task, fromModel } = adapter;
  // Until the next reset, the encoder computes with these instead of its own.
  for (const [name, { data }] of replacedTensors(encoder, adapter)) {
    const { rows, cols } = parameters.shape(name);
    const linear = linearNames.some((layer) => name === `${layer}.weight`);
    parameters.add(name, rows, cols, data, linear ? { use: "linear" } : {});
  }
  attach(
    encoder,
    layers.map(({ name, factors, scale }) => ({
      name,
      scale,
      factors: factors.map((matrix) => ({ matrix, rateScale: 0 })),
    })),
  );
  if (task.kind === "similarity" && fromModel) return undefined;
  return taskHead(model, task, { maxTokens, weights: head });
}

/** The tensors of an encoder that an adapter has its own of. A pooler that it lacks is the head's. */
function replacedTensors({ hasPooler }: Encoder, { tensors, head }: Adapter) {
  const pooler = [...head].filter(([name]) => name.startsWith(`${poolerName}.`));
  return [...tensors, ...(hasPooler ? pooler : [])];
}

/**
 * Checks all but the factors, which `attach` checks.
 *
 * @throws RangeError when the adapter was made for another model.
 */
export function checkFits(encoder: Encoder, adapter: Adapter): void {
  const { parameters, config } = encoder;
  const { depth, family, task } = adapter;
  if (family !== config.family) {
    throw new RangeError(
      `useAdapter: the adapter is for ${family}, and the model is ${config.family}`,
    );
  }
  if (depth !== undefined && depth !== config.layers) {
    throw new RangeError(
      `useAdapter: the adapter was trained on ${describe(depth)} layers, and the model has ${config.layers}: ` +
        "it must be the same model",
    );
  }
  for (const [name, { shape }] of replacedTensors(encoder, adapter)) {
    if (!parameters.has(name)) {
      throw new RangeError(`useAdapter: the adapter holds ${name}, which the model does not have`);
    }
    const { rows, cols } = parameters.shape(name);
    checkShape(name, shape, shape.length === 1 && rows === 1 ? [cols] : [rows, cols]);
    if (parameters.stored(name)) {
      throw new RangeError(
        `useAdapter: the adapter replaces ${name}: load the model with its weights stored as "full"`,
      );
    }
  }
  if (task.kind !== "similarity") checkHead(encoder, adapter);
}

/** @throws RangeError unless the whole head is there, for the encoder's width. */
function checkHead(encoder: Encoder, { head, task }: Adapter): void {
  const outputs = "labels" in task ? task.labels.length : 1;
  for (const { name, shape } of headBeside(encoder, outputs)) {
    checkShape(name, head.get(name)?.shape, shape);
  }
}

function checkShape(name: string, shape: readonly number[] | undefined, wanted: number[]): void {
  if (shape?.join() === wanted.join()) return;
  throw new RangeError(
    `useAdapter: ${name} of the adapter is ${shape?.join(" x ") ?? "missing"}: the model asks for ` +
      wanted.join(" x "),
  );
}

/**
 * A model that was fine-tuned whole or merged, with the head and the labels of its own files.
 *
 * @throws FormatError when the model was made for another task than judging texts (`architectures`),
 *   the files do not hold the whole head, or labels that do not fit it.
 */
export function useOwnHead(model: TextModel, maxTokens = 128): AdaptedModel {
  checkModel("useOwnHead", model);
  const { family } = model.encoder.config;
  const { head, task } = ownHead(model);
  return useAdapter(
    model,
    { ...{ method: "head", task, family, layers: [] }, head, tensors: new Map() },
    maxTokens,
  );
}
