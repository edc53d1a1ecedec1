// Checks at the border of lowrank/lora: each names the function, what was given and what must be.

import { describe, invalidValue, joined } from "../check/describe.js";
import { settingNames } from "../check/foreign-names.js";
import { checkNames } from "../check/options.js";
import { checkInteger, checkObject, isSize } from "../check/values.js";
import { plainBytes } from "../formats/bytes.js";
import type { ModelFiles } from "../formats/model-files.js";
import { checkMatrix } from "../linalg/check.js";
import type { Matrix } from "../linalg/matrix.js";
import { type EncoderFamily, encoderFamilies, type Weights } from "../transformer/config.js";
import type { Adaptation } from "./adaptation.js";
import type { Adapter, LayerAdapter, Task } from "./adapter.js";
import { methods } from "./methods.js";

export function refuse(name: string, what: string, value: unknown, wanted: string): never {
  throw invalidValue(name, what, value, wanted, TypeError);
}

/** Properties of any value; empty for null and undefined. */
const propertiesOf = (value: unknown) => Object(value) as Record<string, unknown>;

/**
 * The files with their bytes as plain ones, whatever kind of view was given.
 *
 * @throws TypeError when the bytes of a file are missing or something else.
 */
export function plainModelFiles(name: string, files: ModelFiles): ModelFiles {
  const wanted = "{ config, tokenizer, weights }, as readModelFolder of lowrank/lora/node gives";
  checkObject(name, "files", files, wanted);
  const { config, tokenizer, weights, index, others, ...rest } = files;
  return {
    ...rest,
    config: plainBytes(name, "config", config),
    ...(tokenizer !== undefined && { tokenizer: plainBytes(name, "tokenizer", tokenizer) }),
    ...(index !== undefined && { index: plainBytes(name, "index", index) }),
    weights: plainFiles(name, "weights", weights),
    ...(others !== undefined && { others: plainFiles(name, "others", others) }),
  };
}

/**
 * Files by name, with their bytes as plain ones. @throws TypeError when it is not a Map of bytes.
 */
export function plainFiles(
  name: string,
  what: string,
  files: ReadonlyMap<string, Uint8Array>,
): Map<string, Uint8Array> {
  if (!isMap(files)) refuse(name, what, files, "a Map of file names to Uint8Array");
  return new Map(
    Array.from(files, ([file, bytes]) => [
      file,
      plainBytes(name, `${what} of ${describe(file)}`, bytes),
    ]),
  );
}

const isMap = (value: unknown) => describe(value) === "Map";

/** Texts that are computed at a time where nobody says otherwise. */
export const defaultBatchSize = 32;

/** @throws RangeError when no batch has that size. */
export function checkBatchSize(name: string, batchSize: number): void {
  checkInteger(name, "batchSize", batchSize, 1);
}

/** @throws TypeError when it is not a task; RangeError when there are too few classes. */
export function checkTask(name: string, task: Task): void {
  const { kind, labels, range } = propertiesOf(task);
  if (task !== null && typeof task === "object") {
    const known = { kind: true, labels: true, range: true };
    checkNames(name, task as object, known, "an object with kind", "task", settingNames);
  }
  if (range !== undefined && !(kind === "regression" && isRange(range))) {
    const wanted = "two finite numbers, the smaller first, of a regression";
    throw invalidValue(name, "range of task", range, wanted);
  }
  if (kind === "regression" || kind === "similarity") return;
  if (kind !== "classification" && kind !== "multi-label") {
    const kinds = '"classification", "multi-label", "regression" or "similarity"';
    if (task === null || typeof task !== "object") {
      refuse(name, "task", task, `{ kind, labels? } with a kind of ${kinds}`);
    }
    refuse(name, "kind of task", kind, kinds);
  }
  if (!Array.isArray(labels)) refuse(name, "labels of task", labels, "an array of strings");
  const other = labels.findIndex((label) => typeof label !== "string");
  if (other >= 0) refuse(name, `label ${other} of task`, labels[other], "a string");
  const minClasses = kind === "classification" ? 2 : 1;
  if (labels.length < minClasses) {
    throw new RangeError(
      `${name}: there are ${labels.length} classes: there must be ${minClasses} or more`,
    );
  }
}

/** Whether it is two numbers with a finite distance, the smaller first. */
export function isRange(value: unknown): value is readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [low, high] = value;
  return typeof low === "number" && low < high && Number.isFinite(high - low);
}

/** What came out of a text is not a number: the weights are too large for the sums. */
export class NotFiniteError extends RangeError {
  override readonly name = "NotFiniteError";
  constructor(
    where: string,
    /** The place of the text, from 0. */
    readonly text: number,
    /** What is wrong with it, and why. */
    readonly reason: string,
  ) {
    super(`${where}: text ${text}: ${reason}`);
  }
}

/** @throws NotFiniteError that names the first text whose row has an entry that is not finite. */
export function checkFinite(name: string, what: string, { data, cols }: Matrix): void {
  const at = data.findIndex((value: number) => !Number.isFinite(value));
  if (at < 0) return;
  const reason = `its ${what} holds ${data[at]}: the weights of the model or its adapter are so large`;
  throw new NotFiniteError(name, Math.floor(at / cols), `${reason} that sums overflow`);
}

/** @throws TypeError otherwise. */
export function checkMethod(name: string, method: Adaptation): void {
  const { plan, trainedTensors } = propertiesOf(method);
  if (typeof plan === "function" && typeof trainedTensors === "function") return;
  const makers = Object.values(methods).map(({ className }) => `new ${className}()`);
  refuse(name, "method", method, joined(makers, "or"));
}

/** @throws TypeError otherwise. */
export function checkAdapter(name: string, adapter: Adapter): void {
  const { method, layers, head, tensors } = propertiesOf(adapter);
  const isOurs = Array.isArray(layers) && typeof method === "string";
  if (!isOurs || !isMap(head) || !isMap(tensors)) {
    refuse(name, "adapter", adapter, "what Finetuning.adapter or loadAdapter gives");
  }
  for (const layer of layers as Adapter["layers"]) {
    checkLayerAdapter(name, layer);
    if (typeof layer.name !== "string") refuse(name, "name of a layer", layer.name, "a string");
  }
  checkTensors(name, head as Weights);
  checkTensors(name, tensors as Weights);
  checkTask(name, adapter.task);
  checkFamily(name, adapter.family);
}

function checkTensors(name: string, tensors: Weights): void {
  for (const [tensor, value] of tensors) {
    const { shape, data } = propertiesOf(value);
    const isShape = Array.isArray(shape) && shape.every(isSize);
    if (typeof tensor === "string" && isShape && describe(data) === "Float32Array") continue;
    refuse(name, `tensor ${describe(tensor)}`, value, "{ shape, data } with a Float32Array");
  }
}

/** @throws TypeError when it has no two factors, or one that is not a matrix. */
export function checkLayerAdapter(name: string, layer: LayerAdapter): void {
  const { factors, scale } = propertiesOf(layer);
  if (Array.isArray(factors) && factors.length > 1) {
    // A place without a factor counts, too: forEach alone would pass over it.
    Array.from(factors).forEach((factor, i) => {
      checkMatrix(name, `factor ${i} of the layer`, factor);
      const before = factors[i - 1];
      if (before === undefined || factor.cols === before.rows) return;
      throw new RangeError(
        `${name}: factor ${i} of the layer is ${factor.rows} x ${factor.cols}: it must take the ` +
          `${before.rows} numbers that the one before gives`,
      );
    });
    if (Number.isFinite(scale)) return;
    refuse(name, "scale of the layer", scale, "a finite number");
  }
  refuse(name, "layer", layer, "{ factors, scale } with two factors or more");
}

/** @throws TypeError when there is no such family of encoders. */
export function checkFamily(name: string, family: EncoderFamily): void {
  if (encoderFamilies.includes(family)) return;
  const known = encoderFamilies.map((one) => `"${one}"`).join(", ");
  refuse(name, "family", family, `that of the model, model.encoder.config.family: one of ${known}`);
}
