// Adapters in PEFT's layout: adapter_config.json and adapter_model.safetensors, under the names that
// the encoder with its head has in transformers ("base_model.model.bert.encoder.layer.0...").

import { quote } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { copyBytes } from "../formats/bytes.js";
import { crc32 } from "../formats/checksum.js";
import { FormatError } from "../formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.js";
import { fromFloat32, type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import { kindOf, parseJsonObject } from "../formats/strict-json.js";
import { Matrix } from "../linalg/matrix.js";
import type { EncoderFamily, NamedTensor } from "../transformer/config.js";
import { headLayers } from "../transformer/head.js";
import type { Adapter, NamedLayerAdapter, Task } from "./adapter.js";
import { checkAdapter, checkFamily, plainFiles, refuse } from "./check.js";
import { learnedRank, plainLora, singularValues } from "./layer-adapter.js";
import { taskOfConfig } from "./own-head.js";
import { readPeftConfig } from "./peft-config.js";
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
  /** Ours: Deep LoRA's own factors. */
  factors: "deep_lora.safetensors",
};

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
  if (adapter.method === "full") {
    throw new RangeError(
      `saveAdapter: the method ${adapter.method} trained the model itself: mergeAdapter writes it`,
    );
  }
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
    [adapterNames.config, text(peftConfig(adapter, ranks, baseModel))],
    [adapterNames.weights, weights],
    [adapterNames.settings, text(fromModel ? { method } : { method, task })],
  ]);
  if (adapter.method === "deep-lora")
    files.set(adapterNames.factors, encodeFactors(adapter, weights));
  return files;
}

/** Whether it brings a head of its own. */
const judges = ({ head, family }: Adapter) => head.has(`${headLayers[family].output}.weight`);

const moduleOf = (tensor: string) => tensor.replace(/\.\w+$/, "");
/** Whether it stands beside the encoder: the pooler is the encoder's. */
const isHeadOnly = (name: string) => /^(pre_)?classifier\b/.test(name);

/** What PEFT 0.21 reads; `r` is the most frequent rank, the others are in `rank_pattern`. */
function peftConfig(adapter: Adapter, ranks: Record<string, number>, baseModel?: string) {
  const all = Object.values(ranks);
  const times = (r: number) => all.filter((other) => other === r).length;
  const r = all.reduce((best, one) => (times(one) > times(best) ? one : best), all[0] ?? 8);
  const others = Object.entries(ranks).filter(([, one]) => one !== r);
  const pattern = Object.fromEntries(others.map(([name, one]) => [name, one]));
  const whole = [...adapter.tensors.keys()];
  const withWeight = whole.filter((name) => whole.includes(`${moduleOf(name)}.weight`));
  const headWeights = [...adapter.head.keys()].filter((name) => name.endsWith(".weight"));
  const modules = [
    ...(judges(adapter) ? headWeights.map((name) => name.split(".")[0]) : []),
    ...withWeight.map(moduleOf).filter((module) => !Object.hasOwn(ranks, module)),
  ];
  return {
    peft_type: "LORA",
    task_type: judges(adapter) ? "SEQ_CLS" : adapter.fromModel ? null : "FEATURE_EXTRACTION",
    base_model_name_or_path: baseModel ?? null,
    r,
    lora_alpha: r,
    rank_pattern: pattern,
    alpha_pattern: pattern,
    use_rslora: false,
    target_modules: adapter.layers.map(({ name }) => name),
    modules_to_save: modules.length > 0 ? [...new Set(modules)] : null,
    bias: whole.length > withWeight.length ? "all" : "none",
    fan_in_fan_out: false,
    lora_dropout: 0,
    inference_mode: true,
    init_lora_weights: true,
  };
}

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
  const told = settings?.task;
  // Left over where a plain adapter was written into the folder of a deep one.
  const native = settings?.method === "lora" ? undefined : files.get(adapterNames.factors);
  return {
    method: native ? "deep-lora" : "lora",
    task:
      told === undefined ? taskByHead(head, family) : checkedTask(told, at(adapterNames.settings)),
    family,
    layers: native
      ? decodeFactors(native, layers, file(adapterNames.weights), at(adapterNames.factors))
      : layers,
    head,
    tensors,
    ...(told === undefined && inModel && config.taskType !== "FEATURE_EXTRACTION"
      ? { fromModel: true }
      : {}),
    ...(depth === undefined ? {} : { depth }),
  };
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
function taskByHead(head: ReadonlyMap<string, NamedTensor>, family: EncoderFamily): Task {
  const outputs = head.get(`${headLayers[family].output}.weight`);
  return outputs
    ? taskOfConfig({ num_labels: outputs.shape[0] }, outputs.shape[0], family)
    : { kind: "similarity" };
}

/** The task that our file gives. */
function checkedTask(told: unknown, source: string): Task {
  const { kind, labels } = Object(told) as { kind?: unknown; labels?: unknown };
  if (kind === "regression" || kind === "similarity") return { kind };
  if (
    (kind === "classification" || kind === "multi-label") &&
    Array.isArray(labels) &&
    labels.every((l) => typeof l === "string")
  ) {
    return { kind, labels };
  }
  throw new FormatError(
    source,
    `task is ${kindOf(told)}: it must be a regression, a similarity, or have labels`,
  );
}

function matrixTensor(A: Matrix): StoredTensor {
  return fromFloat32([A.rows, A.cols], Float32Array.from(A.data));
}

/** Deep LoRA's factors, "LAYER.factor_0" first, the scales, and beside which weights they lie. */
function encodeFactors({ layers }: Adapter, weights: Uint8Array): Uint8Array<ArrayBuffer> {
  const tensors = layers.flatMap(({ name, factors }) =>
    factors.map((factor, i) => [`${name}.factor_${i}`, matrixTensor(factor)] as const),
  );
  const scales = Object.fromEntries(layers.map(({ name, scale }) => [name, scale]));
  return encodeSafetensors(tensors, [
    ["lowrank.scales", JSON.stringify(scales)],
    ["lowrank.weights", String(crc32(weights))],
  ]);
}

/** Our factors of the same layers that PEFT's file has. */
function decodeFactors(
  bytes: Uint8Array,
  plain: readonly NamedLayerAdapter[],
  weights: Uint8Array,
  source: string,
): NamedLayerAdapter[] {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  // PEFT writes its own files into the folder and leaves ours as they were.
  const beside = metadata.get("lowrank.weights");
  if (beside !== undefined && beside !== String(crc32(weights))) {
    throw new FormatError(
      source,
      `it was written beside another ${adapterNames.weights}: remove it if that one is newer`,
    );
  }
  const text = metadata.get("lowrank.scales") ?? "null";
  const scales = parseJsonObject(new TextEncoder().encode(text), source);
  const known = new Set(plain.map(({ name }) => name));
  const other =
    plain.find(({ name }) => !Object.hasOwn(scales, name))?.name ??
    Object.keys(scales).find((name) => !known.has(name));
  if (other !== undefined) {
    throw new FormatError(
      source,
      `only one of it and ${adapterNames.weights} has ${quote(other)}: the two must be of one adapter`,
    );
  }
  const used = new Set<string>();
  const layers = Object.entries(scales).map(([name, scale]) => {
    if (!Number.isFinite(scale)) {
      throw new FormatError(
        source,
        `the scale of ${name} is ${kindOf(scale)}: it must be a number`,
      );
    }
    const factors: Matrix[] = [];
    for (let i = 0; tensors.has(`${name}.factor_${i}`); i++) {
      const tensor = tensors.get(`${name}.factor_${i}`)!;
      used.add(`${name}.factor_${i}`);
      const [rows, cols] = tensor.shape;
      const before = factors[i - 1];
      if (tensor.shape.length !== 2 || (before && before.rows !== cols)) {
        throw new FormatError(
          source,
          `factor ${i} of ${name} is (${tensor.shape.join(", ")}): it must be a matrix that takes ` +
            "what the one before it gives",
        );
      }
      factors.push(new Matrix(rows, cols, toFiniteFloat32(tensor, name, source)));
    }
    if (factors.length < 2) {
      throw new FormatError(
        source,
        `${name} has ${factors.length} factors: it must have 2 or more`,
      );
    }
    return { name, factors, scale: scale as number };
  });
  const unread = [...tensors.keys()].find((key) => !used.has(key));
  if (unread === undefined) return layers;
  throw new FormatError(source, `tensor ${quote(unread)} is not a factor of a layer`);
}
