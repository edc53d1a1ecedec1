import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, invalidValue, quote } from "../check/describe.js";
import { plainBytes } from "../formats/bytes.js";
import { FileError } from "../formats/errors.js";
import { writeFilesAtomically } from "./atomic-file.js";
import { checkPath } from "./check-path.js";
import { readCommitted } from "./folder-commit.js";
import { makeFolder, type OutputFile, removeEmptyFolders } from "./output-file.js";
import { readFile } from "./read-file.js";

/** What `loadAdapter` asks for, and a file that it refuses by name. */
const wanted = /\.(json|safetensors)$|^adapter_model\.bin$/;

/**
 * The files of an adapter's folder that `loadAdapter` can make use of, by name; those of one writer,
 * also while another process is writing there.
 *
 * @throws FileError when there is no such folder, or a file may not be read.
 */
export function readAdapterFolder(folder: string): Map<string, Uint8Array> {
  checkPath("readAdapterFolder", folder);
  if (!existsSync(folder)) throw new FileError(folder, "there is no such folder");
  return readCommitted(folder, ({ names, at }) => {
    let found: string[];
    try {
      found = names().filter((name) => wanted.test(name));
    } catch {
      throw new FileError(folder, "it is not a folder that can be read");
    }
    return new Map(found.map((name) => [name, readFile(at(name))]));
  });
}

/**
 * Writes files into a folder, which is made if need be: all or none of them, also for a reader after
 * a kill in the middle. Another process that writes there at the same time is waited for.
 *
 * @param files - bytes by plain names, without a path.
 * @throws FileError when the folder cannot be made or written: no new folder stays then; TypeError
 *   or RangeError when `files` is not a Map of such names to bytes.
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  checkPath("writeFolder", folder);
  writeOutputs(folder, outputsOf(folder, files));
}

/** `writeFolder` of files that may be made while they are written. */
export function writeOutputs(folder: string, outputs: readonly OutputFile[]): void {
  const made = makeFolder(folder);
  try {
    writeFilesAtomically(outputs);
  } catch (error) {
    removeEmptyFolders(folder, made);
    throw error;
  }
}

function outputsOf(folder: string, files: ReadonlyMap<string, Uint8Array>): OutputFile[] {
  if (describe(files) !== "Map") {
    throw invalidValue("writeFolder", "files", files, "a Map of names to bytes", TypeError);
  }
  return Array.from(files, ([name, bytes]) => {
    if (typeof name !== "string" || !/^(?!\.{0,2}$|\.lowrank-)[^/\\\0]+$/.test(name)) {
      const shown = typeof name === "string" ? quote(name) : describe(name);
      throw new RangeError(
        `writeFolder: files holds the name ${shown}: it must be the name of a file in the folder`,
      );
    }
    return { path: join(folder, name), bytes: plainBytes("writeFolder", quote(name), bytes) };
  });
}
