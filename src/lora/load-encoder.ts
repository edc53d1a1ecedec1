// From the files of a Hugging Face folder to a model.
import { checkedOptions } from "../check/options.js";
import { FormatError } from "../formats/errors.js";
import { type ModelFiles, pathIn, readWeights, weightsName } from "../formats/model-files.js";
import { type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import { parseJsonObject } from "../formats/strict-json.js";
import { TextTokenizer } from "../formats/tokenizer.js";
import { type Checkpoint, type EncoderConfig, encoderConfig } from "../transformer/config.js";
import { Encoder, type EncoderOptions, encoderChecks } from "../transformer/encoder.js";
import { plainModelFiles } from "./check.js";
import { fetchModel, type HubOptions } from "./hub.js";
import { TextModel } from "./text-model.js";

/**
 * A model from the files of a Hugging Face folder: BERT, MiniLM, RoBERTa, DistilBERT, MPNet.
 * Weights of F32, F16, BF16 or F64 are computed with in f32.
 *
 * @param given - its bytes may be views of any kind and at any offset. They are kept for
 *   `mergeAdapter`, without a copy, and never written to.
 * @throws FormatError that names the file: a configuration that is not understood or disagrees with
 *   the tensors, a tensor that is missing or no float, a tokenizer of another kind or with ids that
 *   the model does not have, a weight too large for `weightStorage: "f16"`. TypeError for an option
 *   that there is not, or files that are not bytes.
 */
export function loadEncoder(given: ModelFiles, options: EncoderOptions = {}): TextModel {
  const read = checkedOptions("loadEncoder", options, encoderChecks);
  const files = plainModelFiles("loadEncoder", given);
  const configPath = pathIn(files, "config.json");
  const json = parseJsonObject(files.config, configPath);
  const config = named(configPath, () => encoderConfig(json));
  const weightsPath = pathIn(files, files.index ? "model.safetensors.index.json" : weightsName);
  const weights = floatWeights(readWeights(files), weightsPath);
  const encoder = named(weightsPath, () => new Encoder(config, weights, read));
  checkLayerCount(config, weights, weightsPath);
  const tokenizerPath = pathIn(files, "tokenizer.json");
  const tokenizer = files.tokenizer && new TextTokenizer(files.tokenizer, tokenizerPath);
  const checkGiven = (what: string, given: number, known: number) => {
    if (given <= known) return;
    const is = `it gives ${what} below ${given} and the model knows ${known}`;
    throw new FormatError(tokenizerPath, `${is}: the two do not belong together`);
  };
  if (tokenizer && config.tokenTypes > 1) {
    checkGiven("segments", tokenizer.segments, config.tokenTypes);
  }
  if (tokenizer) checkGiven("ids", tokenizer.vocabularySize, config.vocabularySize);
  return new TextModel(encoder, json, files, tokenizer);
}

/**
 * A model of the Hugging Face Hub: its files are fetched, checked against the sizes and hashes that the
 * Hub states, and loaded. The network is asked for the revision's commit each time; what the cache has of
 * it is not fetched again.
 *
 * @param name - such as "sentence-transformers/all-MiniLM-L6-v2".
 * @param options - of the download.
 * @param encoderOptions - as `loadEncoder` takes them.
 * @throws DownloadError when the server does not answer, in time or at all, or does not give a file;
 *   FormatError when what it gives is not what it states, and as `loadEncoder`; FileError when the model
 *   has no files that are understood; RangeError or TypeError for options.
 */
loadEncoder.fromHub = async (
  name: string,
  options: HubOptions = {},
  encoderOptions: EncoderOptions = {},
): Promise<TextModel> => loadEncoder(await fetchModel(name, options), encoderOptions);

/** The tensors of floats; others, such as stored position numbers, concern nobody. */
function floatWeights(tensors: ReadonlyMap<string, StoredTensor>, source: string): Checkpoint {
  const floats = Array.from(tensors).filter(([, { dtype }]) => /^B?F\d+$/.test(dtype));
  return new Map(
    floats.map(([name, tensor]) => [
      name,
      { shape: tensor.shape, read: () => toFiniteFloat32(tensor, name, source) },
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
function checkLayerCount({ layers }: EncoderConfig, weights: Checkpoint, source: string): void {
  for (const name of weights.keys()) {
    const [, index] = /(?:^|\.)layer\.(\d+)\./.exec(name) ?? [];
    if (index === undefined || Number(index) < layers) continue;
    const stated = `config.json says that there are ${layers} layers (from 0)`;
    throw new FormatError(source, `it holds ${name}, and ${stated}`);
  }
}
