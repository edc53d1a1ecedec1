// One module of sentence-transformers from its files: what it computes, and how many numbers it gives.
import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { type ModelFiles, pathIn, sentenceNames } from "../formats/model-files.js";
import { decodeSafetensors } from "../formats/safetensors.js";
import type { ModuleEntry } from "../formats/sentence-modules.js";
import { type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import { kindOf, parseJsonObject, unexpected } from "../formats/strict-json.js";
import {
  denseActivations,
  type PoolingMode,
  poolingModes,
  type SentenceModule,
} from "../transformer/sentence.js";

type Json = Readonly<Record<string, unknown>>;

/** The files of a model, by their paths from its root. */
export class SentenceFolder {
  readonly #files: ModelFiles;

  /** @param encoder - the encoder's folder, which `files.folder` names. */
  constructor(files: ModelFiles, encoder: string) {
    const { folder, ...rest } = files;
    const ends = encoder !== "" && folder?.endsWith(encoder);
    const root = ends ? folder?.slice(0, -encoder.length) : folder;
    this.#files = root ? { ...rest, folder: root } : rest;
  }

  /** A file's name, for messages. */
  at(name: string): string {
    return pathIn(this.#files, name);
  }

  json(name: string): Json | undefined {
    const bytes = this.bytes(name);
    return bytes && parseJsonObject(bytes, this.at(name));
  }

  bytes(name: string): Uint8Array | undefined {
    return this.#files.others?.get(name);
  }
}

/** A module with the width that it gives; none for one that does nothing here. */
export function readModule(
  files: SentenceFolder,
  { type, path }: ModuleEntry,
  current: number | undefined,
  encoderWidth: number,
): [SentenceModule | undefined, number] {
  const name = `${path}/config.json`;
  if (type === "Pooling") {
    const json = files.json(name);
    if (!json) throw new FormatError(files.at(name), "it is missing: it says how to pool");
    const modes = poolingOf(json, files.at(name), encoderWidth);
    const includePrompt = flag(json, "include_prompt", true, files.at(name));
    return [{ kind: "pooling", modes, includePrompt }, modes.length * encoderWidth];
  }
  const known = ["Dense", "LayerNorm", "Normalize", "Dropout"];
  const source = files.at(sentenceNames.modules);
  if (!known.includes(type)) {
    const all = ["Transformer", "Pooling", ...known].join(", ");
    throw new FormatError(source, `it holds the module ${quote(type)}: known are ${all}`);
  }
  if (current === undefined) {
    throw new FormatError(source, `${quote(type)} comes before any Pooling: it must follow one`);
  }
  const json = files.json(name) ?? {};
  onlySentences(json, files.at(name));
  switch (type) {
    case "Dense":
      return readDense(files, json, path, current);
    case "LayerNorm": {
      const shapes = { "norm.weight": [current], "norm.bias": [current] };
      const [weight, bias] = readTensors(files, path, shapes).values();
      return [{ kind: "norm", weight, bias }, current];
    }
    case "Normalize":
      return [{ kind: "unit" }, current];
  }
  return [undefined, current];
}

function readDense(
  files: SentenceFolder,
  json: Json,
  path: string,
  width: number,
): [SentenceModule, number] {
  const source = files.at(`${path}/config.json`);
  const size = (key: string): number => {
    const value = json[key];
    if (Number.isInteger(value) && (value as number) >= 1) return value as number;
    throw unexpected(source, key, value, "an integer above 0");
  };
  const [cols, rows] = [size("in_features"), size("out_features")];
  if (cols !== width) {
    throw new FormatError(source, `in_features is ${cols}, and the vectors have ${width} numbers`);
  }
  const given = json.activation_function ?? "torch.nn.modules.activation.Tanh";
  const activation = denseActivations.find(
    (one) => typeof given === "string" && /^torch\.nn\./.test(given) && given.endsWith(`.${one}`),
  );
  if (!activation || json.activation_function === null) {
    const known = denseActivations.map((one) => `torch.nn.${one}`).join(", ");
    const is = kindOf(json.activation_function);
    throw new FormatError(source, `activation_function is ${is}: known are ${known}`);
  }
  const hasBias = flag(json, "bias", true, source);
  const hasResidual = flag(json, "use_residual", false, source);
  const tensors = readTensors(files, path, {
    "linear.weight": [rows, cols],
    ...(hasBias ? { "linear.bias": [rows] } : {}),
    ...(hasResidual && rows !== cols ? { "residual.weight": [rows, cols] } : {}),
  });
  const matrix = (name: string) => ({ rows, cols, data: tensors.get(name)! });
  const projected = rows === cols ? "input" : matrix("residual.weight");
  const residual = hasResidual ? projected : undefined;
  const weight = matrix("linear.weight");
  const bias = tensors.get("linear.bias");
  return [{ kind: "dense", weight, bias, activation, residual }, rows];
}

/** All tensors of a module's file, which must be these. */
function readTensors(
  files: SentenceFolder,
  path: string,
  shapes: Record<string, number[]>,
): Map<string, Float32Array> {
  const name = `${path}/model.safetensors`;
  const source = files.at(name);
  const bytes = files.bytes(name);
  if (!bytes) {
    const remedy = "save(..., safe_serialization=True) of sentence-transformers writes it";
    throw new FormatError(source, `it is missing: ${remedy}`);
  }
  const { tensors } = decodeSafetensors(bytes, source);
  for (const found of tensors.keys()) {
    if (Object.hasOwn(shapes, found)) continue;
    throw new FormatError(source, `tensor ${quote(found)} has no place in this module`);
  }
  const take = ([tensor, shape]: [string, number[]]): [string, Float32Array] => {
    const found: StoredTensor | undefined = tensors.get(tensor);
    if (found?.shape.join() === shape.join()) {
      return [tensor, toFiniteFloat32(found, tensor, source)];
    }
    const is = found ? found.shape.join(" x ") : "missing";
    throw new FormatError(source, `${tensor} is ${is}: it must be ${shape.join(" x ")}`);
  };
  return new Map(Object.entries(shapes).map(take));
}

/** @throws FormatError when a module works on something else than the pooled vectors. */
function onlySentences(json: Json, source: string): void {
  for (const key of ["module_input_name", "module_output_name"]) {
    const value = json[key] ?? "sentence_embedding";
    if (value === "sentence_embedding") continue;
    throw unexpected(source, key, value, '"sentence_embedding"');
  }
}

function flag(json: Json, key: string, fallback: boolean, source: string): boolean {
  const value = json[key] ?? fallback;
  if (typeof value === "boolean") return value;
  throw unexpected(source, key, value, "true or false");
}

/** The old flags, in the order in which their vectors are joined: that of `poolingModes`. */
const oldFlags: Record<string, PoolingMode> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean_sqrt_len_tokens",
  pooling_mode_weightedmean_tokens: "weightedmean",
  pooling_mode_lasttoken: "lasttoken",
};

function poolingOf(json: Json, source: string, width: number): PoolingMode[] {
  const sizes = ["embedding_dimension", "word_embedding_dimension"];
  const known = [...sizes, "pooling_mode", "include_prompt", ...Object.keys(oldFlags)];
  const other = Object.keys(json).find((key) => !known.includes(key));
  if (other !== undefined) {
    throw new FormatError(source, `it holds ${quote(other)}, which is not understood`);
  }
  const size = sizes.map((key) => json[key]).find((value) => value !== undefined);
  if (size !== width) {
    const is = kindOf(size);
    throw new FormatError(
      source,
      `embedding_dimension is ${is}: the encoder gives ${width} numbers`,
    );
  }
  const flags = Object.entries(oldFlags).filter(([key]) => flag(json, key, false, source));
  if (!("pooling_mode" in json)) {
    const modes = flags.map(([, mode]) => mode);
    return modes.length === 0 ? ["mean"] : modes;
  }
  const modes = [json.pooling_mode].flat();
  const isMode = (mode: unknown): mode is PoolingMode => poolingModes.includes(mode as PoolingMode);
  if (modes.length > 0 && modes.every(isMode)) return modes;
  const is = modes.length === 0 ? "empty" : kindOf(modes.find((mode) => !isMode(mode)));
  const wanted = poolingModes.join(", ");
  throw new FormatError(source, `pooling_mode is ${is}: it must be ${wanted}, or several`);
}
