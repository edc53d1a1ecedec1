import { existsSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../formats/errors.js";
import {
  indexName,
  type ModelFiles,
  partsOf,
  sentenceNames,
  weightsName,
} from "../formats/model-files.js";
import { moduleList } from "../formats/sentence-modules.js";
import { checkPath } from "./check-path.js";
import { readCommitted } from "./folder-commit.js";
import { readFile } from "./read-file.js";

/**
 * The files of a model in a folder that Hugging Face's `save_pretrained` or a download made, or
 * sentence-transformers' `save`; those of one writer, also while another process is writing there.
 *
 * @throws FileError when the folder or a file is missing; FormatError when the index of the parts
 *   or modules.json is malformed.
 */
export function readModelFolder(folder: string): ModelFiles {
  checkPath("readModelFolder", folder);
  if (!existsSync(folder)) throw new FileError(folder, "there is no such folder");
  return readCommitted(folder, ({ at }) => filesOf(folder, at));
}

function filesOf(root: string, place: (name: string) => string): ModelFiles {
  const { encoder, others } = readOthers(root, place);
  const folder = encoder === "" ? root : join(root, encoder);
  const at = (name: string) => place(encoder === "" ? name : `${encoder}/${name}`);
  const config = readFile(at("config.json"));
  if (!existsSync(at("tokenizer.json"))) throw new FileError(folder, noTokenizer(at));
  const tokenizer = readFile(at("tokenizer.json"));
  if (existsSync(at(weightsName)) || !existsSync(at(indexName))) {
    if (!existsSync(at(weightsName))) throw new FileError(folder, noWeights(at));
    const weights = new Map([[weightsName, readFile(at(weightsName))]]);
    return { folder, config, tokenizer, weights, others };
  }
  const index = readFile(at(indexName));
  const files = new Set(partsOf(index, at(indexName)).values());
  const weights = new Map(Array.from(files, (name) => [name, readFile(at(name))]));
  return { folder, config, tokenizer, weights, index, others };
}

/** What says how texts become vectors, and where in the folder the encoder is. */
function readOthers(
  root: string,
  at: (name: string) => string,
): { encoder: string; others: Map<string, Uint8Array> } {
  const others = new Map<string, Uint8Array>();
  const take = (...names: string[]) => {
    for (const name of names) if (existsSync(at(name))) others.set(name, readFile(at(name)));
  };
  take(sentenceNames.modules, sentenceNames.config);
  const modules = others.get(sentenceNames.modules);
  const [encoder, ...rest] = modules
    ? moduleList(modules, join(root, sentenceNames.modules))
    : [{ path: "" }];
  const inEncoder = (name: string) => (encoder.path === "" ? name : `${encoder.path}/${name}`);
  take(...["tokenizer_config.json", ...sentenceNames.transformer].map(inEncoder));
  for (const { path } of rest) take(`${path}/config.json`, `${path}/${weightsName}`);
  return { encoder: encoder.path, others };
}

function noTokenizer(at: (name: string) => string): string {
  const other = ["vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model"].find(
    (name) => existsSync(at(name)),
  );
  const found = other ? `a tokenizer of another kind (${other}), and ` : "";
  return (
    `it holds ${found}no tokenizer.json: ` +
    "AutoTokenizer.from_pretrained(...).save_pretrained(...) of transformers writes one"
  );
}

function noWeights(at: (name: string) => string): string {
  const other = ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"].find((name) =>
    existsSync(at(name)),
  );
  const found = other ? `weights of another kind (${other}), and ` : "";
  return (
    `it holds ${found}no ${weightsName} or ${indexName}: ` +
    "save_pretrained(..., safe_serialization=True) of transformers writes it"
  );
}
