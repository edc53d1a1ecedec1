// The files that make an encoder a sentence-transformers model: modules.json and what it names. Each
// key is followed as sentence-transformers 6 does, or refused by name.

import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { type ModelFiles, pathIn, sentenceNames } from "../formats/model-files.js";
import { decodeSafetensors } from "../formats/safetensors.js";
import { type ModuleEntry, moduleList } from "../formats/sentence-modules.js";
import { type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import { kindOf, parseJsonObject } from "../formats/strict-json.js";
import {
  denseActivations,
  type PoolingMode,
  poolingModes,
  type SentenceModule,
} from "../transformer/sentence.js";

/** How a model embeds texts. */
export interface SentenceConfig {
  readonly modules: readonly SentenceModule[];
  /** Whether vectors have the length 1 unless it is asked otherwise. */
  readonly normalize: boolean;
  /** Longer texts are cut; undefined: at the encoder's own limit. */
  readonly maxTokens: number | undefined;
  readonly lowerCase: boolean;
  /** What is put before the texts, by name. */
  readonly prompts: ReadonlyMap<string, string>;
  readonly defaultPrompt: string;
  /** Numbers of a vector. */
  readonly width: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * @param width - of the encoder.
 * @throws FormatError that names the file and the key or the module which is not understood.
 */
export function readSentenceConfig(files: ModelFiles, width: number): SentenceConfig {
  const modulesFile = files.others?.get(sentenceNames.modules);
  const [transformer, ...rest] =
    modulesFile === undefined
      ? [{ path: "" }]
      : moduleList(modulesFile, pathIn(files, sentenceNames.modules));
  const read = new Reader(files, transformer.path);
  const tokenizer = read.json(inFolder(transformer.path, "tokenizer_config.json")) ?? {};
  const tokenizerLimit = limit(tokenizer.model_max_length);
  if (modulesFile === undefined) {
    const mean = { kind: "pooling", modes: ["mean"], includePrompt: true } as const;
    return {
      ...{ modules: [mean], normalize: true, maxTokens: tokenizerLimit, lowerCase: false, width },
      ...{ prompts: new Map(emptyPrompts), defaultPrompt: "" },
    };
  }
  const source = read.at(sentenceNames.modules);
  const modules: SentenceModule[] = [];
  let current = width;
  for (const { type, path } of rest as ModuleEntry[]) {
    const [module, next] = read.module(
      type,
      path,
      modules.length === 0 ? undefined : current,
      width,
    );
    if (module) modules.push(module);
    current = next;
  }
  if (modules.length === 0) throw new FormatError(source, "it has no Pooling: it embeds no texts");
  const settings = read.transformer(transformer.path);
  const { prompts, defaultPrompt, truncate = current } = read.prompts();
  if (truncate < current) modules.push(firstNumbers(truncate, current));
  const ends = modules.at(-1)?.kind === "unit";
  return {
    modules: ends ? modules.slice(0, -1) : modules,
    normalize: ends,
    maxTokens: settings.maxTokens ?? tokenizerLimit,
    lowerCase: settings.lowerCase,
    ...{ prompts, defaultPrompt, width: Math.min(truncate, current) },
  };
}

/** The prompts that every model of sentence-transformers has. */
const emptyPrompts: [string, string][] = [
  ["query", ""],
  ["document", ""],
];

/** Keeps the first `rows` of `cols` numbers: a matrix of ones and zeros, which rounds nothing. */
function firstNumbers(rows: number, cols: number): SentenceModule {
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) data[i * cols + i] = 1;
  const weight = { rows, cols, data };
  return { kind: "dense", weight, bias: undefined, activation: "Identity", residual: undefined };
}

/** transformers writes 1e30 where a tokenizer has no limit. */
function limit(value: unknown): number | undefined {
  return typeof value === "number" && value >= 1 && value < 2 ** 31 ? Math.floor(value) : undefined;
}

/** Settings of the Transformer module that change nothing about embedding a text. */
const harmless = ["unpad_inputs", "query_length", "document_length", "query_expansion"];
/** Arguments to transformers that change nothing about the numbers but their rounding. */
const harmlessArguments = ["torch_dtype", "dtype", "attn_implementation", "trust_remote_code"];

class Reader {
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
    const bytes = this.#files.others?.get(name);
    return bytes && parseJsonObject(bytes, this.at(name));
  }

  /** A module with the width that it gives; none for one that does nothing here. */
  module(
    type: string,
    path: string,
    current: number | undefined,
    encoderWidth: number,
  ): [SentenceModule | undefined, number] {
    const name = `${path}/config.json`;
    if (type === "Pooling") {
      const json = this.json(name);
      if (!json) throw new FormatError(this.at(name), "it is missing: it says how to pool");
      const modes = poolingOf(json, this.at(name), encoderWidth);
      const includePrompt = flag(json, "include_prompt", true, this.at(name));
      return [{ kind: "pooling", modes, includePrompt }, modes.length * encoderWidth];
    }
    const known = ["Dense", "LayerNorm", "Normalize", "Dropout"];
    const source = this.at(sentenceNames.modules);
    if (!known.includes(type)) {
      const all = ["Transformer", "Pooling", ...known].join(", ");
      throw new FormatError(source, `it holds the module ${quote(type)}: known are ${all}`);
    }
    if (current === undefined) {
      throw new FormatError(source, `${quote(type)} comes before any Pooling: it must follow one`);
    }
    const json = this.json(name) ?? {};
    onlySentences(json, this.at(name));
    switch (type) {
      case "Dense":
        return this.#dense(json, path, current);
      case "LayerNorm": {
        const tensors = this.#tensors(path, { "norm.weight": [current], "norm.bias": [current] });
        const [weight, bias] = [tensors.get("norm.weight")!, tensors.get("norm.bias")!];
        return [{ kind: "norm", weight, bias }, current];
      }
      case "Normalize":
        return [{ kind: "unit" }, current];
    }
    return [undefined, current];
  }

  #dense(json: Json, path: string, width: number): [SentenceModule, number] {
    const source = this.at(`${path}/config.json`);
    const size = (key: string): number => {
      const value = json[key];
      if (Number.isInteger(value) && (value as number) >= 1) return value as number;
      throw new FormatError(source, `${key} is ${kindOf(value)}: it must be an integer above 0`);
    };
    const [cols, rows] = [size("in_features"), size("out_features")];
    if (cols !== width) {
      throw new FormatError(
        source,
        `in_features is ${cols}, and the vectors have ${width} numbers`,
      );
    }
    const given = json.activation_function ?? "torch.nn.modules.activation.Tanh";
    const activation = denseActivations.find(
      (one) => typeof given === "string" && /^torch\.nn\./.test(given) && given.endsWith(`.${one}`),
    );
    if (!activation || json.activation_function === null) {
      const known = denseActivations.map((one) => `torch.nn.${one}`).join(", ");
      throw new FormatError(
        source,
        `activation_function is ${kindOf(json.activation_function)}: known are ${known}`,
      );
    }
    const hasBias = flag(json, "bias", true, source);
    const hasResidual = flag(json, "use_residual", false, source);
    const tensors = this.#tensors(path, {
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
  #tensors(path: string, shapes: Record<string, number[]>): Map<string, Float32Array> {
    const name = `${path}/model.safetensors`;
    const source = this.at(name);
    const bytes = this.#files.others?.get(name);
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

  /** sentence_bert_config.json, or a name that it had before. */
  transformer(path: string): { maxTokens: number | undefined; lowerCase: boolean } {
    const name = sentenceNames.transformer
      .map((one) => inFolder(path, one))
      .find((one) => this.#files.others?.has(one));
    const json = (name === undefined ? undefined : this.json(name)) ?? {};
    const source = this.at(name ?? sentenceNames.transformer[0]);
    const refuse = (key: string, wanted: string): never => {
      throw new FormatError(source, `${key} is ${kindOf(json[key])}: it must be ${wanted}`);
    };
    for (const key of Object.keys(json)) {
      const value = json[key];
      if (value === null || harmless.includes(key)) continue;
      if (/^(model|config|tokenizer|processor|processing)_(args|kwargs)$/.test(key)) {
        const other = Object.keys(Object(value)).find((one) => !harmlessArguments.includes(one));
        if (other === undefined) continue;
        throw new FormatError(source, `${key} holds ${quote(other)}, which is not understood`);
      }
      switch (key) {
        case "max_seq_length":
          if (!Number.isInteger(value) || (value as number) < 1) refuse(key, "an integer above 0");
          break;
        case "do_lower_case":
          if (typeof value !== "boolean") refuse(key, "true or false");
          break;
        case "transformer_task":
          if (value !== "feature-extraction") refuse(key, '"feature-extraction"');
          break;
        case "module_output_name":
          if (value !== "token_embeddings") refuse(key, '"token_embeddings"');
          break;
        case "modality_config": {
          const { method, method_output_name: output } = Object(Object(value).text);
          const [last, ...more] = [output].flat();
          const isLast = last === "last_hidden_state" && more.length === 0;
          if (method !== "forward" || !isLast) refuse(key, "the last hidden state of texts");
          break;
        }
        default:
          throw new FormatError(source, `it holds ${quote(key)}, which is not understood`);
      }
    }
    const maxTokens = limit(json.max_seq_length);
    return { maxTokens, lowerCase: json.do_lower_case === true };
  }

  /** config_sentence_transformers.json. */
  prompts() {
    const name = sentenceNames.config;
    const json = this.json(name) ?? {};
    const refuse = (key: string, wanted: string): never => {
      throw new FormatError(this.at(name), `${key} is ${kindOf(json[key])}: it must be ${wanted}`);
    };
    const { prompts: given = {}, default_prompt_name: chosen, truncate_dim: truncate } = json;
    const entries = Object.entries(Object(given ?? {}));
    if (entries.some(([, prompt]) => typeof prompt !== "string"))
      refuse("prompts", "texts by name");
    const prompts = new Map([...emptyPrompts, ...(entries as [string, string][])]);
    const isChosen = chosen !== undefined && chosen !== null;
    const defaultPrompt = isChosen ? prompts.get(chosen as string) : "";
    if (defaultPrompt === undefined)
      refuse("default_prompt_name", "the name of one of the prompts");
    const isCut = truncate !== undefined && truncate !== null;
    if (isCut && !(Number.isInteger(truncate) && (truncate as number) >= 1)) {
      refuse("truncate_dim", "an integer above 0");
    }
    return {
      prompts,
      defaultPrompt: defaultPrompt!,
      truncate: isCut ? (truncate as number) : undefined,
    };
  }
}

function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** @throws FormatError when a module works on something else than the pooled vectors. */
function onlySentences(json: Json, source: string): void {
  for (const key of ["module_input_name", "module_output_name"]) {
    const value = json[key] ?? "sentence_embedding";
    if (value === "sentence_embedding") continue;
    throw new FormatError(source, `${key} is ${kindOf(value)}: it must be "sentence_embedding"`);
  }
}

function flag(json: Json, key: string, fallback: boolean, source: string): boolean {
  const value = json[key] ?? fallback;
  if (typeof value === "boolean") return value;
  throw new FormatError(source, `${key} is ${kindOf(value)}: it must be true or false`);
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
  const odd = modes.find((mode) => !isMode(mode));
  throw new FormatError(
    source,
    `pooling_mode is ${modes.length === 0 ? "empty" : kindOf(odd)}: it must be ${poolingModes.join(", ")}, or several`,
  );
}
