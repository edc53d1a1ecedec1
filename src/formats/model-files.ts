// A model as Hugging Face's folders hold it, as bytes: made by reading a folder, or fetched.
import { quote } from "../check/describe.js";
import { FormatError } from "./errors.js";
import { decodeSafetensors } from "./safetensors.js";
import type { StoredTensor } from "./stored-tensor.js";
import { isJsonObject, kindOf, parseJsonObject, unexpected } from "./strict-json.js";

/** The files of a model. Names are used in messages. */
export interface ModelFiles {
  /** Where they come from, for messages. */
  folder?: string;
  /** config.json */
  config: Uint8Array;
  /** tokenizer.json; not needed by who brings token ids. */
  tokenizer?: Uint8Array;
  /** model.safetensors, or the parts that the index names, by file name. */
  weights: ReadonlyMap<string, Uint8Array>;
  /** model.safetensors.index.json, when the weights are in parts. */
  index?: Uint8Array;
  /**
   * What else says how texts become vectors, by its path in the folder, as far as there is any:
   * tokenizer_config.json, and of sentence-transformers modules.json, sentence_bert_config.json,
   * config_sentence_transformers.json and the files of the modules, "1_Pooling/config.json".
   * Without modules.json a text's vector is the mean of its tokens'.
   */
  others?: ReadonlyMap<string, Uint8Array>;
}

/** The name of one of the files, for messages. */
export function pathIn({ folder }: ModelFiles, file: string): string {
  return folder === undefined ? file : `${folder.replace(/[/\\]$/, "")}/${file}`;
}

/** The files of sentence-transformers; the Transformer's settings had several names. */
export const sentenceNames = {
  modules: "modules.json",
  config: "config_sentence_transformers.json",
  transformer: ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"].map(
    (kind) => `sentence_${kind}_config.json`,
  ),
};

export const weightsName = "model.safetensors";
export const indexName = "model.safetensors.index.json";

/**
 * The files that an index names, each once.
 *
 * @throws FormatError when there is no `weight_map` of names to file names, or a file name leads
 *   out of the folder.
 */
export function partsOf(index: Uint8Array, source = indexName): Map<string, string> {
  const { weight_map: map } = parseJsonObject(index, source);
  if (!isJsonObject(map)) throw unexpected(source, "weight_map", map, "an object");
  const entries = Object.entries(map).map(([tensor, file]): [string, string] => {
    if (typeof file === "string" && /^[^/\\]+\.safetensors$/.test(file)) return [tensor, file];
    const place = `tensor ${quote(tensor)} is in ${kindOf(file)}`;
    throw new FormatError(source, `${place}: it must be a .safetensors file of the same folder`);
  });
  return new Map(entries);
}

/**
 * All tensors of a model by name, views of its files.
 *
 * @throws FormatError when a file is malformed or missing, a tensor is not where the index says, is
 *   in two files, or in one and not in the index.
 */
export function readWeights(files: ModelFiles): Map<string, StoredTensor> {
  const { weights, index } = files;
  const at = (file: string) => pathIn(files, file);
  if (index === undefined) {
    const [[name, bytes] = [weightsName, undefined], ...more] = weights;
    if (bytes === undefined || more.length > 0) {
      throw new FormatError(
        at(indexName),
        `it is missing, and there are ${weights.size} files of weights: ` +
          "one needs no index, several do",
      );
    }
    return decodeSafetensors(bytes, at(name)).tensors;
  }
  const places = partsOf(index, at(indexName));
  const all = new Map<string, StoredTensor>();
  for (const file of new Set(places.values())) {
    const bytes = weights.get(file);
    if (bytes === undefined)
      throw new FormatError(at(file), `${indexName} names it: it is missing`);
    for (const [name, tensor] of decodeSafetensors(bytes, at(file)).tensors) {
      const place = places.get(name);
      if (place !== file) {
        const says = place === undefined ? "does not know it" : `says it is in ${place}`;
        throw new FormatError(at(file), `tensor ${quote(name)} is here, and ${indexName} ${says}`);
      }
      all.set(name, tensor);
    }
  }
  for (const [name, file] of places) {
    if (all.has(name)) continue;
    const reason = `tensor ${quote(name)} is missing: ${indexName} says it is here`;
    throw new FormatError(at(file), reason);
  }
  return all;
}
