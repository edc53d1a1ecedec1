// An encoder with its tokenizer: from texts to vectors, with or without an adapter on it.

import { shortest } from "../autograd/rows.js";
import { type Tape, withTape } from "../autograd/tape.js";
import { describe, listNames } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import { checkBoolean, checkInteger } from "../check/values.js";
import { type ModelFiles, pathIn } from "../formats/model-files.js";
import { parseJsonObject } from "../formats/strict-json.js";
import { TextTokenizer } from "../formats/tokenizer.js";
import { Matrix } from "../linalg/matrix.js";
import { type Batch, packBatch, type TokenSequence } from "../transformer/batch.js";
import type { EncoderConfig } from "../transformer/config.js";
import { Encoder } from "../transformer/encoder.js";
import { sentenceVectors } from "../transformer/sentence.js";
import { checkBatchSize, checkFinite, defaultBatchSize, refuse } from "./check.js";
import { readSentenceConfig, type SentenceConfig } from "./sentence-files.js";
import {
  checkText,
  type GivenText,
  type GivenTexts,
  readTexts,
  type TextInput,
} from "./text-input.js";

export interface EmbedOptions {
  /**
   * Whether vectors are brought to the length 1; false leaves them as they are, also where the
   * model ends with Normalize. @defaultValue as the model's modules say; true without modules
   */
  normalize?: boolean;
  /** Texts that are computed at a time. @defaultValue 32 */
  batchSize?: number;
  /** Longer texts are cut. @defaultValue the model's own limit */
  maxTokens?: number;
  /** A text that is put before each. @defaultValue the model's default prompt, mostly none */
  prompt?: string;
  /** One of the model's prompts by its name, such as "query". */
  promptName?: string;
}

const embedOptions: OptionNames<EmbedOptions> = {
  ...{ normalize: true, batchSize: true, maxTokens: true, prompt: true, promptName: true },
};

export class TextModel {
  readonly #tokenizer: TextTokenizer | undefined;
  /** Whether the encoder takes which of two texts a token is of. */
  readonly #segments: boolean;
  #sentence: { config: SentenceConfig; tokenizer: TextTokenizer | undefined } | undefined;

  /** @internal */
  constructor(
    readonly encoder: Encoder,
    /** The parsed config.json. */
    readonly config: Readonly<Record<string, unknown>>,
    /** The files it was made of; `mergeAdapter` writes them anew. */
    readonly files: ModelFiles,
    tokenizer: TextTokenizer | undefined,
  ) {
    this.#tokenizer = tokenizer;
    this.#segments = givesSegments(encoder.config, files);
  }

  /**
   * Token ids of a text or a pair, special tokens included, cut to `maxTokens`.
   *
   * @throws RangeError when the model came without a tokenizer; TypeError when it is not a text.
   */
  tokenize(input: GivenText, maxTokens = this.encoder.config.maxTokens): TokenSequence {
    const text = typeof input === "string" ? { text: input } : input;
    checkText("tokenize", "text", text);
    checkInteger("tokenize", "maxTokens", maxTokens, 1);
    return this.tokens(text, maxTokens);
  }

  /** `tokenize` without its checks. @internal */
  tokens(input: TextInput, maxTokens: number): TokenSequence {
    return this.#encode(this.#tokenizer, input, maxTokens);
  }

  #encode(
    tokenizer: TextTokenizer | undefined,
    { text, pair }: TextInput,
    maxTokens: number,
  ): TokenSequence {
    if (!tokenizer) throw new RangeError("tokenize: the model came without tokenizer.json");
    const longest = Math.min(maxTokens, this.encoder.config.maxTokens);
    const { ids, typeIds } = tokenizer.encode(text, pair, longest);
    return this.#segments ? { ids, types: typeIds } : { ids };
  }

  /**
   * How the model's files say that texts become vectors.
   *
   * @throws FormatError when they say what is not understood.
   * @internal
   */
  get sentence(): SentenceConfig {
    return this.#embedding().config;
  }

  #embedding() {
    if (this.#sentence) return this.#sentence;
    const { files } = this;
    const config = readSentenceConfig(files, this.encoder.config.width);
    const lowers = config.lowerCase && files.tokenizer !== undefined;
    const tokenizer = lowers ? lowerCased(files) : this.#tokenizer;
    this.#sentence = { config, tokenizer };
    return this.#sentence;
  }

  /**
   * As `tokenize`, of a text that is to become a vector: with a prompt before it.
   *
   * @param prompt - left out: the model's default.
   * @internal
   */
  tokenizeSentence(
    { text, pair }: TextInput,
    maxTokens: number,
    prompt = this.sentence.defaultPrompt,
  ): TokenSequence {
    const { tokenizer } = this.#embedding();
    return this.#encode(tokenizer, { text: prompt + text, pair }, maxTokens);
  }

  /** How many tokens at the start of every text the prompt takes. @internal */
  promptTokens(maxTokens: number, prompt = this.sentence.defaultPrompt): number {
    if (prompt === "") return 0;
    const [alone, empty] = [prompt, ""].map(
      (text) => this.tokenizeSentence({ text }, maxTokens, "").ids,
    );
    // As sentence-transformers counts them: a special token at the end is not the prompt's.
    const ends = empty.length > 0 && alone[alone.length - 1] === empty[empty.length - 1];
    return alone.length - (ends ? 1 : 0);
  }

  /** Texts side by side, as the encoder takes them. */
  batch(given: GivenTexts, maxTokens = this.encoder.config.maxTokens): Batch {
    const texts = readTexts("batch", "text", given);
    checkInteger("batch", "maxTokens", maxTokens, 1);
    return packBatch(
      this.encoder.config,
      texts.map((text) => this.tokens(text, maxTokens)),
    );
  }

  /**
   * Sentence embeddings of a string, or of a list of strings or `{ text }`, one row of the result a text: what the modules of sentence-transformers
   * beside the model make of the last hidden states; without them their mean, of length 1.
   *
   * @throws TypeError when one of them is not a text; RangeError when an option is out of range, or
   * a vector is not of finite numbers; FormatError when a module is not understood.
   */
  embed(input: GivenTexts, options: EmbedOptions = {}): Matrix {
    const given = readOptions("embed", options, embedOptions);
    const { modules, width, prompts, ...defaults } = this.sentence;
    const { normalize = defaults.normalize, batchSize = defaultBatchSize, promptName } = given;
    const texts = readTexts("embed", "text", input);
    checkBatchSize("embed", batchSize);
    checkBoolean("embed", "normalize", normalize);
    const maxTokens = given.maxTokens ?? defaults.maxTokens ?? this.encoder.config.maxTokens;
    checkInteger("embed", "maxTokens", maxTokens, 1);
    const named = promptName === undefined ? defaults.defaultPrompt : prompts.get(promptName);
    const prompt = given.prompt ?? named;
    if (typeof prompt !== "string") {
      const [name, is] = prompt === undefined ? ["promptName", promptName] : ["prompt", prompt];
      const wanted = prompt === undefined ? `one of ${listNames([...prompts.keys()])}` : "a string";
      throw new RangeError(`embed: ${name} is ${describe(is)}: it must be ${wanted}`);
    }
    const promptTokens = this.promptTokens(maxTokens, prompt);
    const { job, dtype } = this.encoder;
    const result = Matrix.zeros(texts.length, width, { dtype });
    for (let start = 0; start < texts.length; start += batchSize) {
      const some = texts.slice(start, start + batchSize);
      const batch = packBatch(
        this.encoder.config,
        some.map((text) => this.tokenizeSentence(text, maxTokens, prompt)),
      );
      const pool = (tape: Tape) => {
        const pooled = sentenceVectors(modules, tape, this.encoder, batch, promptTokens);
        result.data.set(pooled.view(), start * width);
      };
      withTape(job, dtype, pool, { recording: false });
    }
    checkFinite("embed", "vector", result);
    if (normalize) for (let i = 0; i < result.rows; i++) toUnitLength(result.row(i));
    return result;
  }
}

/**
 * Whether transformers' tokenizer hands segments on: as its file says (`model_input_names`), or as
 * its class does. BERT's own does, those of the other families and the general one of version 5 do
 * not.
 */
function givesSegments({ family, tokenTypes }: EncoderConfig, files: ModelFiles): boolean {
  // The encoder's, wherever its folder is.
  const settings = /(^|\/)tokenizer_config\.json$/;
  const [name, bytes] = [...(files.others ?? [])].find(([path]) => settings.test(path)) ?? [];
  const json = bytes ? parseJsonObject(bytes, name!) : {};
  const { model_input_names: names, tokenizer_class: kind } = json;
  if (Array.isArray(names)) return tokenTypes > 0 && names.includes("token_type_ids");
  return family === "bert" && kind !== "TokenizersBackend";
}

/** The tokenizer with a normalizer before its own that makes letters small, unless it has one. */
function lowerCased(files: ModelFiles): TextTokenizer {
  const source = pathIn(files, "tokenizer.json");
  const json = parseJsonObject(files.tokenizer!, source);
  const old = Object(json.normalizer) as { type?: unknown; normalizers?: unknown };
  const own = old.type === "Sequence" && Array.isArray(old.normalizers) ? old.normalizers : [old];
  const kept = own.filter((one: unknown) => Object(one).type !== undefined);
  const has = kept.some((one: unknown) => Object(one).type === "Lowercase");
  const normalizers = has ? kept : [{ type: "Lowercase" }, ...kept];
  const changed = { ...json, normalizer: { type: "Sequence", normalizers } };
  return new TextTokenizer(new TextEncoder().encode(JSON.stringify(changed)), source);
}

function toUnitLength(row: Float32Array | Float64Array): void {
  let square = 0;
  for (const value of row) square += value * value;
  const length = Math.max(Math.sqrt(square), shortest);
  for (let i = 0; i < row.length; i++) row[i] /= length;
}

/** @throws TypeError when it is not a model. */
export function checkModel(name: string, model: TextModel): void {
  if ((Object(model) as TextModel).encoder instanceof Encoder) return;
  refuse(name, "model", model, "what loadEncoder gives");
}
