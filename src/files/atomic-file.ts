// Files that are never seen half-written: each is written to a temporary file in the same folder,
// brought to the disk and renamed. A run that is killed leaves the old file, or the new one, and
// at worst a hidden `.lowrank-*.tmp` that nothing reads and the next write beside it removes.
import { appendFileSync } from "node:fs";
import { dirname } from "node:path";
import { publishFiles } from "./folder-commit.js";
import { bringToDisk, type OutputFile, removeStaged, stageFiles, writing } from "./output-file.js";

/**
 * Writes the files, each whole or not at all. None is replaced before all are safely on the disk,
 * so a full disk leaves every old file in place; those of one folder are replaced together, also
 * for `readCommitted` after a kill in the middle. Modes of replaced files are kept, symbolic links
 * followed.
 *
 * @throws FileError when one of them cannot be written.
 */
export function writeFilesAtomically(files: readonly OutputFile[]): void {
  const staged = stageFiles(files);
  while (staged.length > 0) {
    const folder = dirname(staged[0].target);
    const together = staged.filter(({ target }) => dirname(target) === folder);
    const others = staged.filter(({ target }) => dirname(target) !== folder);
    try {
      writing(together[0].target, () => publishFiles(folder, together));
    } catch (error) {
      removeStaged(others);
      throw error;
    }
    staged.splice(0, staged.length, ...others);
  }
}

/** `writeFilesAtomically` for one file. */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  writeFilesAtomically([{ path, bytes }]);
}

/** `writeFileAtomically` of pieces that take time to come. */
export async function writeFileAsItComes(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const staged = stageFiles([{ path, bytes: [] }]);
  const [{ temporary, target }] = staged;
  try {
    for await (const piece of pieces) writing(path, () => appendFileSync(temporary, piece));
    writing(path, () => {
      bringToDisk(temporary);
      publishFiles(dirname(target), staged);
    });
  } catch (error) {
    removeStaged(staged);
    throw error;
  }
}
