// Which files a model consists of, wherever they are.
import { FileError } from "./errors.js";
import { indexName, type ModelFiles, partsOf, sentenceNames, weightsName } from "./model-files.js";
import { moduleList } from "./sentence-modules.js";

/** Files by their paths from the model's root, with "/" between. */
export interface FileSource {
  /** The root, as messages call it. */
  readonly root: string;
  has(path: string): boolean;
  read(path: string): Uint8Array;
}

/**
 * The files of a model that Hugging Face's `save_pretrained` or sentence-transformers' `save`
 * wrote.
 *
 * @throws FileError when one is missing; FormatError when the index of the parts or modules.json is
 *   malformed.
 */
export function modelFilesOf(source: FileSource): ModelFiles {
  const { root, has, read } = source;
  const { encoder, others } = readOthers(source);
  const inside = (path: string) => `${root.replace(/[/\\]$/, "")}/${path}`;
  const folder = encoder === "" ? root : inside(encoder);
  const at = (name: string) => (encoder === "" ? name : `${encoder}/${name}`);
  const config = read(at("config.json"));
  if (!has(at("tokenizer.json"))) throw new FileError(folder, noTokenizer(has, at));
  const tokenizer = read(at("tokenizer.json"));
  if (has(at(weightsName)) || !has(at(indexName))) {
    if (!has(at(weightsName))) throw new FileError(folder, noWeights(has, at));
    const weights = new Map([[weightsName, read(at(weightsName))]]);
    return { folder, config, tokenizer, weights, others };
  }
  const index = read(at(indexName));
  const parts = new Set(partsOf(index, inside(at(indexName))).values());
  const weights = new Map(Array.from(parts, (name) => [name, read(at(name))]));
  return { folder, config, tokenizer, weights, index, others };
}

/** Files that arrive later: from a server, or from a folder that somebody picked in a page. */
export interface DistantFiles extends Pick<FileSource, "root" | "has"> {
  read(path: string): Promise<Uint8Array>;
}

/** The same of files that arrive later. Those that are needed are read, one after the other, each once. */
export async function readModelFiles({ root, has, read }: DistantFiles): Promise<ModelFiles> {
  const files = new Map<string, Uint8Array>();
  for (;;) {
    let wanted: string | undefined;
    const take = (path: string) => {
      const bytes = files.get(path);
      if (bytes) return bytes;
      wanted = path;
      throw new Error("it is read next");
    };
    try {
      return modelFilesOf({ root, has, read: take });
    } catch (error) {
      if (wanted === undefined) throw error;
    }
    files.set(wanted, await read(wanted));
  }
}

/** What says how texts become vectors, and where the encoder is. */
function readOthers({ root, has, read }: FileSource): {
  encoder: string;
  others: Map<string, Uint8Array>;
} {
  const others = new Map<string, Uint8Array>();
  const take = (...names: string[]) => {
    for (const name of names) if (has(name)) others.set(name, read(name));
  };
  take(sentenceNames.modules, sentenceNames.config);
  const modules = others.get(sentenceNames.modules);
  const [encoder, ...rest] = modules
    ? moduleList(modules, `${root.replace(/[/\\]$/, "")}/${sentenceNames.modules}`)
    : [{ path: "" }];
  const inEncoder = (name: string) => (encoder.path === "" ? name : `${encoder.path}/${name}`);
  take(...["tokenizer_config.json", ...sentenceNames.transformer].map(inEncoder));
  for (const { path } of rest) take(`${path}/config.json`, `${path}/${weightsName}`);
  return { encoder: encoder.path, others };
}

type Has = FileSource["has"];
type At = (name: string) => string;

function noTokenizer(has: Has, at: At): string {
  const other = ["vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model"].find(
    (name) => has(at(name)),
  );
  const found = other ? `a tokenizer of another kind (${other}), and ` : "";
  return (
    `it holds ${found}no tokenizer.json: ` +
    "AutoTokenizer.from_pretrained(...).save_pretrained(...) of transformers writes one"
  );
}

function noWeights(has: Has, at: At): string {
  const other = ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"].find((name) =>
    has(at(name)),
  );
  const found = other ? `weights of another kind (${other}), and ` : "";
  return (
    `it holds ${found}no ${weightsName} or ${indexName}: ` +
    "save_pretrained(..., safe_serialization=True) of transformers writes it"
  );
}
