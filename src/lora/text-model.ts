// An encoder with its tokenizer: from texts to vectors, with or without an adapter on it.

import { Tape } from "../autograd/tape.js";
import { FormatError } from "../io/errors.js";
import { type ModelFiles, pathIn, readWeights, weightsName } from "../io/model-files.js";
import { type StoredTensor, toFiniteFloat32 } from "../io/stored-tensor.js";
import { parseJsonObject } from "../io/strict-json.js";
import { TextTokenizer } from "../io/tokenizer.js";
import { checkBoolean, checkDType, checkObject } from "../linalg/check-option.js";
import { Matrix } from "../linalg/matrix.js";
import { type Batch, packBatch, type TokenSequence } from "../transformer/batch.js";
import { type EncoderConfig, encoderConfig, type Weights } from "../transformer/config.js";
import { Encoder, type EncoderOptions } from "../transformer/encoder.js";
import { meanPool } from "../transformer/head.js";
import { checkWeightStorage } from "../transformer/weight-storage.js";
import { checkBatchSize, checkFinite, checkText, checkTexts, plainModelFiles } from "./check.js";

/** A text, or a pair of texts that are judged together. */
export interface TextInput {
  readonly text: string;
  readonly pair?: string | undefined;
}

export class TextModel {
  readonly encoder: Encoder;
  /** The parsed config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The files it was made of; `mergeAdapter` writes them anew. */
  readonly files: ModelFiles;
  readonly #tokenizer: TextTokenizer | undefined;

  /** @internal */
  constructor(
    encoder: Encoder,
    config: Record<string, unknown>,
    files: ModelFiles,
    tokenizer: TextTokenizer | undefined,
  ) {
    this.encoder = encoder;
    this.config = config;
    this.files = files;
    this.#tokenizer = tokenizer;
  }

  /**
   * Token ids of a text or a pair, special tokens included, cut to `maxTokens`.
   *
   * @throws RangeError when the model came without a tokenizer; TypeError when it is no text.
   */
  tokenize(input: TextInput, maxTokens = this.encoder.config.maxTokens): TokenSequence {
    checkText("tokenize", "text", input);
    const { text, pair } = input;
    if (!this.#tokenizer) throw new RangeError("tokenize: the model came without tokenizer.json");
    const longest = Math.min(maxTokens, this.encoder.config.maxTokens);
    const { ids, typeIds } = this.#tokenizer.encode(text, pair, longest);
    return this.encoder.config.tokenTypes > 1 ? { ids, types: typeIds } : { ids };
  }

  /** Texts side by side, as the encoder takes them. */
  batch(texts: readonly TextInput[], maxTokens?: number): Batch {
    checkTexts("batch", "text", texts);
    return packBatch(
      this.encoder.config,
      texts.map((text) => this.tokenize(text, maxTokens)),
    );
  }

  /**
   * Sentence embeddings: the mean of the last hidden states, one row of the result a text.
   *
   * @param options.normalize - to length 1, as sentence-transformers does. @defaultValue true
   * @param options.batchSize - texts that are computed at a time. @defaultValue 32
   * @throws TypeError when one of them is no text; RangeError when an option is out of range.
   */
  embed(
    texts: readonly TextInput[],
    options: { normalize?: boolean; batchSize?: number; maxTokens?: number } = {},
  ): Matrix {
    checkObject("embed", "options", options);
    const { normalize = true, batchSize = 32, maxTokens } = options;
    checkTexts("embed", "text", texts);
    checkBatchSize("embed", batchSize);
    checkBoolean("embed", "normalize", normalize);
    const { job, dtype } = this.encoder;
    const { width } = this.encoder.config;
    const result = Matrix.zeros(texts.length, width, { dtype });
    for (let start = 0; start < texts.length; start += batchSize) {
      const batch = this.batch(texts.slice(start, start + batchSize), maxTokens);
      const tape = new Tape(job, dtype, { recording: false });
      const pooled = meanPool(tape, this.encoder.hiddenStates(tape, batch), batch);
      result.data.set(job.view(dtype, pooled.value, pooled.rows * width), start * width);
      tape.release();
    }
    checkFinite("embed", "vector", result);
    if (normalize) for (let i = 0; i < result.rows; i++) toUnitLength(result.row(i));
    return result;
  }
}

function toUnitLength(row: Float32Array | Float64Array): void {
  let square = 0;
  for (const value of row) square += value * value;
  const length = Math.sqrt(square);
  if (length > 0) for (let i = 0; i < row.length; i++) row[i] /= length;
}

/**
 * A model from the files of a Hugging Face folder: BERT, MiniLM, RoBERTa, DistilBERT, MPNet. Weights
 * of F32, F16, BF16 or F64 are computed with in f32.
 *
 * @param given - its bytes may be views of any kind and at any offset. They are kept for
 *   `mergeAdapter`, without a copy, and never written to.
 * @throws FormatError that names the file: a configuration that is not understood or disagrees with
 *   the tensors, a tensor that is missing or no float, a tokenizer of another kind or with ids that
 *   the model does not have, a weight too large for `weightStorage: "f16"`. TypeError for an option
 *   that there is not, or files that are no bytes.
 */
export function loadEncoder(given: ModelFiles, options: EncoderOptions = {}): TextModel {
  checkObject("loadEncoder", "options", options);
  const { weightStorage = "full", dtype = "f32", recompute = false } = options;
  const files = plainModelFiles("loadEncoder", given);
  checkWeightStorage("loadEncoder", weightStorage);
  checkDType("loadEncoder", dtype);
  checkBoolean("loadEncoder", "recompute", recompute);
  const configPath = pathIn(files, "config.json");
  const json = parseJsonObject(files.config, configPath);
  const config = named(configPath, () => encoderConfig(json));
  const weightsPath = pathIn(files, files.index ? "model.safetensors.index.json" : weightsName);
  const weights = floatWeights(readWeights(files), weightsPath);
  const encoder = named(weightsPath, () => new Encoder(config, weights, options));
  checkLayerCount(config, weights, weightsPath);
  const tokenizerPath = pathIn(files, "tokenizer.json");
  const tokenizer = files.tokenizer && new TextTokenizer(files.tokenizer, tokenizerPath);
  if (tokenizer && tokenizer.vocabularySize > config.vocabularySize) {
    throw new FormatError(
      tokenizerPath,
      `it gives ids below ${tokenizer.vocabularySize} and the model knows ` +
        `${config.vocabularySize}: the two do not belong together`,
    );
  }
  return new TextModel(encoder, json, files, tokenizer);
}

/** The tensors of floats; others, such as stored position numbers, concern nobody. */
export function floatWeights(tensors: ReadonlyMap<string, StoredTensor>, source: string): Weights {
  const floats = Array.from(tensors).filter(([, { dtype }]) => /^B?F\d+$/.test(dtype));
  return new Map(
    floats.map(([name, tensor]) => [
      name,
      {
        shape: tensor.shape,
        // Converted when it is asked for: not all at a time.
        get data() {
          return toFiniteFloat32(tensor, name, source);
        },
      },
    ]),
  );
}

/** Lets errors about a file's contents name the file. */
function named<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new FormatError(source, error.message.replace(/^(config\.json|weights): /, ""));
  }
}

/** A checkpoint with more layers than the configuration says belongs to another one. */
function checkLayerCount({ layers }: EncoderConfig, weights: Weights, source: string): void {
  for (const name of weights.keys()) {
    const [, index] = /(?:^|\.)layer\.(\d+)\./.exec(name) ?? [];
    if (index === undefined || Number(index) < layers) continue;
    throw new FormatError(
      source,
      `it holds ${name}, and config.json says that there are ${layers} layers (from 0)`,
    );
  }
}
