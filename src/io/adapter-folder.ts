import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeFilesAtomically } from "./atomic-file.js";
import { FileError } from "./errors.js";
import { readFile } from "./read-file.js";

/**
 * The files of an adapter's folder that `loadAdapter` can make use of, by name.
 *
 * @throws FileError when there is no such folder, or a file may not be read.
 */
export function readAdapterFolder(folder: string): Map<string, Uint8Array> {
  if (!existsSync(folder)) throw new FileError(folder, "there is no such folder");
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /\.(json|safetensors)$/.test(name));
  } catch {
    throw new FileError(folder, "it is no folder that can be read");
  }
  return new Map(names.map((name) => [name, readFile(join(folder, name))]));
}

/**
 * Writes files into a folder, which is made if need be: each whole or not at all, and none replaced
 * before all are on the disk.
 *
 * @throws FileError when the folder cannot be made or written.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new FileError(folder, `it cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
  writeFilesAtomically(Array.from(files, ([name, bytes]) => ({ path: join(folder, name), bytes })));
}
