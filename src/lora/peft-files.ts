// Adapters in PEFT's layout: adapter_config.json and adapter_model.safetensors, under the names that
// the encoder with its head has in transformers ("base_model.model.bert.encoder.layer.0...").
import { copyBytes } from "../io/bytes.js";
import { FormatError } from "../io/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.js";
import { fromFloat32, type StoredTensor, toFiniteFloat32 } from "../io/stored-tensor.js";
import { kindOf, parseJsonObject } from "../io/strict-json.js";
import { checkInteger, checkObject } from "../linalg/check-option.js";
import { quote } from "../linalg/describe.js";
import { Matrix } from "../linalg/matrix.js";
import type { EncoderFamily, NamedTensor } from "../transformer/config.js";
import type { Adapter, NamedLayerAdapter, Task } from "./adapter.js";
import { checkAdapter, checkFamily, plainFiles } from "./check.js";
import { learnedRank, plainLora, singularValues } from "./layer-adapter.js";
import { readPeftConfig, scaleOf } from "./peft-config.js";

/** The files of an adapter, by name. */
export type AdapterFiles = ReadonlyMap<string, Uint8Array>;

export const adapterNames = {
  config: "adapter_config.json",
  weights: "adapter_model.safetensors",
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

const root = "base_model.model.";

/**
 * An adapter as PEFT's files. Deep LoRA is written as plain LoRA, exactly unless a rank is asked for;
 * its own factors lie beside, in a file that PEFT does not read. The scale is 1: it is multiplied
 * into B. Modules of the head go to `modules_to_save`.
 *
 * @throws RangeError for a method without an adapter ("full"), or a rank that is no integer > 0.
 */
export function saveAdapter(
  adapter: Adapter,
  options: SaveAdapterOptions = {},
): Map<string, Uint8Array<ArrayBuffer>> {
  checkAdapter("saveAdapter", adapter);
  checkObject("saveAdapter", "options", options);
  const { rank, baseModel } = options;
  if (rank !== undefined && rank !== "learned") checkInteger("saveAdapter", "rank", rank, 1);
  if (adapter.tensors.size > 0) {
    throw new RangeError(
      `saveAdapter: the method ${adapter.method} trained the model itself: mergeAdapter writes it`,
    );
  }
  // Under a head the encoder has a name in transformers, alone it has none.
  const prefix = adapter.head.size > 0 ? `${adapter.family}.` : "";
  const tensors: [string, StoredTensor][] = [];
  const ranks: Record<string, number> = {};
  for (const layer of adapter.layers) {
    const kept = rank === "learned" ? learnedRank(singularValues(layer)) : rank;
    // PEFT has no rank 0: a layer that learned nothing has a direction of no weight.
    const { A, B, scale } = plainLora(layer, kept === undefined ? undefined : Math.max(1, kept));
    for (let i = 0; i < B.data.length; i++) B.data[i] *= scale;
    const name = root + prefix + layer.name;
    ranks[layer.name] = A.rows;
    tensors.push([`${name}.lora_A.weight`, matrixTensor(A)]);
    tensors.push([`${name}.lora_B.weight`, matrixTensor(B)]);
  }
  for (const [name, { shape, data }] of adapter.head) {
    const place = name.startsWith("pooler.") ? prefix + name : name;
    tensors.push([root + place, fromFloat32(shape, data)]);
  }
  const text = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const files = new Map([
    [adapterNames.config, text(peftConfig(adapter, ranks, baseModel))],
    [adapterNames.weights, encodeSafetensors(tensors, [["format", "pt"]])],
    [adapterNames.settings, text({ method: adapter.method, task: adapter.task })],
  ]);
  if (adapter.method === "deep-lora") files.set(adapterNames.factors, encodeFactors(adapter));
  return files;
}

/** What PEFT 0.21 reads; `r` is the most frequent rank, the others stand in `rank_pattern`. */
function peftConfig(adapter: Adapter, ranks: Record<string, number>, baseModel?: string) {
  const all = Object.values(ranks);
  const times = (r: number) => all.filter((other) => other === r).length;
  const r = all.reduce((best, one) => (times(one) > times(best) ? one : best), all[0] ?? 8);
  const others = Object.entries(ranks).filter(([, one]) => one !== r);
  const pattern = Object.fromEntries(others.map(([name, one]) => [name, one]));
  const modules = [...adapter.head.keys()].map((name) => name.split(".")[0]);
  return {
    peft_type: "LORA",
    task_type: adapter.head.size > 0 ? "SEQ_CLS" : "FEATURE_EXTRACTION",
    base_model_name_or_path: baseModel ?? null,
    r,
    lora_alpha: r,
    rank_pattern: pattern,
    alpha_pattern: pattern,
    use_rslora: false,
    target_modules: adapter.layers.map(({ name }) => name),
    modules_to_save: modules.length > 0 ? [...new Set(modules)] : null,
    bias: "none",
    fan_in_fan_out: false,
    lora_dropout: 0,
    inference_mode: true,
    init_lora_weights: true,
  };
}

/**
 * An adapter out of PEFT's files, ours or PEFT's own: LoRA and rsLoRA, with ranks and alphas by
 * module. With our factors beside them, they are taken, so that nothing is lost.
 *
 * @param given - bytes by file name, views of any kind; they are copied.
 * @param family - of the encoder that it will stand on.
 * @param source - the folder's name, for messages.
 * @throws FormatError when a file is missing or malformed, the kind of adapter is another, or
 *   factors do not fit together.
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
  const at = (name: string) => `${source}/${name}`;
  const file = (name: string) => {
    const bytes = files.get(name);
    if (!bytes) throw new FormatError(at(name), "it is missing");
    return bytes;
  };
  const config = readPeftConfig(file(adapterNames.config), at(adapterNames.config));
  const path = at(adapterNames.weights);
  const { tensors } = decodeSafetensors(file(adapterNames.weights), path);
  const pairs = new Map<string, { A?: Matrix; B?: Matrix }>();
  const head = new Map<string, NamedTensor>();
  for (const [key, tensor] of tensors) {
    const name = key.replace(/^base_model\.model\./, "").replace(new RegExp(`^${family}\\.`), "");
    const [, layer, side] = /^(.+)\.lora_([AB])\.weight$/.exec(name) ?? [];
    const data = toFiniteFloat32(tensor, key, path);
    if (layer === undefined) {
      if (/lora_|dora|magnitude/.test(name)) {
        throw new FormatError(path, `tensor ${quote(key)} is of an adapter of another kind`);
      }
      head.set(name, { shape: tensor.shape, data });
      continue;
    }
    const [rows, cols] = tensor.shape;
    if (tensor.shape.length !== 2) {
      throw new FormatError(
        path,
        `tensor ${quote(key)} is no matrix: (${tensor.shape.join(", ")})`,
      );
    }
    const pair = pairs.get(layer) ?? {};
    pair[side as "A" | "B"] = new Matrix(rows, cols, data);
    pairs.set(layer, pair);
  }
  const plain = Array.from(pairs, ([name, { A, B }]): NamedLayerAdapter => {
    if (!A || !B || A.rows !== B.cols) {
      const shape = (M?: Matrix) => (M ? `${M.rows} x ${M.cols}` : "missing");
      throw new FormatError(
        path,
        `of ${name}, lora_A is ${shape(A)} and lora_B is ${shape(B)}: ` +
          "there must be both, with the same rank",
      );
    }
    return { name, factors: [A, B], scale: scaleOf(config, name, A.rows) };
  });
  const settings = files.has(adapterNames.settings)
    ? parseJsonObject(file(adapterNames.settings), at(adapterNames.settings))
    : undefined;
  const native = files.get(adapterNames.factors);
  return {
    method: native ? "deep-lora" : "lora",
    task: taskOf(settings?.task, head, at(adapterNames.settings)),
    family,
    layers: native ? decodeFactors(native, at(adapterNames.factors)) : plain,
    head,
    tensors: new Map(),
  };
}

/** The task that our file tells, or what the head's size suggests; without one, embeddings. */
function taskOf(told: unknown, head: ReadonlyMap<string, NamedTensor>, source: string): Task {
  if (told === undefined) {
    const outputs = head.get("classifier.weight") ?? head.get("classifier.out_proj.weight");
    if (!outputs) return { kind: "similarity" };
    const count = outputs.shape[0];
    if (count === 1) return { kind: "regression" };
    return {
      kind: "classification",
      labels: Array.from({ length: count }, (_, i) => `LABEL_${i}`),
    };
  }
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

/** Deep LoRA's factors, "LAYER.factor_0" first, and the scales. */
function encodeFactors({ layers }: Adapter): Uint8Array<ArrayBuffer> {
  const tensors = layers.flatMap(({ name, factors }) =>
    factors.map((factor, i) => [`${name}.factor_${i}`, matrixTensor(factor)] as const),
  );
  const scales = Object.fromEntries(layers.map(({ name, scale }) => [name, scale]));
  return encodeSafetensors(tensors, [["lowrank.scales", JSON.stringify(scales)]]);
}

function decodeFactors(bytes: Uint8Array, source: string): NamedLayerAdapter[] {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const text = metadata.get("lowrank.scales") ?? "null";
  const scales = parseJsonObject(new TextEncoder().encode(text), source);
  return Object.entries(scales).map(([name, scale]) => {
    if (!Number.isFinite(scale)) {
      throw new FormatError(
        source,
        `the scale of ${name} is ${kindOf(scale)}: it must be a number`,
      );
    }
    const factors: Matrix[] = [];
    for (let i = 0; tensors.has(`${name}.factor_${i}`); i++) {
      const tensor = tensors.get(`${name}.factor_${i}`)!;
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
}
