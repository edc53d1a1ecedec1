// modules.json of sentence-transformers: which modules a model is made of, one after the other.
import { quote } from "../check/describe.js";
import { concatenate } from "./bytes.js";
import { FormatError } from "./errors.js";
import { parseJsonObject, unexpected } from "./strict-json.js";

export interface ModuleEntry {
  /** Its class, without the package's path: "Transformer", "Pooling". */
  readonly type: string;
  /** The folder of its files, in the model's; "" for the model's own. */
  readonly path: string;
}

/**
 * The modules in their order; the first is a Transformer.
 *
 * @throws FormatError when it is not a list of modules of sentence-transformers, a path leads out of
 *   the folder, or the first module is something else.
 */
export function moduleList(bytes: Uint8Array, source: string): ModuleEntry[] {
  // The parser takes objects; this file is an array.
  const [open, close] = ['{"modules":', "}"].map((text) => new TextEncoder().encode(text));
  const { modules } = parseJsonObject(concatenate([open, bytes, close]), source);
  if (!Array.isArray(modules) || modules.length === 0) {
    throw unexpected(source, "it", modules, "a list of modules");
  }
  const entries = modules.map((entry: unknown, i): ModuleEntry => {
    const { type, path } = Object(entry) as Record<string, unknown>;
    const name =
      typeof type === "string" ? /^sentence_transformers\.(?:\w+\.)*(\w+)$/.exec(type) : null;
    if (!name)
      throw unexpected(source, `type of module ${i}`, type, "one of sentence_transformers");
    if (typeof path !== "string" || /^[/\\]|^\w:|[\\]|(^|\/)\.\.?(\/|$)/.test(path)) {
      throw unexpected(source, `path of module ${i}`, path, "a folder of the model's");
    }
    return { type: name[1], path: path.replace(/\/+$/, "") };
  });
  if (entries[0].type === "Transformer") return entries;
  throw new FormatError(
    source,
    `its first module is ${quote(entries[0].type)}: it must be a Transformer, an encoder of texts`,
  );
}
