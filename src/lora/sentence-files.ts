// The files that make an encoder a sentence-transformers model: modules.json and what it names. Each
// key is followed as sentence-transformers 6 does, or refused by name.

import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { type ModelFiles, pathIn, sentenceNames } from "../formats/model-files.js";
import { type ModuleEntry, moduleList } from "../formats/sentence-modules.js";
import { unexpected } from "../formats/strict-json.js";
import type { SentenceModule } from "../transformer/sentence.js";
import { readModule, SentenceFolder } from "./module-files.js";

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
  const folder = new SentenceFolder(files, transformer.path);
  const tokenizer = folder.json(inFolder(transformer.path, "tokenizer_config.json")) ?? {};
  const tokenizerLimit = limit(tokenizer.model_max_length);
  if (modulesFile === undefined) {
    const mean = { kind: "pooling", modes: ["mean"], includePrompt: true } as const;
    return {
      ...{ modules: [mean], normalize: true, maxTokens: tokenizerLimit, lowerCase: false, width },
      ...{ prompts: new Map(emptyPrompts), defaultPrompt: "" },
    };
  }
  const source = folder.at(sentenceNames.modules);
  const modules: SentenceModule[] = [];
  let current = width;
  for (const entry of rest as ModuleEntry[]) {
    const given = modules.length === 0 ? undefined : current;
    const [module, next] = readModule(folder, entry, given, width);
    if (module) modules.push(module);
    current = next;
  }
  if (modules.length === 0) throw new FormatError(source, "it has no Pooling: it embeds no texts");
  const settings = transformerSettings(folder, transformer.path);
  const { prompts, defaultPrompt, truncate = current } = promptsOf(folder);
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

/** sentence_bert_config.json, or a name that it had before. */
function transformerSettings(
  files: SentenceFolder,
  path: string,
): { maxTokens: number | undefined; lowerCase: boolean } {
  const name = sentenceNames.transformer
    .map((one) => inFolder(path, one))
    .find((one) => files.bytes(one) !== undefined);
  const json = (name === undefined ? undefined : files.json(name)) ?? {};
  const source = files.at(name ?? sentenceNames.transformer[0]);
  const refuse = (key: string, wanted: string): never => {
    throw unexpected(source, key, json[key], wanted);
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
function promptsOf(files: SentenceFolder) {
  const name = sentenceNames.config;
  const json = files.json(name) ?? {};
  const refuse = (key: string, wanted: string): never => {
    throw unexpected(files.at(name), key, json[key], wanted);
  };
  const { prompts: given = {}, default_prompt_name: chosen, truncate_dim: truncate } = json;
  const entries = Object.entries(Object(given ?? {}));
  if (entries.some(([, prompt]) => typeof prompt !== "string")) refuse("prompts", "texts by name");
  const prompts = new Map([...emptyPrompts, ...(entries as [string, string][])]);
  const isChosen = chosen !== undefined && chosen !== null;
  const defaultPrompt = isChosen ? prompts.get(chosen as string) : "";
  if (defaultPrompt === undefined) refuse("default_prompt_name", "the name of one of the prompts");
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

function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
