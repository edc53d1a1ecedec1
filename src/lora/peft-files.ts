// Adapters in PEFT's layout: adapter_config.json and adapter_model.safetensors, under the names that
// the encoder with its head has in transformers ("base_model.model.bert.encoder.layer.0...").

import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { copyBytes } from "../formats/bytes.js";
import { FormatError } from "../formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.js";
import { fromFloat32, type StoredTensor } from "../formats/stored-tensor.js";
import { kindOf, parseJsonObject } from "../formats/strict-json.js";
import type { EncoderFamily, WeightTensor } from "../transformer/config.js";
import { headLayers } from "../transformer/head.js";
import type { Adapter, Task } from "./adapter.js";
import { checkAdapter, checkFamily, isRange, plainFiles, refuse } from "./check.js";
import { decodeFactors, encodeFactors, matrixTensor } from "./factors-file.js";
import { learnedRank, plainLora, singularValues } from "./layer-adapter.js";
import { checkLeavesAdapter, methodNames, methodRow } from "./methods.js";
import { taskOfConfig } from "./own-head.js";
import { judges, moduleOf, readPeftConfig, writePeftConfig } from "./peft-config.js";
import { sortTensors } from "./peft-tensors.js";

/** The files of an adapter, by name. */
export type AdapterFiles = ReadonlyMap<string, Uint8Array>;

export const adapterNames = {
  config: "adapter_config.json",
  weights: "adapter_model.safetensors",
  /** PEFT's before 0.7, as Python pickles it. */
  pickle: "adapter_model.bin",
  /** Ours: the task's labels and the method, which PEFT's files have no place for. */
  settings: "lowrank.json",
};

/** Names of files that an adapter's folder may hold; methods with factors of their own add some. */
export const adapterFileNames: readonly string[] = [
  ...Object.values(adapterNames),
  ...methodNames.flatMap((name) => methodRow(name)?.factorsFile ?? []),
];

export interface SaveAdapterOptions {
  /**
   * Greatest rank that is written: a number, or "learned" for each layer's learned rank (see
   * `learnedRank`). @defaultValue everything, exactly
   */
  rank?: number | "learned";
  /** Name of the model that the adapter belongs to, as PEFT would load it. @defaultValue null */
  baseModel?: string;
}

const names: OptionNames<SaveAdapterOptions> = { rank: true, baseModel: true };

const root = "base_model.model.";

/**
 * An adapter as PEFT's files. Deep LoRA is written as plain LoRA, exactly unless a rank is asked for;
 * its own factors lie beside, in a file that PEFT does not read. The scale is 1: it is multiplied
 * into B. Modules of the head go to `modules_to_save`.
 *
 * @throws RangeError for a method without an adapter ("full"), or a rank that is not an integer > 0.
 */
export function saveAdapter(
  adapter: Adapter,
  options: SaveAdapterOptions = {},
): Map<string, Uint8Array<ArrayBuffer>> {
  checkAdapter("saveAdapter", adapter);
  const { rank, baseModel } = readOptions("saveAdapter", options, names);
  if (baseModel !== undefined && typeof baseModel !== "string") {
    refuse("saveAdapter", "baseModel", baseModel, "a string");
  }
  if (rank !== undefined && rank !== "learned") checkInteger("saveAdapter", "rank", rank, 1);
  checkLeavesAdapter("saveAdapter", adapter.method);
  // Under a head the encoder has a name in transformers, alone it has none.
  const prefix = judges(adapter) || adapter.fromModel ? `${adapter.family}.` : "";
  const adapted = new Set(adapter.layers.map(({ name }) => name));
  const tensors: [string, StoredTensor][] = [];
  const ranks: Record<string, number> = {};
  for (const layer of adapter.layers) {
    const kept = rank === "learned" ? learnedRank(singularValues(layer)) : rank;
    // PEFT has no rank 0: a layer that learned nothing has a direction of no weight.
    const { A, B, scale } = plainLora(layer, kept === undefined ? undefined : Math.max(1, kept));
    for (let i = 0; i < B.data.length; i++) B.data[i] *= scale;
    const name = root + (isHeadOnly(layer.name) ? "" : prefix) + layer.name;
    ranks[layer.name] = A.rows;
    tensors.push([`${name}.lora_A.weight`, matrixTensor(A)]);
    tensors.push([`${name}.lora_B.weight`, matrixTensor(B)]);
  }
  for (const [name, { shape, data }] of [...adapter.head, ...adapter.tensors]) {
    const module = moduleOf(name);
    const inLayer = adapted.has(module) ? name.replace(module, `${module}.base_layer`) : name;
    tensors.push([root + (isHeadOnly(name) ? "" : prefix) + inLayer, fromFloat32(shape, data)]);
  }
  const text = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const { method, task, fromModel } = adapter;
  const weights = encodeSafetensors(tensors, [["format", "pt"]]);
  const files = new Map([
    [adapterNames.config, text(writePeftConfig(adapter, ranks, baseModel))],
    [adapterNames.weights, weights],
    [adapterNames.settings, text(fromModel ? { method } : { method, task })],
  ]);
  const factorsFile = methodRow(adapter.method)?.factorsFile;
  if (factorsFile) files.set(factorsFile, encodeFactors(adapter.layers, weights));
  return files;
}

/** Whether it is beside the encoder: the pooler is the encoder's. */
const isHeadOnly = (name: string) => /^(pre_)?classifier\b/.test(name);

/**
 * An adapter out of PEFT's files, ours or PEFT's own: LoRA and rsLoRA, with ranks and alphas by
 * module, biases and whole modules that were trained too. What PEFT would do otherwise is refused.
 * With our factors beside them, they are taken, so that nothing is lost.
 *
 * @param given - bytes by file name, views of any kind; they are copied.
 * @param family - of the encoder that it is for.
 * @param source - the folder's name, for messages.
 * @throws FormatError when a file is missing or malformed, a key or a tensor of it is not
 *   understood, or factors do not fit together.
 */
export function loadAdapter(
  given: AdapterFiles,
  family: EncoderFamily,
  source = "adapter",
): Adapter {
  // Copies: an adapter is small, and its numbers must not change with the caller's memory.
  const files = new Map(
    Array.from(plainFiles("loadAdapter", "files", given), ([name, bytes]) => [
      name,
      copyBytes(bytes),
    ]),
  );
  checkFamily("loadAdapter", family);
  if (typeof source !== "string") refuse("loadAdapter", "source", source, "a string");
  const at = (name: string) => `${source}/${name}`;
  const file = (name: string) => {
    const bytes = files.get(name);
    if (!bytes) throw missing(name, files, source);
    return bytes;
  };
  const config = readPeftConfig(file(adapterNames.config), family, at(adapterNames.config));
  const path = at(adapterNames.weights);
  const { tensors: stored } = decodeSafetensors(file(adapterNames.weights), path);
  const { layers, head, tensors, inModel, depth } = sortTensors(stored, config, family, path);
  const settings = files.has(adapterNames.settings)
    ? parseJsonObject(file(adapterNames.settings), at(adapterNames.settings))
    : undefined;
  const savedTask = settings?.task;
  const factors = factorsIn(files, settings?.method);
  return {
    method: factors?.method ?? "lora",
    task:
      savedTask === undefined
        ? taskByHead(head, family)
        : checkedTask(savedTask, at(adapterNames.settings)),
    family,
    layers: factors
      ? decodeFactors(factors.bytes, layers, file(adapterNames.weights), at(factors.name))
      : layers,
    head,
    tensors,
    ...(savedTask === undefined && inModel && config.taskType !== "FEATURE_EXTRACTION"
      ? { fromModel: true }
      : {}),
    ...(depth === undefined ? {} : { depth }),
  };
}

/**
 * A method's own factors, where they are there. Those of another method than our file names were left
 * over when an adapter of this one was written into the folder.
 */
function factorsIn(files: AdapterFiles, named: unknown) {
  const candidates = methodNames.filter((name) => name === named);
  for (const method of candidates.length > 0 ? candidates : methodNames) {
    const name = methodRow(method)?.factorsFile;
    const bytes = name === undefined ? undefined : files.get(name);
    if (name !== undefined && bytes) return { method, name, bytes };
  }
  return undefined;
}

/** A file that is not there, and what may be there instead. */
function missing(name: string, files: AdapterFiles, source: string): FormatError {
  if (name === adapterNames.weights && files.has(adapterNames.pickle)) {
    const way = "PeftModel.from_pretrained(...).save_pretrained(...) of PEFT 0.7 or later";
    return new FormatError(
      `${source}/${adapterNames.pickle}`,
      `it is not read, for it is a Python pickle: ${way} writes ${name}`,
    );
  }
  const model = name === adapterNames.config && files.has("config.json");
  const found = model ? ": the folder holds a whole model, not an adapter" : "";
  return new FormatError(`${source}/${name}`, `it is missing${found}`);
}

/** What the head's size suggests; without one, embeddings. */
function taskByHead(head: ReadonlyMap<string, WeightTensor>, family: EncoderFamily): Task {
  const outputs = head.get(`${headLayers[family].output}.weight`);
  return outputs
    ? taskOfConfig({ num_labels: outputs.shape[0] }, outputs.shape[0], family)
    : { kind: "similarity" };
}

/** The task that our file gives. */
function checkedTask(savedTask: unknown, source: string): Task {
  const { kind, labels, range } = Object(savedTask) as Record<string, unknown>;
  if (kind === "regression" && isRange(range)) return { kind, range };
  if (kind === "similarity" || (kind === "regression" && range === undefined)) return { kind };
  if (
    (kind === "classification" || kind === "multi-label") &&
    Array.isArray(labels) &&
    labels.every((l) => typeof l === "string")
  ) {
    return { kind, labels };
  }
  const wanted = "it must be a regression, with or without a range, a similarity, or have labels";
  throw new FormatError(source, `task is ${kindOf(savedTask)}: ${wanted}`);
}
