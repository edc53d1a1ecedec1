import { existsSync, mkdirSync } from "node:fs";
import { describe } from "../linalg/describe.js";
import { checkPath } from "./check-path.js";
import { FileError } from "./errors.js";
import { commitFiles, committedNames, committedPaths } from "./folder-commit.js";
import { readFile } from "./read-file.js";

/**
 * The files of an adapter's folder that `loadAdapter` can make use of, by name.
 *
 * @throws FileError when there is no such folder, or a file may not be read.
 */
export function readAdapterFolder(folder: string): Map<string, Uint8Array> {
  checkPath("readAdapterFolder", folder);
  if (!existsSync(folder)) throw new FileError(folder, "there is no such folder");
  const at = committedPaths(folder);
  let names: string[];
  try {
    names = committedNames(folder).filter((name) => /\.(json|safetensors)$/.test(name));
  } catch {
    throw new FileError(folder, "it is no folder that can be read");
  }
  return new Map(names.map((name) => [name, readFile(at(name))]));
}

/**
 * Writes files into a folder, which is made if need be: all or none of them, also for a reader after
 * a kill in the middle.
 *
 * @throws FileError when the folder cannot be made or written.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  checkPath("writeFolder", folder);
  if (describe(files) !== "Map") {
    throw new TypeError(
      `writeFolder: files is ${describe(files)}: it must be a Map of names to bytes`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new FileError(folder, `it cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
  commitFiles(folder, files);
}
