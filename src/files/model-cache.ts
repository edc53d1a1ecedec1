// Files of downloaded models on the disk.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { invalidValue } from "../check/describe.js";
import { checkModelPath } from "../formats/model-path.js";
import { writeFolder } from "./adapter-folder.js";
import { checkPath } from "./check-path.js";
import { readFile } from "./read-file.js";

/**
 * A cache of downloaded models in a folder, for `loadEncoder.fromHub`. Files are written whole or not at
 * all, and never outside the folder, whatever a server calls them.
 *
 * @throws TypeError when the folder is not a path.
 * @example
 * ```js
 * const model = await loadEncoder.fromHub("sentence-transformers/all-MiniLM-L6-v2", {
 *   cache: folderCache("models"),
 * });
 * ```
 */
export function folderCache(folder: string) {
  checkPath("folderCache", folder);
  const place = (path: string) => {
    checkModelPath("folderCache", path);
    return join(folder, ...path.split("/"));
  };
  return {
    read: async (path: string): Promise<Uint8Array | undefined> => {
      const file = place(path);
      return existsSync(file) ? readFile(file) : undefined;
    },
    write: async (path: string, bytes: Uint8Array): Promise<void> => {
      const file = place(path);
      if (!(bytes instanceof Uint8Array)) {
        throw invalidValue("folderCache", "bytes", bytes, "a Uint8Array", TypeError);
      }
      const name = path.split("/").at(-1)!;
      writeFolder(file.slice(0, -name.length - 1), new Map([[name, bytes]]));
    },
    remove: async (path: string): Promise<void> => {
      rmSync(place(path), { force: true });
    },
  };
}
