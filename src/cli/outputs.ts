// Whether results can be written is checked before any work, not when hours of it are done.
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkOutputFolder, checkOutputPath, followLinks } from "../files/output-file.js";
import { UsageError } from "./errors.js";

/** Paths by what the user calls them; an option that was not given is undefined. */
type Named = Record<string, string | undefined>;

/**
 * Refuses outputs that cannot be written, two of the same file, and one that is read too.
 *
 * @param inputs - files that are read.
 * @throws FileError or UsageError
 */
export function checkOutputs(outputs: Named, inputs: Named = {}): void {
  const seen = new Map<string, string>();
  for (const [name, path] of Object.entries(inputs)) {
    if (path !== undefined && existsSync(path)) seen.set(realpathSync(path), name);
  }
  for (const [name, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    checkOutputPath(path);
    const target = followLinks(path);
    const key = existsSync(target) ? realpathSync(target) : placeOf(target);
    const other = seen.get(key);
    if (other !== undefined && other in outputs) {
      throw new UsageError(`${other} and ${name} are both ${path}: they must be two files`);
    }
    if (other !== undefined) {
      throw new UsageError(
        `${name} is ${path}, which is read as ${other}: it must be another file`,
      );
    }
    seen.set(key, name);
  }
}

/** The same for a folder in which the named files will be written. */
export function checkFolderOutput(
  name: string,
  folder: string | undefined,
  files: readonly string[],
  inputs: Named = {},
): void {
  if (folder === undefined) return;
  checkOutputFolder(folder);
  if (!existsSync(folder)) return;
  checkOutputs(
    Object.fromEntries(files.map((file) => [`${file} of ${name}`, join(folder, file)])),
    inputs,
  );
}

/** The one path of a file that is not there yet, in a folder that is. */
function placeOf(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}
